//! Writing observations: one read of what is there, the rule of [`super::merge`], one statement for each table.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use model::ids::{SeriesId, SubjectId};
use model::observation::{Observation, Origin, Series};
use model::time::UtcMs;

use super::merge::{Merge, merge};
use super::read::observation;
use super::{Change, Written};
use crate::db::{Db, Tx};
use crate::dirty::{self, DuePeriod};
use crate::error::StoreError;
use crate::rows::{Cell, Columns, Rows};

/// A value on its way in.
#[derive(Clone, Debug)]
pub(crate) struct Incoming {
    pub(crate) series: Series,
    pub(crate) observation: Observation,
    pub(crate) known_at: UtcMs,
}

/// Author and reason of a change, where it is a person's.
pub(crate) type Why<'a> = (Option<&'a str>, Option<&'a str>);

type Place = (SeriesId, UtcMs);

/// What stands at a place, and whether this transaction changed it.
struct Present {
    observation: Observation,
    known_at: UtcMs,
    /// Index in the changes, once changed.
    change: Option<usize>,
}

/// Writes values in the order given. Everything that follows from a change happens here, so that no caller can
/// forget it: revisions, newest values, due periods, the subjects' last time.
pub(crate) async fn write(
    db: &Db,
    tx: &mut Tx,
    incoming: Vec<Incoming>,
    why: Why<'_>,
) -> Result<Written, StoreError> {
    let mut present = read_present(db, tx, &incoming).await?;
    let mut kept = read_overruled(db, tx, &incoming, &present).await?;
    // Places where only the revision number moved: stored like a change, but nobody needs to hear of them.
    let mut renumbered: BTreeMap<Place, Series> = BTreeMap::new();
    let mut out = Written::default();
    let mut revisions = Rows::default();
    for one in incoming {
        let place = (one.series.id, one.observation.time);
        let there = present.get_mut(&place);
        match merge(there.as_ref().map(|p| &p.observation), &one.observation) {
            Merge::Unchanged => out.unchanged += 1,
            Merge::Kept => out.overruled += 1,
            Merge::Insert => {
                out.inserted += 1;
                let change = Some(out.changes.len());
                let now = Present {
                    observation: one.observation.clone(),
                    known_at: one.known_at,
                    change,
                };
                present.insert(place, now);
                out.changes.push(Change {
                    series: one.series,
                    observation: one.observation,
                });
            }
            Merge::Overruled => {
                out.overruled += 1;
                let Some(there) = there else { continue };
                if !kept.insert((place, says(&one.observation))) {
                    continue;
                }
                let number = there.observation.revision;
                let rejected = Observation {
                    revision: number,
                    ..one.observation
                };
                push_revision(
                    &mut revisions,
                    place,
                    &rejected,
                    one.known_at,
                    one.known_at,
                    (why.0, Some(OVERRULED)),
                );
                there.observation.revision = number.saturating_add(1);
                match there.change.and_then(|i| out.changes.get_mut(i)) {
                    Some(change) => change.observation.revision = there.observation.revision,
                    None => {
                        renumbered.insert(place, one.series);
                    }
                }
            }
            Merge::Replace => {
                out.replaced += 1;
                let Some(there) = there else { continue };
                push_revision(
                    &mut revisions,
                    place,
                    &there.observation,
                    there.known_at,
                    one.known_at,
                    why,
                );
                let revision = there.observation.revision.saturating_add(1);
                there.observation = Observation {
                    revision,
                    ..one.observation
                };
                there.known_at = one.known_at;
                renumbered.remove(&place);
                if let Some(change) = there.change.and_then(|i| out.changes.get_mut(i)) {
                    change.observation = there.observation.clone();
                } else {
                    there.change = Some(out.changes.len());
                    out.changes.push(Change {
                        series: one.series,
                        observation: there.observation.clone(),
                    });
                }
            }
        }
    }
    store_revisions(db, tx, revisions).await?;
    let moved = renumbered.into_iter().filter_map(|(place, series)| {
        Some(Change {
            series,
            observation: present.get(&place)?.observation.clone(),
        })
    });
    let visible = out.changes.len();
    out.changes.extend(moved);
    store_values(db, tx, &out.changes, &present).await?;
    store_latest(db, tx, &out.changes).await?;
    out.changes.truncate(visible);
    mark_due(db, tx, &out.changes).await?;
    store_last_time(db, tx, &out.changes).await?;
    Ok(out)
}

