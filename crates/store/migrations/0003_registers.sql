-- Kept registers: each record with every revision, what it points at, its keys. Bodies, trails and facets are JSON of the
-- register engine; `facets` is what lists are filtered, sorted, found and drawn by, and can be made again from the body.

-- changed: grows with every write to the register; definition: digest of what the facets were made under.
CREATE TABLE record_registers (
  register TEXT PRIMARY KEY,
  changed BIGINT NOT NULL,
  last_number BIGINT NOT NULL,
  definition TEXT NOT NULL
);

CREATE TABLE records (
  seq {auto_id},
  register TEXT NOT NULL,
  id TEXT NOT NULL,
  version BIGINT NOT NULL,
  revision BIGINT NOT NULL,
  changed BIGINT NOT NULL,
  state TEXT,
  since BIGINT NOT NULL,
  demo BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  author BIGINT NOT NULL,
  author_name TEXT NOT NULL,
  kind TEXT NOT NULL,
  valid_from TEXT NOT NULL,
  merged_into TEXT,
  body TEXT NOT NULL,
  trail TEXT NOT NULL,
  facets TEXT NOT NULL,
  UNIQUE (register, id)
);
CREATE INDEX records_changed ON records (register, changed, seq);
CREATE INDEX records_seq ON records (register, seq);

-- Every revision, the newest included: what was known from `at` on, and in force from `valid_from` on.
CREATE TABLE record_revisions (
  register TEXT NOT NULL,
  id TEXT NOT NULL,
  revision BIGINT NOT NULL,
  at BIGINT NOT NULL,
  author BIGINT NOT NULL,
  author_name TEXT NOT NULL,
  kind TEXT NOT NULL,
  version BIGINT NOT NULL,
  state TEXT,
  since BIGINT NOT NULL,
  transition TEXT,
  reason TEXT,
  valid_from TEXT NOT NULL,
  merged_into TEXT,
  body TEXT NOT NULL,
  detail TEXT,
  PRIMARY KEY (register, id, revision)
) {clustered};

CREATE TABLE record_links (
  register TEXT NOT NULL,
  id TEXT NOT NULL,
  field TEXT NOT NULL,
  kind TEXT NOT NULL,
  target_register TEXT NOT NULL,
  target TEXT NOT NULL,
  PRIMARY KEY (register, id, field, kind, target_register, target)
) {clustered};
CREATE INDEX record_links_target ON record_links (kind, target_register, target);

-- digest: SHA-256 of the values, so that long values fit into the index of either engine.
CREATE TABLE record_keys (
  register TEXT NOT NULL,
  fields TEXT NOT NULL,
  digest TEXT NOT NULL,
  id TEXT NOT NULL,
  PRIMARY KEY (register, fields, digest)
) {clustered};
CREATE INDEX record_keys_record ON record_keys (register, id);
