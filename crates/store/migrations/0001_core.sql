-- Core tables. {auto_id}, {clustered} and {binary} are filled in for the engine (src/dialect.rs).
-- Instants are UTC milliseconds, yes/no is 0/1, decimals are text as sent.

CREATE TABLE kv (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
);

CREATE TABLE subjects (
  id {auto_id},
  code TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  zh TEXT NOT NULL,
  en TEXT NOT NULL,
  parent_id BIGINT REFERENCES subjects (id),
  unit TEXT,
  lon DOUBLE PRECISION,
  lat DOUBLE PRECISION,
  schematic BIGINT NOT NULL,
  demo BIGINT NOT NULL,
  attrs TEXT NOT NULL,
  last_time BIGINT
);
CREATE INDEX subjects_parent ON subjects (parent_id);

CREATE TABLE devices (
  mn TEXT PRIMARY KEY,
  state TEXT NOT NULL,
  subject_id BIGINT REFERENCES subjects (id),
  st TEXT,
  edition TEXT,
  pw TEXT,
  interval_s BIGINT NOT NULL,
  silence_ms BIGINT NOT NULL,
  first_seen BIGINT,
  last_seen BIGINT,
  frames BIGINT NOT NULL,
  demo BIGINT NOT NULL,
  decided_by TEXT,
  decided_at BIGINT,
  reason TEXT
);
CREATE INDEX devices_subject ON devices (subject_id);

CREATE TABLE series (
  id {auto_id},
  subject_id BIGINT NOT NULL REFERENCES subjects (id),
  factor TEXT NOT NULL,
  grain TEXT NOT NULL,
  statistic TEXT NOT NULL,
  UNIQUE (subject_id, factor, grain, statistic)
);

-- One bucket of one series lies together (model::time::Grain::bucket); new data go to the end of the tree.
CREATE TABLE observations (
  bucket BIGINT NOT NULL,
  series_id BIGINT NOT NULL,
  time BIGINT NOT NULL,
  value TEXT,
  text TEXT,
  flag TEXT,
  origin TEXT NOT NULL,
  revision BIGINT NOT NULL,
  known_at BIGINT NOT NULL,
  PRIMARY KEY (bucket, series_id, time)
) {clustered};

-- What stood there before: the old value, and who replaced it when and why.
CREATE TABLE revisions (
  series_id BIGINT NOT NULL,
  time BIGINT NOT NULL,
  revision BIGINT NOT NULL,
  value TEXT,
  text TEXT,
  flag TEXT,
  origin TEXT NOT NULL,
  known_at BIGINT NOT NULL,
  replaced_at BIGINT NOT NULL,
  author TEXT,
  reason TEXT,
  PRIMARY KEY (series_id, time, revision)
) {clustered};

CREATE TABLE latest (
  series_id BIGINT PRIMARY KEY,
  time BIGINT NOT NULL,
  value TEXT,
  text TEXT,
  flag TEXT,
  origin TEXT NOT NULL,
  revision BIGINT NOT NULL
);

-- dedup: mark of the data segment; only the first frame of its kind carries it, repeats have none.
CREATE TABLE frames (
  id {auto_id},
  seg BIGINT NOT NULL,
  off BIGINT NOT NULL,
  mn TEXT,
  received_at BIGINT NOT NULL,
  last_received_at BIGINT NOT NULL,
  repeats BIGINT NOT NULL,
  data_time BIGINT,
  st TEXT,
  cn TEXT,
  crc_ok BIGINT NOT NULL,
  state TEXT NOT NULL,
  held BIGINT NOT NULL,
  dedup TEXT UNIQUE,
  diagnoses TEXT NOT NULL,
  UNIQUE (seg, off)
);
CREATE INDEX frames_mn ON frames (mn, id);
CREATE INDEX frames_quarantined ON frames (received_at) WHERE state = 'quarantined';
CREATE INDEX frames_held ON frames (mn, id) WHERE held = 1;

-- Frames by civil day of arrival and state, so that a cockpit never counts them.
CREATE TABLE frame_tally (
  day BIGINT NOT NULL,
  state TEXT NOT NULL,
  n BIGINT NOT NULL,
  PRIMARY KEY (day, state)
);

