//! River or lake limits by station, as a table of text (`province,basin,station,body_inferred,…`), for cases that name
//! a station without its body. The caller reads the file.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::item::Body;
use crate::conformance::Fixture;
use crate::table;

/// Where the table lies in the data folder beside the case folder.
pub const ARCHIVE: &str = "water/cnemc_auto_station_bodies.csv";

#[derive(Deserialize)]
struct Row {
    province: String,
    station: String,
    body_inferred: String,
}

/// Bodies by province and station.
#[derive(Clone, Debug, Default)]
pub struct StationBodies(BTreeMap<(String, String), Body>);

impl StationBodies {
    /// Reads the table; undetermined stations are left out.
    pub fn parse(text: &str) -> Self {
        Self(
            table::rows::<Row>(text)
                .into_iter()
                .filter_map(|row| Some(((row.province, row.station), Body::parse(&row.body_inferred)?)))
                .collect(),
        )
    }
}

impl Fixture for StationBodies {
    fn complete(&self, topic: &str, line: &mut Value) {
        if topic != "water/real_anomalies" {
            return;
        }
        let text = |key: &str| line.get(key).and_then(Value::as_str).map(str::to_owned);
        let (Some(province), Some(station)) = (text("province"), text("station")) else {
            return;
        };
        if let (Some(body), Some(map)) = (self.0.get(&(province, station)), line.as_object_mut()) {
            map.entry("body").or_insert_with(|| body.key().into());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn fills_in_the_body_of_a_known_station_only() {
        let bodies = StationBodies::parse(
            "province,basin,station,body_inferred\n甲省,乙,丙湖,lake\n甲省,乙,丁,undetermined\n",
        );
        let mut line = json!({"province": "甲省", "station": "丙湖"});
        bodies.complete("water/real_anomalies", &mut line);
        assert_eq!(line["body"], "lake");
        let mut line = json!({"province": "甲省", "station": "丁"});
        bodies.complete("water/real_anomalies", &mut line);
        assert!(line.get("body").is_none());
    }
}
