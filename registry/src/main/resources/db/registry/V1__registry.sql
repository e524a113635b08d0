-- The registry's metadata; docs/formats/registry-database.md explains every table.
-- Times are milliseconds since 1970-01-01 UTC. Digests are written "sha256:…".

CREATE TABLE repositories (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL
);

-- Bytes by digest. A digest has at most one row that is live or condemned; rows that are being
-- deleted may stand beside it, each with a generation of its own.
CREATE TABLE blobs (
  digest TEXT NOT NULL,
  generation TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('live', 'condemned', 'deleting')),
  condemned_at INTEGER,
  content BLOB, -- the bytes of a small blob; NULL: they are in the content store
  PRIMARY KEY (digest, generation)
);
CREATE UNIQUE INDEX blobs_current ON blobs (digest) WHERE state IN ('live', 'condemned');
CREATE INDEX blobs_condemned ON blobs (condemned_at) WHERE state = 'condemned';
CREATE INDEX blobs_deleting ON blobs (digest) WHERE state = 'deleting';

-- Which repository may see which blob. leased_until is the lease and the collector's queue in one:
-- NULL means that a manifest of the repository names the blob and nothing need be looked at; a time
-- means that nobody may collect it before, and that the collector looks at it then.
CREATE TABLE blob_links (
  repository_id INTEGER NOT NULL REFERENCES repositories (id),
  digest TEXT NOT NULL,
  linked_at INTEGER NOT NULL,
  leased_until INTEGER,
  deleted_at INTEGER, -- deleted by a client, kept for a manifest in the trash
  PRIMARY KEY (repository_id, digest)
);
CREATE INDEX blob_links_by_digest ON blob_links (digest);
CREATE INDEX blob_links_due ON blob_links (leased_until) WHERE leased_until IS NOT NULL;

-- The trash: one row for each request that deleted something.
CREATE TABLE deletions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  repository_id INTEGER NOT NULL REFERENCES repositories (id),
  reference TEXT NOT NULL, -- the tag or digest that was deleted
  deleted_at INTEGER NOT NULL,
  kept_from INTEGER NOT NULL, -- deleted_at, moved on by time that passed unseen
  actor TEXT NOT NULL,
  reason TEXT NOT NULL
);
CREATE INDEX deletions_by_time ON deletions (kept_from);
CREATE INDEX deletions_by_reference ON deletions (repository_id, reference);

CREATE TABLE manifests (
  id INTEGER PRIMARY KEY,
  repository_id INTEGER NOT NULL REFERENCES repositories (id),
  digest TEXT NOT NULL,
  media_type TEXT NOT NULL,
  artifact_type TEXT,
  subject TEXT,
  size_bytes INTEGER NOT NULL,
  pushed_at INTEGER NOT NULL,
  deletion_id INTEGER REFERENCES deletions (id), -- NULL: live
  content BLOB NOT NULL, -- exactly as pushed
  UNIQUE (repository_id, digest)
);
CREATE INDEX manifests_live ON manifests (repository_id) WHERE deletion_id IS NULL;
CREATE INDEX manifests_by_subject ON manifests (repository_id, subject, digest)
  WHERE subject IS NOT NULL;
CREATE INDEX manifests_by_deletion ON manifests (deletion_id) WHERE deletion_id IS NOT NULL;

-- What a manifest names: blobs, and the children of an index. Kept while the manifest is in the
-- trash, so that it can come back whole.
CREATE TABLE manifest_references (
  manifest_id INTEGER NOT NULL REFERENCES manifests (id),
  repository_id INTEGER NOT NULL,
  digest TEXT NOT NULL,
  PRIMARY KEY (manifest_id, digest)
);
CREATE INDEX manifest_references_by_digest ON manifest_references (repository_id, digest);

-- folded is the tag in lower case: the order of the tag list is case-insensitive.
CREATE TABLE tags (
  repository_id INTEGER NOT NULL REFERENCES repositories (id),
  name TEXT NOT NULL,
  folded TEXT NOT NULL,
  digest TEXT NOT NULL,
  moved_at INTEGER NOT NULL,
  PRIMARY KEY (repository_id, name)
);
CREATE UNIQUE INDEX tags_in_order ON tags (repository_id, folded, name);
CREATE INDEX tags_by_digest ON tags (repository_id, digest);

CREATE TABLE tag_moves (
  id INTEGER PRIMARY KEY,
  repository_id INTEGER NOT NULL REFERENCES repositories (id),
  tag TEXT NOT NULL,
  from_digest TEXT, -- NULL: the tag was new
  to_digest TEXT, -- NULL: the tag was deleted
  moved_at INTEGER NOT NULL,
  actor TEXT NOT NULL
);
CREATE INDEX tag_moves_by_tag ON tag_moves (repository_id, tag, id);

CREATE TABLE deleted_tags (
  deletion_id INTEGER NOT NULL REFERENCES deletions (id),
  name TEXT NOT NULL,
  digest TEXT NOT NULL,
  PRIMARY KEY (deletion_id, name)
);

-- Uploads in progress; their bytes are the staging file of the same id.
CREATE TABLE uploads (
  id TEXT PRIMARY KEY,
  repository_id INTEGER NOT NULL REFERENCES repositories (id),
  started_at INTEGER NOT NULL
);

-- When the collector last saw the clock: time that passed unseen counts for no deadline.
CREATE TABLE clock (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  seen_at INTEGER NOT NULL
);
