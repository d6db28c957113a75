//! The tables of the library as a reader may browse them: every file of `data/`, with the sentence that describes it, its
//! columns and its rows. What is computed reads the same files.

use serde::Serialize;

/// One table.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    /// Name, e.g. `air_limits`; its first word is the family.
    pub id: &'static str,
    csv: &'static str,
}

/// A table's content. Cells are text as they stand in the file; an empty cell is no value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Content {
    /// Which standard, which table, what the columns mean.
    pub description: String,
    /// Columns in order.
    pub columns: Vec<String>,
    /// Rows in order.
    pub rows: Vec<Vec<String>>,
}

macro_rules! tables {
    ($($name:literal,)*) => {
        /// Every table, in order of names.
        pub static TABLES: &[Table] =
            &[$(Table { id: $name, csv: include_str!(concat!("../data/", $name, ".csv")) },)*];
    };
}

tables! {
    "air_breakpoints",
    "air_levels",
    "air_limits",
    "air_radiation",
    "air_stability",
    "air_warning",
    "climate_coal_equivalent",
    "climate_factors",
    "climate_fuel",
    "climate_grid",
    "climate_gwp",
    "ecology_grades",
    "ecology_weights",
    "emission_gb16297",
    "emission_gb8978",
    "emission_limits",
    "enforcement_crime",
    "enforcement_deadlines",
    "enforcement_gamma",
    "groundwater",
    "hw_categories",
    "hw_codes",
    "noise_correction",
    "noise_grades",
    "noise_indoor",
    "noise_limits",
    "permit_codes",
    "permit_quota",
    "radiation_bounds",
    "radiation_nuclides",
    "risk_briggs",
    "risk_event_grades",
    "risk_fire_release",
    "risk_gbt13201",
    "risk_ground",
    "risk_hj941_scores",
    "risk_matrices",
    "risk_pool",
    "risk_substances",
    "soil_construction",
    "soil_farmland",
    "soil_land_use",
    "soil_student",
    "source_accuracy",
    "source_catering",
    "source_drift",
    "source_flags",
    "source_ldar",
    "source_nozzles",
    "source_obd",
    "source_petrol",
    "source_remote_sensing",
    "source_student",
    "source_tightness",
    "spearman",
    "tax_equivalents",
    "tax_noise",
    "tax_rates",
    "tax_solid",
    "waste_label",
    "waste_producer",
    "waste_solid_groups",
    "water_basin_grade",
    "water_black_odorous",
    "water_drinking",
    "water_table1",
    "water_tli",
    "water_tli_units",
    "water_wwtp",
}

impl Table {
    /// The family, the first word of the name.
    pub fn family(&self) -> &'static str {
        self.id.split('_').next().unwrap_or(self.id)
    }

    /// The sentence that describes the table.
    pub fn description(&self) -> String {
        let lines = self.csv.lines().map_while(|line| line.strip_prefix('#'));
        lines.map(str::trim).collect::<Vec<_>>().join(" ")
    }

    /// Columns and rows.
    pub fn content(&self) -> Content {
        let mut reader = csv::ReaderBuilder::new()
            .comment(Some(b'#'))
            .flexible(true)
            .trim(csv::Trim::All)
            .from_reader(self.csv.as_bytes());
        let cells = |record: &csv::StringRecord| record.iter().map(str::to_owned).collect::<Vec<_>>();
        let columns = reader.headers().map(cells).unwrap_or_default();
        let rows = reader.records().flatten().map(|record| cells(&record)).collect();
        Content {
            description: self.description(),
            columns,
            rows,
        }
    }
}

/// The table with this name.
pub fn find(id: &str) -> Option<&'static Table> {
    TABLES.iter().find(|table| table.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_listed_once_and_reads() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|e| {
                e.unwrap()
                    .path()
                    .file_stem()
                    .unwrap()
                    .to_string_lossy()
                    .into_owned()
            })
            .collect();
        files.sort();
        let listed: Vec<&str> = TABLES.iter().map(|t| t.id).collect();
        assert_eq!(listed, files);
        for table in TABLES {
            let content = table.content();
            assert!(!content.description.is_empty(), "{} has no description", table.id);
            assert!(
                content.columns.len() > 1 && !content.rows.is_empty(),
                "{}",
                table.id
            );
            assert!(
                content.rows.iter().all(|r| r.len() == content.columns.len()),
                "{}: ragged",
                table.id
            );
        }
    }
}
