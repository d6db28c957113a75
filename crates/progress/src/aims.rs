//! What is known of the statements of the main aims (主要目标的定性要求) that no indicator judges.

use jiff::civil::Date;
use model::ids::RegisterName;
use model::time::UtcMs;
use plan::aims::{By, Reading};
use plan::words::Source;
use rust_decimal::Decimal;

use crate::actual::Read;
use crate::error::Result;
use crate::follow::Origin;
use crate::{Progress, day_of};

impl Progress {
    /// Readings for a year. Figures of registers are those of today: `with_figures` says whether they may speak for the day
    /// asked.
    pub(crate) async fn readings(
        &self,
        read: &Read,
        year: u16,
        with_figures: bool,
        now: UtcMs,
    ) -> Result<Vec<Reading>> {
        let today = day_of(now);
        let mut out = Vec::new();
        for aim in &self.facts().aims.aim {
            for statement in &aim.statement {
                let found = match &statement.by {
                    By::HeavyDays { .. } => self.heavy_days(read, year, today),
                    By::Register {
                        register,
                        figure,
                        part,
                        ..
                    } if with_figures => self.figure_of(register, figure, part.as_deref(), now).await?,
                    By::Indicator { .. } | By::Register { .. } => None,
                };
                if let Some((value, source)) = found {
                    out.push(Reading {
                        aim: aim.no,
                        statement: statement.name.clone(),
                        value,
                        source,
                    });
                }
            }
        }
        Ok(out)
    }

    /// From the stations whose days make the good days.
    fn heavy_days(&self, read: &Read, year: u16, today: Date) -> Option<(Decimal, Source)> {
        let (no, levels) = self
            .follow()
            .sources
            .values()
            .find_map(|line| match &line.origin {
                Origin::GoodDays { levels } => Some((line.indicator, levels)),
                _ => None,
            })?;
        let share = read.air.get(&levels.join(","))?.heavy_share(year)?;
        let source = Source {
            key: format!("air/{no}/{year}"),
            name: format!("平台评价：{year} 年 AQI 大于 200 的天数比率"),
            name_en: Some(format!(
                "evaluated: share of days with an AQI above 200 in {year}"
            )),
            on: Some(today),
            version: String::new(),
        };
        Some((share, source))
    }

    async fn figure_of(
        &self,
        register: &str,
        figure: &str,
        part: Option<&str>,
        now: UtcMs,
    ) -> Result<Option<(Decimal, Source)>> {
        // A profile may name a register this installation does not keep.
        let Ok(definition) = self.ledger().register(register) else {
            return Ok(None);
        };
        let figures = self.ledger().figures_of(definition, None, now).await?;
        let Some(found) = figures.iter().find(|f| f.name == figure) else {
            return Ok(None);
        };
        let text = match part.map(|part| found.by.iter().find(|p| p.key == part)) {
            None => found.value.clone(),
            Some(Some(part)) => Some(part.value.clone()),
            Some(None) => Some("0".to_owned()),
        };
        // A list nobody has entered anything in says nothing, not even that there is none.
        let kept = self
            .store()
            .records_after(&RegisterName::new(register), 0)
            .await?;
        let text = text.filter(|_| !kept.is_empty());
        let source = Source {
            key: format!("figure/{register}/{figure}"),
            name: format!("台账统计：{}", found.names.zh),
            name_en: Some(format!("figure of a register: {}", found.names.en)),
            on: Some(day_of(now)),
            version: String::new(),
        };
        Ok(text.and_then(|t| t.parse().ok()).map(|value| (value, source)))
    }
}
