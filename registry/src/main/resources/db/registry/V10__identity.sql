-- readable by schema 1
-- A database that a registry has begun with has a row here. One without it, beside stores that hold
-- manifests, is not the database of those stores: to go on with it would make garbage of them.
CREATE TABLE identity (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  begun_at BIGINT NOT NULL
);
INSERT INTO identity (id, begun_at) SELECT 1, 0 WHERE EXISTS (SELECT 1 FROM repositories);
