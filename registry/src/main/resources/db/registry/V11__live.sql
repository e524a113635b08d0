-- Whether the manifest that a reference is of is live, that is, not in the trash. What is asked at
-- every push and deletion is whether a live manifest names a blob; without this, the answer walked
-- through all those in the trash that name it too.
ALTER TABLE manifest_references ADD COLUMN live SMALLINT NOT NULL DEFAULT 1;
UPDATE manifest_references SET live = 0 WHERE manifest_id IN
  (SELECT id FROM manifests WHERE deletion_id IS NOT NULL);
CREATE INDEX manifest_references_live ON manifest_references (repository_id, digest)
  WHERE live = 1;