-- Periods to evaluate again. grain is its rank (finest first), so that the key gives the order of work.
CREATE TABLE dirty (
  grain BIGINT NOT NULL,
  start BIGINT NOT NULL,
  subject_id BIGINT NOT NULL,
  marks BIGINT NOT NULL,
  PRIMARY KEY (grain, start, subject_id)
) {clustered};

CREATE TABLE judgements (
  id {auto_id},
  topic TEXT NOT NULL,
  subject_id BIGINT NOT NULL REFERENCES subjects (id),
  factor TEXT NOT NULL,
  grain TEXT NOT NULL,
  time BIGINT NOT NULL,
  edition TEXT NOT NULL,
  revision BIGINT NOT NULL,
  in_force BIGINT NOT NULL,
  verdict TEXT NOT NULL,
  value TEXT,
  made_at BIGINT NOT NULL,
  body TEXT NOT NULL,
  UNIQUE (subject_id, topic, factor, grain, time, edition, revision)
);
CREATE INDEX judgements_time ON judgements (time) WHERE in_force = 1;
CREATE INDEX judgements_topic ON judgements (topic, time) WHERE in_force = 1;

CREATE TABLE latest_judgements (
  subject_id BIGINT NOT NULL,
  topic TEXT NOT NULL,
  factor TEXT NOT NULL,
  grain TEXT NOT NULL,
  edition TEXT NOT NULL,
  time BIGINT NOT NULL,
  judgement_id BIGINT NOT NULL,
  PRIMARY KEY (subject_id, topic, factor, grain, edition)
) {clustered};

CREATE TABLE alarms (
  id {auto_id},
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  subject_id BIGINT NOT NULL REFERENCES subjects (id),
  factor TEXT NOT NULL,
  grain TEXT NOT NULL,
  grade BIGINT NOT NULL,
  first_time BIGINT NOT NULL,
  last_time BIGINT NOT NULL,
  occurrences BIGINT NOT NULL,
  active BIGINT NOT NULL,
  value TEXT,
  limit_value TEXT,
  multiple TEXT,
  judgement_id BIGINT,
  raised_at BIGINT NOT NULL,
  closed_at BIGINT,
  close_reason TEXT,
  demo BIGINT NOT NULL
);
CREATE INDEX alarms_key ON alarms (subject_id, kind, factor, grain, last_time);
CREATE INDEX alarms_open ON alarms (subject_id) WHERE state <> 'closed';
CREATE INDEX alarms_raised ON alarms (raised_at);

-- One row for each occurrence merged into an alarm: the same find twice changes nothing.
CREATE TABLE alarm_occurrences (
  subject_id BIGINT NOT NULL,
  kind TEXT NOT NULL,
  factor TEXT NOT NULL,
  grain TEXT NOT NULL,
  time BIGINT NOT NULL,
  alarm_id BIGINT NOT NULL,
  grade BIGINT NOT NULL,
  value TEXT,
  limit_value TEXT,
  multiple TEXT,
  judgement_id BIGINT,
  PRIMARY KEY (subject_id, kind, factor, grain, time)
) {clustered};
CREATE INDEX alarm_occurrences_alarm ON alarm_occurrences (alarm_id);

CREATE TABLE alarm_events (
  id {auto_id},
  alarm_id BIGINT NOT NULL REFERENCES alarms (id),
  at BIGINT NOT NULL,
  author TEXT NOT NULL,
  action TEXT NOT NULL,
  text TEXT NOT NULL
);
CREATE INDEX alarm_events_alarm ON alarm_events (alarm_id, id);

CREATE TABLE jobs (
  id {auto_id},
  kind TEXT NOT NULL,
  dedup TEXT,
  payload TEXT NOT NULL,
  state TEXT NOT NULL,
  run_at BIGINT NOT NULL,
  attempts BIGINT NOT NULL,
  leases BIGINT NOT NULL,
  error TEXT,
  created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX jobs_dedup ON jobs (kind, dedup) WHERE dedup IS NOT NULL AND state = 'waiting';
CREATE INDEX jobs_due ON jobs (run_at) WHERE state IN ('waiting', 'running');
