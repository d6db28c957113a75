//! Publications (公示): what the public sees of a register — live, or frozen period by period — and periods that were
//! missed. Only public fields of published records get here, the texts by which they are found included.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::civil::Date;
use model::ids::RecordId;
use model::time::UtcMs;
use registers::definition::{FieldType, Rhythm};
use registers::publish::{self, Period};
use registers::record::{Body, Record};
use registers::register::Register;
use registers::search;
use serde_json::Value;
use store::desk::{NewPublication, PublishedRow, StoredPublication};
use store::{Page, Paged};

use crate::change::refuse_role;
use crate::error::{LedgerError, Result};
use crate::held::Held;
use crate::person::Person;
use crate::references::today;
use crate::{Ledger, limits, name_of};

/// Periods of a register's publication.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publications {
    /// Published periods, newest first.
    pub published: Vec<StoredPublication>,
    /// Periods that have ended and are not published, oldest first.
    pub outstanding: Vec<Period>,
    /// The last day of the running period; `None` for what is shown live.
    pub next: Option<Date>,
}

/// What the public sees of a register.
#[derive(Clone, Debug, PartialEq)]
pub struct PublicPage {
    /// The rows.
    pub rows: Paged<PublishedRow>,
    /// The period they are of; `None` for what is shown live.
    pub period: Option<StoredPublication>,
    /// All published periods, newest first; none for what is shown live.
    pub periods: Vec<StoredPublication>,
}

/// A live publication, kept for a while: who is in it, and by which words each is found.
struct Live {
    changed: i64,
    day: Date,
    built_at: UtcMs,
    rows: Vec<LiveRow>,
}

struct LiveRow {
    id: RecordId,
    title: String,
    search: String,
}

/// Live publications by register.
#[derive(Default)]
pub(crate) struct Cache {
    live: tokio::sync::Mutex<HashMap<String, Arc<Live>>>,
}

/// What the public sees of a record; `None` where it is not published. Contents of attachments are not given out.
fn row(register: &Register, record: &Record, day: Date) -> Option<PublishedRow> {
    let mut body = publish::view(register, record, day)?;
    for field in &register.definition().field {
        let Some(value) = body.get_mut(&field.name) else {
            continue;
        };
        match field.kind {
            FieldType::File => nameless(value),
            FieldType::Group => {
                let files = field.fields.iter().filter(|s| s.kind == FieldType::File);
                for sub in files {
                    for row in value.as_array_mut().into_iter().flatten() {
                        row.get_mut(&sub.name).map(nameless);
                    }
                }
            }
            _ => {}
        }
    }
    // Title and text are made of what is left, so that nothing else can be found out by searching.
    let public = Record {
        id: RecordId::new(""),
        trail: Vec::new(),
        body,
        ..record.clone()
    };
    let title = title(register, &public.body);
    let search = search::text(register, &public).trim().to_owned();
    Some(PublishedRow {
        title,
        search,
        demo: record.demo,
        body: public.body,
    })
}

fn nameless(value: &mut Value) {
    match value {
        Value::Array(several) => several.iter_mut().for_each(nameless),
        Value::Object(file) => {
            file.remove("sha256");
        }
        _ => {}
    }
}

/// The public title fields; the first public text where none of them is public.
fn title(register: &Register, body: &Body) -> String {
    let definition = register.definition();
    let shown = |name: &String| {
        let field = definition.field(name)?;
        Some(register.display(None, field, body.get(name)?))
    };
    let parts: Vec<String> = definition.title.iter().filter_map(shown).collect();
    if !parts.is_empty() {
        return parts.join(" · ");
    }
    let texts = definition.field.iter().filter(|f| f.kind == FieldType::Text);
    texts.map(|f| &f.name).find_map(shown).unwrap_or_default()
}

impl Ledger {
    /// Periods of a register's publication: published, due, missed.
    pub async fn publications(&self, register: &str, person: &Person, now: UtcMs) -> Result<Publications> {
        let register = self.readable(register, person)?;
        self.periods(register, now).await
    }

