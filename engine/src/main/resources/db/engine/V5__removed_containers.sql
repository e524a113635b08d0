-- Containers whose row is gone and whose files may not be, noted in the transaction that deleted the
-- row: a directory without a row that is not in here is nobody's to delete.
CREATE TABLE removed_containers (
  id TEXT NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;