/// Reason of a revision that never was in force.
const OVERRULED: &str = "人工订正优先 / a person's correction stands";

async fn read_present(
    db: &Db,
    tx: &mut Tx,
    incoming: &[Incoming],
) -> Result<HashMap<Place, Present>, StoreError> {
    let mut rows = Rows::default();
    let mut asked = std::collections::HashSet::with_capacity(incoming.len());
    for one in incoming {
        let time = one.observation.time;
        if asked.insert((one.series.id, time)) {
            rows.push([
                Cell::from(one.series.key.grain.bucket(time)),
                one.series.id.0.into(),
                time.into(),
            ]);
        }
    }
    let mut present = HashMap::with_capacity(asked.len());
    if rows.is_empty() {
        return Ok(present);
    }
    let found = db
        .statement(
            "SELECT o.series_id, o.time, o.value, o.text, o.flag, o.origin, o.revision, o.known_at
             FROM {rows} {then} observations o ON o.bucket = {i:0} AND o.series_id = {i:1} AND o.time = {i:2}",
        )
        .bind(rows.into_json())
        .fetch_all(&mut **tx)
        .await?;
    for row in &found {
        let observation = observation(row)?;
        let place = (SeriesId(row.int("series_id")?), observation.time);
        let known_at = row.time("known_at")?;
        present.insert(
            place,
            Present {
                observation,
                known_at,
                change: None,
            },
        );
    }
    Ok(present)
}

/// What was sent for corrected places before: the same need not be kept twice. Corrections are rare, so this mostly
/// asks nothing.
async fn read_overruled(
    db: &Db,
    tx: &mut Tx,
    incoming: &[Incoming],
    present: &HashMap<Place, Present>,
) -> Result<BTreeSet<(Place, String)>, StoreError> {
    let corrected = |place: &Place| {
        present
            .get(place)
            .is_some_and(|p| p.observation.origin == Origin::Corrected)
    };
    let places: BTreeSet<Place> = incoming
        .iter()
        .map(|one| (one.series.id, one.observation.time))
        .filter(corrected)
        .collect();
    let mut known = BTreeSet::new();
    if places.is_empty() {
        return Ok(known);
    }
    let mut rows = Rows::default();
    for (series, time) in &places {
        rows.push([Cell::from(series.0), (*time).into()]);
    }
    let found = db
        .statement(
            "SELECT r.series_id, r.time, r.value, r.text, r.flag, r.origin, r.revision FROM {rows} {then} revisions r
             ON r.series_id = {i:0} AND r.time = {i:1}",
        )
        .bind(rows.into_json())
        .fetch_all(&mut **tx)
        .await?;
    for row in &found {
        let old = observation(row)?;
        known.insert(((SeriesId(row.int("series_id")?), old.time), says(&old)));
    }
    Ok(known)
}

/// What an observation says, as [`super::merge::same`] understands it.
fn says(o: &Observation) -> String {
    format!("{:?} {:?} {:?}", o.value.map(|v| v.normalize()), o.text, o.flag)
}

fn push_revision(
    rows: &mut Rows,
    (series, time): Place,
    old: &Observation,
    known_at: UtcMs,
    replaced_at: UtcMs,
    (author, reason): Why<'_>,
) {
    let value = old.value.map(|v| v.to_string());
    rows.push([
        Cell::from(series.0),
        time.into(),
        i64::from(old.revision).into(),
        value.as_ref().into(),
        old.text.as_ref().into(),
        old.flag.as_ref().into(),
        old.origin.letter().into(),
        known_at.into(),
        replaced_at.into(),
        author.into(),
        reason.into(),
    ]);
}

