//! Subjects (对象): kept by code, found by row, listed with their state of the moment.
//!
//! A firm counts what its outlets count: alarms, devices and newest data of a subject are those of itself and of
//! what belongs to it.

use model::ids::{SubjectCode, SubjectId, UnitCode};
use model::subject::{Subject, SubjectKind, SubjectSpec};
use model::time::UtcMs;
use serde::{Deserialize, Serialize};
use sqlx::any::AnyRow;

use crate::Store;
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::page::{Filter, Page, Paged, Scope};
use crate::rows::{Cell, Columns, Rows};

/// State of a subject at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubjectState {
    /// 正常
    Normal,
    /// 预警: an active real-time warning or constant value.
    Warning,
    /// 超标: an active exceedance.
    Exceeding,
    /// 离线: none of its devices was heard in time.
    Silent,
    /// 未知: nothing was ever received.
    Unknown,
}

impl SubjectState {
    /// All states.
    pub const ALL: [Self; 5] = [
        Self::Normal,
        Self::Warning,
        Self::Exceeding,
        Self::Silent,
        Self::Unknown,
    ];

    /// Stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Warning => "warning",
            Self::Exceeding => "exceeding",
            Self::Silent => "silent",
            Self::Unknown => "unknown",
        }
    }

    /// By stable name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.name() == name)
    }
}

/// A subject in a list or on the map.
#[derive(Clone, Debug, PartialEq)]
pub struct SubjectOverview {
    /// The subject.
    pub subject: Subject,
    /// Responsible unit, its own or its firm's.
    pub unit: Option<UnitCode>,
    /// State of the moment.
    pub state: SubjectState,
    /// Devices whose data are applied.
    pub devices: i64,
    /// Whether one of them was heard in time.
    pub online: bool,
    /// Newest data, by their own time.
    pub last_time: Option<UtcMs>,
    /// Alarms not closed.
    pub alarms: i64,
}

/// What a list of subjects is sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SubjectSort {
    /// Code.
    #[default]
    Code,
    /// Chinese name, by code point.
    Name,
    /// Kind.
    Kind,
    /// State, by stable name.
    State,
    /// Newest data.
    LastTime,
    /// Open alarms.
    Alarms,
}

impl SubjectSort {
    fn column(self) -> &'static str {
        match self {
            Self::Code => "o.code {binary}",
            Self::Name => "o.zh {binary}",
            Self::Kind => "o.kind {binary}",
            Self::State => "o.state {binary}",
            Self::LastTime => "o.last_time",
            Self::Alarms => "o.alarms",
        }
    }
}

/// Which subjects.
#[derive(Clone, Debug, Default)]
pub struct SubjectQuery {
    /// Whose.
    pub scope: Scope,
    /// Of which kinds; empty means all.
    pub kinds: Vec<SubjectKind>,
    /// In which states; empty means all.
    pub states: Vec<SubjectState>,
    /// Heard in time, or not.
    pub online: Option<bool>,
    /// Of which responsible unit.
    pub unit: Option<UnitCode>,
    /// Belonging to which firm (the firm itself not counted).
    pub parent: Option<SubjectId>,
    /// Only demonstration, or only real.
    pub demo: Option<bool>,
    /// Text contained in code or name.
    pub text: String,
    /// Order.
    pub sort: SubjectSort,
    /// Order reversed.
    pub descending: bool,
    /// Part of the list.
    pub page: Page,
}

