-- The plan as a living thing: rounds of dispatch, frozen snapshots, evaluations made from them, editions of the published
-- document with the corrections made to their extraction. Days are `YYYY-MM-DD`.

-- Canonical JSON by its own SHA-256: written once, never changed.
CREATE TABLE plan_snapshots (
  sha256 TEXT PRIMARY KEY,
  made_at BIGINT NOT NULL,
  body TEXT NOT NULL
);

-- detail: what was asked of whom when the round was opened.
CREATE TABLE plan_rounds (
  code TEXT PRIMARY KEY,
  as_of TEXT NOT NULL,
  opens TEXT NOT NULL,
  due TEXT NOT NULL,
  demo BIGINT NOT NULL,
  detail TEXT NOT NULL,
  opened_at BIGINT NOT NULL,
  opened_by TEXT NOT NULL,
  frozen_at BIGINT,
  frozen_by TEXT,
  snapshot TEXT REFERENCES plan_snapshots (sha256)
);
CREATE INDEX plan_rounds_opens ON plan_rounds (opens);

-- summary: what a list shows of it; everything else follows from the snapshot. events: what became of it, oldest first.
CREATE TABLE plan_evaluations (
  id {auto_id},
  kind TEXT NOT NULL,
  year BIGINT NOT NULL,
  version BIGINT NOT NULL,
  cutoff TEXT NOT NULL,
  demo BIGINT NOT NULL,
  snapshot TEXT NOT NULL REFERENCES plan_snapshots (sha256),
  summary TEXT NOT NULL,
  state TEXT NOT NULL,
  made_at BIGINT NOT NULL,
  made_by TEXT NOT NULL,
  events TEXT NOT NULL,
  UNIQUE (kind, year, version)
);
CREATE INDEX plan_evaluations_state ON plan_evaluations (state, id);

-- original: the file as it came, base64.
CREATE TABLE plan_documents (
  edition {auto_id},
  name TEXT NOT NULL,
  media_type TEXT NOT NULL,
  sha256 TEXT NOT NULL UNIQUE,
  size BIGINT NOT NULL,
  original TEXT NOT NULL,
  text TEXT NOT NULL,
  uploaded_at BIGINT NOT NULL,
  uploaded_by TEXT NOT NULL
);

CREATE TABLE plan_corrections (
  id {auto_id},
  edition BIGINT NOT NULL REFERENCES plan_documents (edition),
  target TEXT NOT NULL,
  body TEXT NOT NULL,
  made_at BIGINT NOT NULL,
  made_by TEXT NOT NULL,
  withdrawn_at BIGINT,
  withdrawn_by TEXT
);
CREATE INDEX plan_corrections_target ON plan_corrections (target, id);
