-- When somebody last took a manifest, or a tag of it, out of the trash: rules leave it alone for a while.
ALTER TABLE manifests ADD COLUMN restored_at BIGINT;
CREATE INDEX manifests_restored ON manifests (repository_id) WHERE restored_at IS NOT NULL;