/// The state of every subject, as rows `o`. Parameter `$1` is the present.
///
/// An exceedance is a finding about a past period and stays visible when the device falls silent; a warning is about
/// this moment, so silence hides it.
const OVERVIEW: &str = "
WITH links AS (
  SELECT id AS owner, id AS part FROM subjects
  UNION ALL SELECT parent_id, id FROM subjects WHERE parent_id IS NOT NULL
), a AS (
  SELECT l.owner, COUNT(*) AS alarms,
    MAX(CASE WHEN x.active = 1 AND x.kind = 'exceedance' THEN 1 ELSE 0 END) AS exceeding,
    MAX(CASE WHEN x.active = 1 AND x.kind IN ('warning', 'constant') THEN 1 ELSE 0 END) AS warning
  FROM links l JOIN alarms x ON x.subject_id = l.part WHERE x.state <> 'closed' GROUP BY l.owner
), d AS (
  SELECT l.owner, COUNT(*) AS devices,
    MAX(CASE WHEN x.last_seen >= $1 - x.silence_ms THEN 1 ELSE 0 END) AS online
  FROM links l JOIN devices x ON x.subject_id = l.part
  WHERE x.state IN ('provisional', 'approved') GROUP BY l.owner
), t AS (
  SELECT l.owner, MAX(x.last_time) AS last_time FROM links l JOIN subjects x ON x.id = l.part GROUP BY l.owner
), o AS (
  SELECT s.id, s.code, s.kind, s.zh, s.en, s.parent_id, p.code AS parent, s.unit, COALESCE(s.unit, p.unit) AS duty,
    s.lon, s.lat, s.schematic, s.demo, s.attrs, t.last_time,
    COALESCE(a.alarms, 0) AS alarms, COALESCE(d.devices, 0) AS devices, COALESCE(d.online, 0) AS online,
    CASE
      WHEN COALESCE(a.exceeding, 0) = 1 THEN 'exceeding'
      WHEN COALESCE(d.devices, 0) > 0 AND t.last_time IS NOT NULL AND d.online = 0 THEN 'silent'
      WHEN COALESCE(a.warning, 0) = 1 THEN 'warning'
      WHEN t.last_time IS NULL THEN 'unknown'
      ELSE 'normal'
    END AS state
  FROM subjects s
  LEFT JOIN subjects p ON p.id = s.parent_id
  LEFT JOIN a ON a.owner = s.id
  LEFT JOIN d ON d.owner = s.id
  LEFT JOIN t ON t.owner = s.id
)";

pub(crate) const SUBJECT: &str = "
SELECT s.id, s.code, s.kind, s.zh, s.en, p.code AS parent, s.unit, s.lon, s.lat, s.schematic, s.demo, s.attrs
FROM subjects s LEFT JOIN subjects p ON p.id = s.parent_id";

impl Store {
    /// Adds subjects or brings them up to date, by code, all or none. Parents may be in the same call or already known.
    /// Answers their rows in the order given.
    pub async fn put_subjects(&self, specs: &[SubjectSpec]) -> Result<Vec<SubjectId>, StoreError> {
        let mut tx = self.db().write().await?;
        let ids = put(self.db(), &mut tx, specs).await?;
        tx.commit().await?;
        Ok(ids)
    }

    /// A subject by row.
    pub async fn subject(&self, id: SubjectId) -> Result<Option<Subject>, StoreError> {
        let statement = self
            .db()
            .statement(&format!("{SUBJECT} WHERE s.id = $1"))
            .bind(id.0);
        self.db().one(statement).await?.as_ref().map(subject).transpose()
    }

    /// A subject by code.
    pub async fn subject_by_code(&self, code: &SubjectCode) -> Result<Option<Subject>, StoreError> {
        let statement = self
            .db()
            .statement(&format!("{SUBJECT} WHERE s.code = $1"))
            .bind(code.to_string());
        self.db().one(statement).await?.as_ref().map(subject).transpose()
    }

    /// All subjects, by code. They number thousands, not millions; lists for people are [`Store::list_subjects`].
    pub async fn subjects(&self) -> Result<Vec<Subject>, StoreError> {
        let statement = self
            .db()
            .statement(&format!("{SUBJECT} ORDER BY s.code {{binary}}"));
        self.db().all(statement).await?.iter().map(subject).collect()
    }