    async fn periods(&self, register: &Register, now: UtcMs) -> Result<Publications> {
        let name = name_of(register);
        let day = today(now);
        let published = self.store().publications(&name).await?;
        let since = self.store().register_since(&name).await?;
        let mut outstanding = Vec::new();
        if let Some(since) = since {
            let days: Vec<Date> = published.iter().filter_map(|p| p.from.parse().ok()).collect();
            outstanding = publish::outstanding(register, today(since), &days, day);
        }
        Ok(Publications {
            published,
            outstanding,
            next: running(register, day),
        })
    }

    /// Periods of all registers in the person's sight that have ended and are not published.
    pub async fn outstanding_publications(
        &self,
        person: &Person,
        now: UtcMs,
    ) -> Result<Vec<(&Register, Period)>> {
        let mut out = Vec::new();
        for register in self.library().iter() {
            let definition = register.definition();
            if definition.publication.is_none() || !definition.access.read.contains(&person.actor.role) {
                continue;
            }
            let periods = self.periods(register, now).await?;
            out.extend(periods.outstanding.into_iter().map(|p| (register, p)));
        }
        out.sort_by_key(|(_, period)| period.due);
        Ok(out)
    }

    /// Publishes a period that has ended: what the public sees of every record now is kept for good.
    pub async fn publish(
        &self,
        register: &str,
        from: &str,
        person: &Person,
        now: UtcMs,
    ) -> Result<StoredPublication> {
        let register = self.readable(register, person)?;
        if !register.definition().access.write.contains(&person.actor.role) {
            return Err(refuse_role(register, person));
        }
        let periods = self.periods(register, now).await?;
        let first: Option<Date> = from.trim().parse().ok();
        if let Some(done) = periods.published.iter().find(|p| p.from == from.trim()) {
            return Err(LedgerError::refused(
                "published",
                format!("该期已由 {} 公示，不能更改", done.author.name),
                format!(
                    "{} published the period already; it cannot be changed",
                    done.author.name
                ),
            ));
        }
        let period = periods
            .outstanding
            .into_iter()
            .find(|p| Some(p.from) == first)
            .ok_or_else(|| {
                LedgerError::query(
                    "from",
                    "应为一个已结束、尚未公示的期间的首日",
                    "expected the first day of a period that has ended and is not published",
                )
            })?;
        let new = NewPublication {
            register: name_of(register),
            from: period.from.to_string(),
            to: period.to.to_string(),
            due: period.due.to_string(),
        };
        let day = today(now);
        let mut publishing = self.store().publish(&new, &person.author(), now).await?;
        let mut after = 0;
        loop {
            let page = self.store().records_after(&new.register, after).await?;
            let Some(last) = page.last() else { break };
            after = last.seq;
            let rows: Vec<PublishedRow> = page
                .into_iter()
                .map(|stored| Held::read(register, stored))
                .filter(|held| held.merged_into.is_none())
                .filter_map(|held| row(register, &held.record, day))
                .collect();
            for part in rows.chunks(500) {
                publishing.put(part).await?;
            }
        }
        publishing.commit().await?;
        let published = self.store().publications(&new.register).await?;
        published
            .into_iter()
            .find(|p| p.from == new.from)
            .ok_or(LedgerError::NotFound)
    }

    /// Registers of which the public sees something, with the newest published period.
    pub async fn public_registers(&self) -> Result<Vec<(&Register, Option<StoredPublication>)>> {
        let mut out = Vec::new();
        for register in self.library().iter() {
            let Some(publication) = &register.definition().publication else {
                continue;
            };
            let newest = match publication.rhythm {
                Rhythm::Live => None,
                _ => self
                    .store()
                    .publications(&name_of(register))
                    .await?
                    .into_iter()
                    .next(),
            };
            out.push((register, newest));
        }
        Ok(out)
    }

