-- What goes in and out of registers: attachments, imports that wait for their confirmation, decided doubles, publications.

-- Content of attachments lies in files named by their SHA-256; here is what is known of it.
CREATE TABLE attachments (
  sha256 TEXT PRIMARY KEY,
  size BIGINT NOT NULL,
  media_type TEXT NOT NULL,
  author BIGINT NOT NULL,
  uploaded_at BIGINT NOT NULL
);
CREATE INDEX attachments_author ON attachments (author, uploaded_at);
CREATE INDEX attachments_uploaded ON attachments (uploaded_at);

-- Which records ever named an attachment, in any revision: those are kept.
CREATE TABLE record_files (
  sha256 TEXT NOT NULL,
  register TEXT NOT NULL,
  id TEXT NOT NULL,
  PRIMARY KEY (sha256, register, id)
) {clustered};

CREATE TABLE record_imports (
  id {auto_id},
  register TEXT NOT NULL,
  author BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  state TEXT NOT NULL,
  report TEXT NOT NULL
);
CREATE INDEX record_imports_expires ON record_imports (expires_at);

CREATE TABLE record_import_rows (
  import BIGINT NOT NULL,
  seq BIGINT NOT NULL,
  record TEXT,
  on_revision BIGINT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (import, seq)
) {clustered};

-- a < b.
CREATE TABLE record_doubles (
  register TEXT NOT NULL,
  a TEXT NOT NULL,
  b TEXT NOT NULL,
  author BIGINT NOT NULL,
  author_name TEXT NOT NULL,
  at BIGINT NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (register, a, b)
) {clustered};

CREATE TABLE record_publications (
  register TEXT NOT NULL,
  period_from TEXT NOT NULL,
  period_to TEXT NOT NULL,
  due TEXT NOT NULL,
  published_at BIGINT NOT NULL,
  author BIGINT NOT NULL,
  author_name TEXT NOT NULL,
  records BIGINT NOT NULL,
  PRIMARY KEY (register, period_from)
) {clustered};

-- What the public saw of a period, as it was published.
CREATE TABLE record_published (
  register TEXT NOT NULL,
  period_from TEXT NOT NULL,
  seq BIGINT NOT NULL,
  title TEXT NOT NULL,
  search TEXT NOT NULL,
  demo BIGINT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (register, period_from, seq)
) {clustered};
