-- What people decided about records that may belong to a source (一源一档): every decision stays, the newest holds.
CREATE TABLE source_decisions (
  number {auto_id},
  sources TEXT NOT NULL,
  source TEXT NOT NULL,
  register TEXT NOT NULL,
  record TEXT NOT NULL,
  same BIGINT NOT NULL,
  author BIGINT NOT NULL,
  author_name TEXT NOT NULL,
  at BIGINT NOT NULL,
  reason TEXT
);
CREATE INDEX source_decisions_source ON source_decisions (sources, source, number);
