-- Images, their layers and the bytes they came as. Times are nanoseconds since 1970.

-- Bytes in the content store: layers as they were pulled or loaded, and those packed for a push.
CREATE TABLE blob (
  digest     TEXT PRIMARY KEY,
  generation TEXT NOT NULL,
  size_bytes INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Unpacked layers, each a directory. The id is the diffID; of a layer that leans on those below it,
-- and is not the lowest, it is the chainID.
CREATE TABLE layer (
  id           TEXT PRIMARY KEY,
  diff_id      TEXT NOT NULL,
  directory    TEXT NOT NULL UNIQUE,
  entries      INTEGER NOT NULL,
  size_bytes   INTEGER NOT NULL,
  sum          TEXT NOT NULL,
  leans        INTEGER NOT NULL,
  root_listed  INTEGER NOT NULL,
  damaged      INTEGER NOT NULL DEFAULT 0,
  committed_at INTEGER NOT NULL,
  verified_at  INTEGER
) STRICT, WITHOUT ROWID;

-- config holds the bytes whose digest is the id. An image that was removed while containers use it
-- keeps its row, with removed_at, until they are gone.
CREATE TABLE image (
  id             TEXT PRIMARY KEY,
  config         BLOB NOT NULL,
  size_bytes     INTEGER NOT NULL,
  created_from   TEXT NOT NULL,
  parent         TEXT,
  added_at       INTEGER NOT NULL,
  pulled_at      INTEGER,
  last_used_at   INTEGER NOT NULL,
  last_tagged_at INTEGER,
  removed_at     INTEGER
) STRICT;

-- position 0 is the lowest layer. blob is the layer as it came; absent for layers that were made
-- here and never sent.
CREATE TABLE image_layer (
  image    TEXT NOT NULL REFERENCES image (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  diff_id  TEXT NOT NULL,
  layer    TEXT NOT NULL REFERENCES layer (id),
  blob     TEXT REFERENCES blob (digest),
  PRIMARY KEY (image, position)
) STRICT, WITHOUT ROWID;

CREATE INDEX image_layer_by_layer ON image_layer (layer);
CREATE INDEX image_layer_by_blob ON image_layer (blob);
CREATE INDEX image_layer_by_diff_id ON image_layer (diff_id);

-- Full names with tag: docker.io/library/busybox:latest.
CREATE TABLE image_name (
  name  TEXT PRIMARY KEY,
  image TEXT NOT NULL REFERENCES image (id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX image_name_by_image ON image_name (image);

-- What a repository calls the image: the digest of the manifest or index it was pulled or pushed by.
CREATE TABLE image_digest (
  repository TEXT NOT NULL,
  digest     TEXT NOT NULL,
  image      TEXT NOT NULL REFERENCES image (id) ON DELETE CASCADE,
  PRIMARY KEY (repository, digest, image)
) STRICT, WITHOUT ROWID;

CREATE INDEX image_digest_by_image ON image_digest (image);

-- Manifests that name the image's config, as the bytes they came as.
CREATE TABLE image_manifest (
  image      TEXT NOT NULL REFERENCES image (id) ON DELETE CASCADE,
  digest     TEXT NOT NULL,
  media_type TEXT NOT NULL,
  content    BLOB NOT NULL,
  PRIMARY KEY (image, digest)
) STRICT;

-- A layer that came unpacked, packed once for a push.
CREATE TABLE packed_layer (
  diff_id TEXT PRIMARY KEY,
  blob    TEXT NOT NULL REFERENCES blob (digest)
) STRICT, WITHOUT ROWID;

CREATE INDEX packed_layer_by_blob ON packed_layer (blob);

-- Repositories that have a blob, as far as we know: they are asked before it is sent again.
CREATE TABLE blob_repository (
  digest     TEXT NOT NULL REFERENCES blob (digest) ON DELETE CASCADE,
  registry   TEXT NOT NULL,
  repository TEXT NOT NULL,
  PRIMARY KEY (digest, registry, repository)
) STRICT, WITHOUT ROWID;

-- What an operation in progress needs, kept until it ends or, after a crash, until the lease does.
CREATE TABLE lease (
  holder     TEXT NOT NULL,
  kind       TEXT NOT NULL CHECK (kind IN ('blob', 'layer')),
  id         TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (holder, kind, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX lease_by_subject ON lease (kind, id);

-- Layers of which a broken pull left the beginning: the next pull goes on there.
CREATE TABLE partial_blob (
  digest TEXT PRIMARY KEY,
  ingest TEXT NOT NULL
) STRICT, WITHOUT ROWID;