    /// A page of subjects with their state at `now`.
    pub async fn list_subjects(
        &self,
        query: &SubjectQuery,
        now: UtcMs,
    ) -> Result<Paged<SubjectOverview>, StoreError> {
        let filter = query.filter(now);
        let count = format!(
            "{OVERVIEW} SELECT COUNT(*) AS n FROM o LEFT JOIN subjects p ON p.id = o.parent_id {}",
            filter.sql()
        );
        let total = self.db().count(filter.bind(self.db().statement(&count))).await?;
        let direction = if query.descending { "DESC" } else { "ASC" };
        let column = query.sort.column();
        let select = format!(
            "{OVERVIEW} SELECT o.* FROM o LEFT JOIN subjects p ON p.id = o.parent_id {} \
             ORDER BY (CASE WHEN {column} IS NULL THEN 1 ELSE 0 END), {column} {direction}, o.id LIMIT {} OFFSET {}",
            filter.sql(),
            query.page.limit(),
            query.page.offset()
        );
        let rows = self.db().all(filter.bind(self.db().statement(&select))).await?;
        Ok(Paged {
            items: rows.iter().map(overview).collect::<Result<_, _>>()?,
            total,
        })
    }

    /// One subject with its state at `now`.
    pub async fn subject_overview(
        &self,
        id: SubjectId,
        now: UtcMs,
    ) -> Result<Option<SubjectOverview>, StoreError> {
        let statement = self
            .db()
            .statement(&format!("{OVERVIEW} SELECT o.* FROM o WHERE o.id = $2"));
        let row = self.db().one(statement.bind(now.0).bind(id.0)).await?;
        row.as_ref().map(overview).transpose()
    }

    /// How many subjects of each kind are in each state at `now`, and how many of them are online. The numbers equal the
    /// totals of [`Store::list_subjects`] with the same filter. Reads subjects, devices and open alarms, no history.
    pub async fn count_subjects(
        &self,
        query: &SubjectQuery,
        now: UtcMs,
    ) -> Result<Vec<SubjectCount>, StoreError> {
        let filter = query.filter(now);
        let select = format!(
            "{OVERVIEW} SELECT o.kind, o.state, COUNT(*) AS n, CAST(SUM(o.online) AS BIGINT) AS online \
             FROM o LEFT JOIN subjects p ON p.id = o.parent_id {} GROUP BY o.kind, o.state ORDER BY o.kind, o.state",
            filter.sql()
        );
        let rows = self.db().all(filter.bind(self.db().statement(&select))).await?;
        rows.iter()
            .map(|row| {
                Ok(SubjectCount {
                    kind: row.named("kind", SubjectKind::from_name)?,
                    state: row.named("state", SubjectState::from_name)?,
                    total: row.int("n")?,
                    online: row.int("online")?,
                })
            })
            .collect()
    }
}

/// Subjects of one kind in one state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SubjectCount {
    /// Kind.
    pub kind: SubjectKind,
    /// State.
    pub state: SubjectState,
    /// How many.
    pub total: i64,
    /// How many of them are online.
    pub online: i64,
}

impl SubjectQuery {
    fn filter(&self, now: UtcMs) -> Filter {
        let mut filter = Filter::default();
        // The present comes first, as the overview expects; it is bound even where nothing else is.
        filter.int("{p} IS NOT NULL", now.0);
        filter.scope(&self.scope, "o", "p");
        filter.any_of("o.kind", self.kinds.iter().map(|k| k.name()));
        filter.any_of("o.state", self.states.iter().map(|s| s.name()));
        if let Some(online) = self.online {
            filter.int("o.online = {p}", i64::from(online));
        }
        if let Some(unit) = &self.unit {
            filter.text("o.duty = {p}", unit.as_str());
        }
        if let Some(parent) = self.parent {
            filter.int("o.parent_id = {p}", parent.0);
        }
        if let Some(demo) = self.demo {
            filter.int("o.demo = {p}", i64::from(demo));
        }
        filter.contains(&["o.code", "o.zh", "o.en"], &self.text);
        filter
    }
}

