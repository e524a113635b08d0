-- Accounts, quotas, and what the registry was told to do for a while.
-- docs/formats/registry-database.md explains every table.

CREATE TABLE accounts (
  kind TEXT NOT NULL CHECK (kind IN ('user', 'robot')),
  name TEXT NOT NULL,
  secret TEXT NOT NULL, -- a user's bcrypt hash, or the SHA-256 of a robot's token
  cost INTEGER NOT NULL, -- of the bcrypt hash; 0 for robots
  created_at BIGINT NOT NULL,
  expires_at BIGINT, -- NULL: never
  PRIMARY KEY (kind, name)
);

CREATE TABLE account_permissions (
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  permission TEXT NOT NULL, -- role:pattern
  PRIMARY KEY (kind, name, permission)
);

-- The public halves of the keys that sign tokens, so that every replica knows the others' tokens.
CREATE TABLE token_keys (
  id TEXT PRIMARY KEY,
  public_key TEXT NOT NULL, -- a JWK
  valid_until BIGINT NOT NULL
);

-- What the registry was told at run time and does after a restart too, such as read-only.
CREATE TABLE modes (
  name TEXT PRIMARY KEY,
  reason TEXT NOT NULL,
  since BIGINT NOT NULL,
  actor TEXT NOT NULL
);

-- What a manifest adds to its repository: the size of each blob that it names and that was there when
-- it was stored; 0 for all else. It never changes, so that adding and taking away agree.
ALTER TABLE manifest_references ADD COLUMN size_bytes BIGINT NOT NULL DEFAULT 0;
UPDATE manifest_references SET size_bytes = COALESCE((
  SELECT b.size_bytes FROM blobs b
  WHERE b.digest = manifest_references.digest AND b.state = 'live'), 0);

-- Of manifests that are not deleted and the blobs that they name, each once.
CREATE TABLE repository_usage (
  repository_id BIGINT PRIMARY KEY REFERENCES repositories (id),
  size_bytes BIGINT NOT NULL,
  tags BIGINT NOT NULL
);
INSERT INTO repository_usage (repository_id, size_bytes, tags)
SELECT r.id,
  COALESCE((SELECT SUM(m.size_bytes) FROM manifests m
    WHERE m.repository_id = r.id AND m.deletion_id IS NULL), 0)
  + COALESCE((SELECT SUM(named.size_bytes) FROM (
      SELECT MAX(f.size_bytes) AS size_bytes FROM manifest_references f
      JOIN manifests m ON m.id = f.manifest_id AND m.deletion_id IS NULL
      WHERE f.repository_id = r.id GROUP BY f.digest) AS named), 0),
  (SELECT COUNT(*) FROM tags t WHERE t.repository_id = r.id)
FROM repositories r;

-- One row for each namespace with a quota: whoever adds to it takes this row first.
CREATE TABLE quota_turns (
  namespace TEXT PRIMARY KEY,
  turn BIGINT NOT NULL
);
