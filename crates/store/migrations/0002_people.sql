-- People: users, sessions, access tokens, failed logins, the audit chain.
-- Of passwords only argon2id texts are kept, of session and access tokens only SHA-256 sums.

CREATE TABLE users (
  id {auto_id},
  login TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  unit TEXT,
  firm TEXT,
  password TEXT NOT NULL,
  active BIGINT NOT NULL,
  demo BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  last_login_at BIGINT
);

CREATE TABLE sessions (
  hash TEXT PRIMARY KEY,
  user_id BIGINT NOT NULL REFERENCES users (id),
  address TEXT,
  created_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_user ON sessions (user_id, created_at);
CREATE INDEX sessions_expiry ON sessions (expires_at);

CREATE TABLE tokens (
  id {auto_id},
  user_id BIGINT NOT NULL REFERENCES users (id),
  name TEXT NOT NULL,
  hash TEXT NOT NULL UNIQUE,
  created_at BIGINT NOT NULL,
  expires_at BIGINT,
  last_used_at BIGINT,
  revoked_at BIGINT
);
CREATE INDEX tokens_user ON tokens (user_id);

-- subject: SHA-256 of a login, or an address; what a guesser types is not kept.
CREATE TABLE login_failures (
  subject TEXT PRIMARY KEY,
  failures BIGINT NOT NULL,
  last_at BIGINT NOT NULL,
  locked_until BIGINT NOT NULL
);
CREATE INDEX login_failures_age ON login_failures (last_at);

-- Append-only: each entry carries the hash of the one before; ids have no gaps.
CREATE TABLE audit (
  id BIGINT PRIMARY KEY,
  at BIGINT NOT NULL,
  actor TEXT NOT NULL,
  address TEXT,
  action TEXT NOT NULL,
  object TEXT NOT NULL,
  outcome TEXT NOT NULL,
  detail TEXT NOT NULL,
  previous TEXT NOT NULL,
  hash TEXT NOT NULL
);
CREATE INDEX audit_actor ON audit (actor, id);
CREATE INDEX audit_action ON audit (action, id);