pub(crate) async fn put(db: &Db, tx: &mut Tx, specs: &[SubjectSpec]) -> Result<Vec<SubjectId>, StoreError> {
    let mut rows = Rows::default();
    let mut parents = Rows::default();
    let mut codes = std::collections::HashSet::new();
    for spec in specs {
        if !codes.insert(&spec.code) {
            return Err(StoreError::Conflict {
                what: "对象 / subject",
                name: spec.code.to_string(),
                why: "编码重复 / its code stands twice",
            });
        }
        let attrs = serde_json::to_string(&spec.attrs).unwrap_or_default();
        rows.push([
            Cell::from(spec.code.as_str()),
            spec.kind.name().into(),
            (&spec.zh).into(),
            (&spec.en).into(),
            spec.unit.as_ref().map(UnitCode::as_str).into(),
            spec.lon.into(),
            spec.lat.into(),
            spec.schematic.into(),
            spec.demo.into(),
            (&attrs).into(),
        ]);
        parents.push([
            Cell::from(spec.code.as_str()),
            spec.parent.as_ref().map(SubjectCode::as_str).into(),
        ]);
    }
    db.statement(
        "INSERT INTO subjects (code, kind, zh, en, unit, lon, lat, schematic, demo, attrs)
         SELECT {t:0}, {t:1}, {t:2}, {t:3}, {t:4}, {f:5}, {f:6}, {i:7}, {i:8}, {t:9} FROM {rows} WHERE true
         ON CONFLICT (code) DO UPDATE SET kind = excluded.kind, zh = excluded.zh, en = excluded.en,
           unit = excluded.unit, lon = excluded.lon, lat = excluded.lat, schematic = excluded.schematic,
           demo = excluded.demo, attrs = excluded.attrs",
    )
    .bind(rows.into_json())
    .execute(&mut **tx)
    .await?;
    let parents = parents.into_json();
    let found = db
        .statement(
            "SELECT {t:0} AS code, {t:1} AS parent, s.id, p.id AS parent_id
             FROM {rows} JOIN subjects s ON s.code = {t:0} LEFT JOIN subjects p ON p.code = {t:1}",
        )
        .bind(parents.clone())
        .fetch_all(&mut **tx)
        .await?;
    let mut ids = std::collections::HashMap::new();
    for row in &found {
        if let (Some(parent), None) = (row.opt_text("parent")?, row.opt_int("parent_id")?) {
            return Err(StoreError::not_found("对象 / subject", parent));
        }
        ids.insert(row.text("code")?, SubjectId(row.int("id")?));
    }
    db.statement(
        "UPDATE subjects SET parent_id = x.parent_id
         FROM (SELECT {t:0} AS code, p.id AS parent_id FROM {rows} LEFT JOIN subjects p ON p.code = {t:1}) AS x
         WHERE subjects.code = x.code",
    )
    .bind(parents)
    .execute(&mut **tx)
    .await?;
    specs
        .iter()
        .map(|s| {
            let code = crate::rows::clean(s.code.as_str());
            ids.get(&*code)
                .copied()
                .ok_or_else(|| StoreError::not_found("对象 / subject", &s.code))
        })
        .collect()
}

pub(crate) fn subject(row: &AnyRow) -> Result<Subject, StoreError> {
    Ok(Subject {
        id: SubjectId(row.int("id")?),
        spec: SubjectSpec {
            code: SubjectCode(row.text("code")?),
            kind: row.named("kind", SubjectKind::from_name)?,
            zh: row.text("zh")?,
            en: row.text("en")?,
            parent: row.opt_text("parent")?.map(SubjectCode),
            unit: row.opt_text("unit")?.map(UnitCode),
            lon: row.opt_float("lon")?,
            lat: row.opt_float("lat")?,
            schematic: row.flag("schematic")?,
            demo: row.flag("demo")?,
            attrs: row.json("attrs")?,
        },
    })
}

fn overview(row: &AnyRow) -> Result<SubjectOverview, StoreError> {
    Ok(SubjectOverview {
        subject: subject(row)?,
        unit: row.opt_text("duty")?.map(UnitCode),
        state: row.named("state", SubjectState::from_name)?,
        devices: row.int("devices")?,
        online: row.flag("online")?,
        last_time: row.opt_time("last_time")?,
        alarms: row.int("alarms")?,
    })
}