async fn store_revisions(db: &Db, tx: &mut Tx, rows: Rows) -> Result<(), StoreError> {
    if rows.is_empty() {
        return Ok(());
    }
    db.statement(
        "INSERT INTO revisions
           (series_id, time, revision, value, text, flag, origin, known_at, replaced_at, author, reason)
         SELECT {i:0}, {i:1}, {i:2}, {t:3}, {t:4}, {t:5}, {t:6}, {i:7}, {i:8}, {t:9}, {t:10} FROM {rows}",
    )
    .bind(rows.into_json())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn store_values(
    db: &Db,
    tx: &mut Tx,
    changes: &[Change],
    present: &HashMap<Place, Present>,
) -> Result<(), StoreError> {
    let mut rows = Rows::default();
    for change in changes {
        let (series, o) = (&change.series, &change.observation);
        let known_at = present.get(&(series.id, o.time)).map_or(o.time, |p| p.known_at);
        let value = o.value.map(|v| v.to_string());
        rows.push([
            Cell::from(series.key.grain.bucket(o.time)),
            series.id.0.into(),
            o.time.into(),
            value.as_ref().into(),
            o.text.as_ref().into(),
            o.flag.as_ref().into(),
            o.origin.letter().into(),
            i64::from(o.revision).into(),
            known_at.into(),
        ]);
    }
    if rows.is_empty() {
        return Ok(());
    }
    db.statement(
        "INSERT INTO observations (bucket, series_id, time, value, text, flag, origin, revision, known_at)
         SELECT {i:0}, {i:1}, {i:2}, {t:3}, {t:4}, {t:5}, {t:6}, {i:7}, {i:8} FROM {rows} WHERE true
         ON CONFLICT (bucket, series_id, time) DO UPDATE SET value = excluded.value, text = excluded.text,
           flag = excluded.flag, origin = excluded.origin, revision = excluded.revision,
           known_at = excluded.known_at",
    )
    .bind(rows.into_json())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn store_latest(db: &Db, tx: &mut Tx, changes: &[Change]) -> Result<(), StoreError> {
    let mut newest: BTreeMap<SeriesId, &Observation> = BTreeMap::new();
    for change in changes {
        let o = &change.observation;
        newest
            .entry(change.series.id)
            .and_modify(|n| *n = if o.time > n.time { o } else { *n })
            .or_insert(o);
    }
    if newest.is_empty() {
        return Ok(());
    }
    let mut rows = Rows::default();
    for (series, o) in newest {
        let value = o.value.map(|v| v.to_string());
        rows.push([
            Cell::from(series.0),
            o.time.into(),
            value.as_ref().into(),
            o.text.as_ref().into(),
            o.flag.as_ref().into(),
            o.origin.letter().into(),
            i64::from(o.revision).into(),
        ]);
    }
    db.statement(
        "INSERT INTO latest (series_id, time, value, text, flag, origin, revision)
         SELECT {i:0}, {i:1}, {t:2}, {t:3}, {t:4}, {t:5}, {i:6} FROM {rows} WHERE true
         ON CONFLICT (series_id) DO UPDATE SET time = excluded.time, value = excluded.value, text = excluded.text,
           flag = excluded.flag, origin = excluded.origin, revision = excluded.revision
         WHERE excluded.time >= latest.time",
    )
    .bind(rows.into_json())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn mark_due(db: &Db, tx: &mut Tx, changes: &[Change]) -> Result<(), StoreError> {
    // Finding a civil period costs more than everything else here, and most values share theirs.
    let mut distinct = BTreeSet::new();
    for change in changes {
        let key = &change.series.key;
        let derived = change.observation.origin == Origin::Derived;
        distinct.insert((key.subject, key.grain, derived, change.observation.time));
    }
    let mut due = BTreeSet::new();
    for (subject, grain, derived, time) in distinct {
        let origin = if derived {
            Origin::Derived
        } else {
            Origin::Uploaded
        };
        due.extend(dirty::marks(grain, origin, time).map(|(grain, start)| DuePeriod {
            grain,
            start,
            subject,
        }));
    }
    dirty::mark(db, tx, &due).await
}

async fn store_last_time(db: &Db, tx: &mut Tx, changes: &[Change]) -> Result<(), StoreError> {
    let mut newest: BTreeMap<SubjectId, UtcMs> = BTreeMap::new();
    for change in changes {
        let time = change.observation.time;
        newest
            .entry(change.series.key.subject)
            .and_modify(|t| *t = time.max(*t))
            .or_insert(time);
    }
    if newest.is_empty() {
        return Ok(());
    }
    let mut rows = Rows::default();
    for (subject, time) in newest {
        rows.push([Cell::from(subject.0), time.into()]);
    }
    db.statement(
        "UPDATE subjects SET last_time = x.time FROM (SELECT {i:0} AS id, {i:1} AS time FROM {rows}) AS x
         WHERE subjects.id = x.id AND (subjects.last_time IS NULL OR subjects.last_time < x.time)",
    )
    .bind(rows.into_json())
    .execute(&mut **tx)
    .await?;
    Ok(())
}
