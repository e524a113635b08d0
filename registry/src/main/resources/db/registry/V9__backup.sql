-- readable by schema 1
-- docs/formats/registry-database.md explains every column; docs/formats/backup.md the backups.

-- What this registry is called in its backups: those of two never share a directory. A restored one
-- is the same.
CREATE TABLE backup_identity (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  name TEXT NOT NULL
);

-- Backups in progress: what was condemned since one began is not deleted before it ends.
CREATE TABLE backup_leases (
  id TEXT PRIMARY KEY,
  began_at BIGINT NOT NULL,
  leased_until BIGINT NOT NULL -- renewed while it is at work, so that a crash ends it
);
