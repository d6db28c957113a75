-- What a unit has to be told of the plan (提醒、黄牌、督办、约谈): one row for each event, named by the sum of what it is about
-- (event) and, without its level, of the matter (item). Never deleted: an event that is over has the day it ended. Days are
-- `YYYY-MM-DD`.
CREATE TABLE plan_notices (
  id {auto_id},
  event TEXT NOT NULL UNIQUE,
  item TEXT NOT NULL,
  level TEXT NOT NULL,
  stage TEXT NOT NULL,
  unit TEXT NOT NULL,
  about TEXT NOT NULL,
  subject TEXT NOT NULL,
  name TEXT NOT NULL,
  what TEXT NOT NULL,
  due TEXT NOT NULL,
  raised_on TEXT NOT NULL,
  raised_at BIGINT NOT NULL,
  ended_on TEXT,
  ended TEXT,
  seen_at BIGINT,
  seen_by BIGINT,
  seen_by_name TEXT,
  note TEXT
);
CREATE INDEX plan_notices_unit ON plan_notices (unit, id);
CREATE INDEX plan_notices_open ON plan_notices (ended_on, id);
