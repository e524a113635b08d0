-- What retention goes by: pulls, pins, what is deployed, and time that nobody saw.
-- docs/formats/registry-database.md explains every table.

-- When a tag or digest was last pulled; written behind the answer, once a minute at most.
CREATE TABLE pulls (
  repository_id INTEGER NOT NULL REFERENCES repositories (id),
  reference TEXT NOT NULL, -- a tag or a digest
  pulled_at BIGINT NOT NULL,
  PRIMARY KEY (repository_id, reference)
);

-- Tags and digests that somebody wants kept.
CREATE TABLE pins (
  repository_id INTEGER NOT NULL REFERENCES repositories (id),
  reference TEXT NOT NULL,
  pinned_at BIGINT NOT NULL,
  actor TEXT NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (repository_id, reference)
);

-- Hosts and services that say what they run. Their last word stands until they are removed.
CREATE TABLE reporters (
  name TEXT PRIMARY KEY,
  reported_at BIGINT NOT NULL,
  actor TEXT NOT NULL
);

CREATE TABLE deployed (
  reporter TEXT NOT NULL REFERENCES reporters (name),
  digest TEXT NOT NULL,
  repository TEXT NOT NULL, -- '': in whichever repository it is
  usage TEXT NOT NULL CHECK (usage IN ('running', 'rollback')),
  PRIMARY KEY (reporter, digest, repository)
);
CREATE INDEX deployed_by_digest ON deployed (digest);

-- Time that passed while no registry ran, or that a clock skipped: it makes nothing older.
CREATE TABLE unseen_time (
  began_at BIGINT PRIMARY KEY,
  ended_at BIGINT NOT NULL
);

-- The end of the latest run of the retention rules.
CREATE TABLE retention_runs (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  ended_at BIGINT NOT NULL
);
