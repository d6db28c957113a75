//! The air between the stations: an hour's values interpolated over the district, made once and kept.

use std::collections::VecDeque;

use axum::body::Bytes;
use geo::{Geometry, Idw, LonLat, Polygons, Sample};
use jiff::civil::Date;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use sha2::{Digest as _, Sha256};
use standards::air::classes::{self, Class};
use standards::air::edition::Edition;
use tokio::sync::Mutex;

use crate::dto::air::{AirBand, AirBands, AirClass, AirFactor};
use crate::dto::common::{Bilingual, Stamp};
use crate::error::{ApiError, Result};
use crate::limits;

/// Told apart from answers of another method under the same tag.
const METHOD: &str = "idw-2/1";

/// A station with its valid value of the hour.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Station {
    pub(crate) at: LonLat,
    pub(crate) value: Decimal,
}

/// What a field is made from.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    pub(crate) factor: AirFactor,
    /// Start of the hour.
    pub(crate) hour: Stamp,
    /// Day the hour belongs to; it chooses the edition.
    pub(crate) day: Date,
    pub(crate) stations: Vec<Station>,
    /// Stations with a place, with or without a value.
    pub(crate) total: usize,
    pub(crate) demo: bool,
}

impl Ask {
    /// The same for the same answer.
    pub(crate) fn tag(&self) -> String {
        let mut digest = Sha256::new();
        digest.update(format!(
            "{METHOD} {} {} {:?} {:?} {} {}",
            limits::AIR_REACH_M,
            limits::AIR_CELLS,
            self.factor,
            self.hour,
            self.total,
            self.demo
        ));
        for station in &self.stations {
            digest.update(format!("{:?} {}", station.at, station.value));
        }
        digest
            .finalize()
            .iter()
            .take(12)
            .fold(String::new(), |text, b| text + &format!("{b:02x}"))
    }

    /// The bands over an area.
    pub(crate) fn bands(&self, area: Option<&Polygons>) -> Result<AirBands> {
        let edition = Edition::on(self.day);
        let item = self.factor.item();
        let classes = item.map_or_else(classes::of_index, |item| classes::of_item(item, edition));
        let reason = self.reason(area.is_some());
        let features = match area.filter(|_| reason.is_none()) {
            Some(area) => self.features(area, &classes)?,
            None => Vec::new(),
        };
        Ok(AirBands {
            kind: "FeatureCollection",
            features,
            factor: self.factor,
            names: item.map_or_else(
                || Bilingual::new("AQI", "AQI"),
                |item| Bilingual::new(item.zh(), item.en()),
            ),
            unit: item.map_or("", standards::air::iaqi::Item::unit).to_owned(),
            hour: self.hour,
            edition: format!("HJ 633-{}", edition.year()),
            classes: classes.iter().map(view).collect(),
            stations: self.stations.len(),
            stations_total: self.total,
            needed: limits::AIR_STATIONS,
            reach_m: limits::AIR_REACH_M,
            reason,
            demo: self.demo,
        })
    }

    fn reason(&self, ground: bool) -> Option<Bilingual> {
        let (n, needed) = (self.stations.len(), limits::AIR_STATIONS);
        if !ground {
            return Some(Bilingual::new(
                "没有区界图层，无法插值",
                "there is no layer of the district's border to interpolate in",
            ));
        }
        (n < needed).then(|| {
            Bilingual::new(
                format!("该时段有效站点 {n} 个，少于 {needed} 个，不作插值"),
                format!(
                    "{n} stations with a valid value in this hour, fewer than {needed}: not interpolated"
                ),
            )
        })
    }

    fn features(&self, area: &Polygons, classes: &[Class]) -> Result<Vec<AirBand>> {
        let samples: Vec<Sample> = self
            .stations
            .iter()
            .filter_map(|s| {
                Some(Sample {
                    at: s.at,
                    value: s.value.to_f64()?,
                })
            })
            .collect();
        let limits: Vec<f64> = classes
            .iter()
            .filter_map(|c| c.up_to.as_ref())
            .map(standards::num::Exact::to_f64)
            .collect();
        let how = Idw {
            power: 2.0,
            radius_m: limits::AIR_REACH_M,
            least: 1,
        };
        let bands = geo::bands(&samples, area, &limits, limits::AIR_CELLS, how)
            .map_err(|e| ApiError::internal(&e))?;
        Ok(bands
            .into_iter()
            .filter_map(|band| {
                let class = classes
                    .iter()
                    .find(|c| c.up_to.as_ref().map(standards::num::Exact::to_f64) == band.up_to)?;
                Some(AirBand {
                    kind: "Feature",
                    geometry: Geometry::Areas(band.areas).map(decimetre).to_geojson(),
                    properties: view(class),
                })
            })
            .collect())
    }
}

/// A position to 1e-6 degrees, about a decimetre.
fn decimetre(p: LonLat) -> LonLat {
    let cut = |degrees: f64| (degrees * 1e6).round() / 1e6;
    LonLat::new(cut(p.lon), cut(p.lat))
}

fn view(class: &Class) -> AirClass {
    let names = class.level.map_or_else(
        || Bilingual::new("不计算指数", "no index"),
        |l| Bilingual::new(l.category.clone(), l.category_en.clone()),
    );
    AirClass {
        level: class.level.map(|l| l.level),
        names,
        above: class.above.as_ref().map(ToString::to_string),
        up_to: class.up_to.as_ref().map(ToString::to_string),
    }
}

/// Answers as they were made last, newest first.
#[derive(Debug, Default)]
pub(crate) struct Fields {
    kept: Mutex<VecDeque<(String, Bytes)>>,
}

impl Fields {
    /// The answer kept under a tag, or a new one. One is made at a time; whoever asks for the same meanwhile waits for it.
    pub(crate) async fn get(
        &self,
        tag: &str,
        make: impl FnOnce() -> Result<Vec<u8>> + Send + 'static,
    ) -> Result<Bytes> {
        let mut kept = self.kept.lock().await;
        if let Some((_, bytes)) = kept.iter().find(|(known, _)| known == tag) {
            return Ok(bytes.clone());
        }
        let made = tokio::task::spawn_blocking(make)
            .await
            .map_err(|e| ApiError::internal(&e))?;
        let bytes = Bytes::from(made?);
        kept.push_front((tag.to_owned(), bytes.clone()));
        kept.truncate(limits::AIR_KEPT);
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[tokio::test]
    async fn the_same_is_made_once_and_old_ones_go() {
        let (fields, made) = (Fields::default(), Arc::new(AtomicUsize::new(0)));
        let get = async |tag: &str| {
            let counted = Arc::clone(&made);
            let answer = tag.as_bytes().to_vec();
            let make = move || {
                counted.fetch_add(1, Ordering::Relaxed);
                Ok(answer)
            };
            fields.get(tag, make).await.unwrap()
        };
        assert_eq!(get("a").await, get("a").await);
        assert_eq!(made.load(Ordering::Relaxed), 1);
        for n in 0..limits::AIR_KEPT {
            get(&n.to_string()).await;
        }
        assert_eq!(fields.kept.lock().await.len(), limits::AIR_KEPT);
        get("a").await;
        assert_eq!(made.load(Ordering::Relaxed), limits::AIR_KEPT + 2);
    }
}
