-- readable by schema 1
-- docs/formats/registry-database.md explains every column; docs/formats/manifest-objects.md the
-- objects.

-- The manifest's object in the content store of manifests; NULL: it has none yet.
ALTER TABLE manifests ADD COLUMN object TEXT;
CREATE INDEX manifests_without_object ON manifests (id) WHERE object IS NULL;
CREATE INDEX manifests_by_object ON manifests (object) WHERE object IS NOT NULL;

-- Objects whose manifest is gone for good, and which are to be deleted.
CREATE TABLE manifest_objects_gone (object TEXT PRIMARY KEY);

-- A blob whose bytes are missing or wrong: nobody is told that it is there, until it is pushed again.
ALTER TABLE blobs ADD COLUMN damaged_at BIGINT;
CREATE INDEX blobs_damaged ON blobs (digest) WHERE damaged_at IS NOT NULL;

-- Bytes that the last look through the stores found without a row.
CREATE TABLE orphans (
  store TEXT NOT NULL, -- 'blobs' or 'manifests'
  object TEXT NOT NULL,
  size_bytes BIGINT NOT NULL,
  seen_at BIGINT NOT NULL, -- first, moved on by time that passed unseen
  PRIMARY KEY (store, object)
);

-- How far the present check, or the last one, has got.
CREATE TABLE checks (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  depth TEXT NOT NULL,
  stage TEXT NOT NULL,
  position TEXT NOT NULL,
  began_at BIGINT NOT NULL,
  ended_at BIGINT, -- NULL: it goes on where it was
  objects BIGINT NOT NULL,
  size_bytes BIGINT NOT NULL
);

-- What it found.
CREATE TABLE check_findings (
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  detail TEXT NOT NULL,
  found_at BIGINT NOT NULL,
  PRIMARY KEY (kind, subject)
);

-- This database is not the one that the last process left: from a backup, or rebuilt.
CREATE TABLE restored (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  source TEXT NOT NULL,
  restored_at BIGINT NOT NULL,
  copied_at BIGINT NOT NULL, -- of what time the metadata is
  audited_at BIGINT -- NULL: the collector stays off
);
