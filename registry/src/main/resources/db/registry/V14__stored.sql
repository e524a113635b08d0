-- readable by schema 1
-- What the registry held at the end of each week (of the present one: when somebody looked last), so that
-- growth counts what was deleted, too. One row a week; weeks are those of 7 days since 1970.
CREATE TABLE stored_weeks (
  week BIGINT PRIMARY KEY,
  blobs BIGINT NOT NULL,
  size_bytes BIGINT NOT NULL,
  measured_at BIGINT NOT NULL
);