    /// A page of what the public sees of a register: live, or of its newest period (or the one that is named).
    pub async fn public_page(
        &self,
        register: &str,
        text: &str,
        from: Option<&str>,
        page: Page,
        now: UtcMs,
    ) -> Result<(&Register, PublicPage)> {
        let register = self.register(register)?;
        let publication = register
            .definition()
            .publication
            .as_ref()
            .ok_or(LedgerError::NotFound)?;
        let words = search::words(text);
        if publication.rhythm == Rhythm::Live {
            let rows = self.live_page(register, &words, page, now).await?;
            let (period, periods) = (None, Vec::new());
            return Ok((
                register,
                PublicPage {
                    rows,
                    period,
                    periods,
                },
            ));
        }
        let name = name_of(register);
        let periods = self.store().publications(&name).await?;
        let period = match from {
            Some(from) => {
                let named = periods.iter().find(|p| p.from == from);
                Some(named.ok_or(LedgerError::NotFound)?.clone())
            }
            None => periods.first().cloned(),
        };
        let rows = match &period {
            Some(period) => self.store().published(&name, &period.from, &words, page).await?,
            None => Paged {
                items: Vec::new(),
                total: 0,
            },
        };
        Ok((
            register,
            PublicPage {
                rows,
                period,
                periods,
            },
        ))
    }

    async fn live_page(
        &self,
        register: &Register,
        words: &[String],
        page: Page,
        now: UtcMs,
    ) -> Result<Paged<PublishedRow>> {
        let live = self.live(register, now).await?;
        let found: Vec<&LiveRow> = live
            .rows
            .iter()
            .filter(|row| words.iter().all(|w| row.search.contains(w.as_str())))
            .collect();
        let size = usize::try_from(page.size.clamp(1, store::limits::PAGE_ROWS)).unwrap_or(1);
        let offset = usize::try_from(page.number.max(1) - 1)
            .unwrap_or(usize::MAX)
            .saturating_mul(size);
        let ids: Vec<RecordId> = found
            .iter()
            .skip(offset)
            .take(size)
            .map(|r| r.id.clone())
            .collect();
        // What is no longer published is left out at once, whatever was kept.
        let items = self
            .many(register, &ids)
            .await?
            .iter()
            .filter(|held| held.merged_into.is_none())
            .filter_map(|held| row(register, &held.record, today(now)))
            .collect();
        Ok(Paged {
            items,
            total: i64::try_from(found.len()).unwrap_or(i64::MAX),
        })
    }

    /// The live publication of a register: made anew where records changed, at most once in a while, for strangers ask
    /// as often as they like.
    async fn live(&self, register: &Register, now: UtcMs) -> Result<Arc<Live>> {
        let name = name_of(register);
        let changed = self.store().register_changed(&name).await?;
        let day = today(now);
        let mut kept = self.published().live.lock().await;
        if let Some(live) = kept.get(register.name()) {
            let young = now.0.abs_diff(live.built_at.0) < limits::LIVE_PUBLICATION_MS;
            if young || live.changed == changed && live.day == day {
                return Ok(Arc::clone(live));
            }
        }
        let (mut rows, mut after) = (Vec::new(), 0);
        loop {
            let page = self.store().records_after(&name, after).await?;
            let Some(last) = page.last() else { break };
            after = last.seq;
            for held in page.into_iter().map(|stored| Held::read(register, stored)) {
                if held.merged_into.is_none()
                    && let Some(row) = row(register, &held.record, day)
                {
                    rows.push(LiveRow {
                        id: held.record.id,
                        title: row.title,
                        search: row.search,
                    });
                }
            }
        }
        rows.sort_by(|a, b| a.title.cmp(&b.title).then_with(|| a.id.cmp(&b.id)));
        let live = Arc::new(Live {
            changed,
            day,
            built_at: now,
            rows,
        });
        kept.insert(register.name().to_owned(), Arc::clone(&live));
        Ok(live)
    }
}

/// The last day of the running period.
fn running(register: &Register, day: Date) -> Option<Date> {
    let months: i8 = match register.definition().publication.as_ref()?.rhythm {
        Rhythm::Live => return None,
        Rhythm::Monthly => 1,
        Rhythm::Quarterly => 3,
        Rhythm::Yearly => 12,
    };
    let last = (day.month() - 1) / months * months + months;
    Some(Date::new(day.year(), last, 1).ok()?.last_of_month())
}
