-- A volume that exists. Its bytes are in volumes/<name>/_data, its unchanging description beside
-- them in volume.json, so that this table can be made again from the directories.
CREATE TABLE volume (
  name TEXT NOT NULL PRIMARY KEY,
  options TEXT NOT NULL,    -- JSON: type, o, device of a mount; {} for a plain directory
  labels TEXT NOT NULL,     -- JSON
  created_at TEXT NOT NULL, -- ISO-8601, UTC
  removing INTEGER NOT NULL DEFAULT 0 CHECK (removing IN (0, 1))
) STRICT, WITHOUT ROWID;

-- Which containers, running or not, hold a volume: it is not removed while one does.
CREATE TABLE volume_use (
  volume TEXT NOT NULL,
  container TEXT NOT NULL,
  PRIMARY KEY (volume, container)
) STRICT, WITHOUT ROWID;

CREATE INDEX volume_use_by_container ON volume_use (container);
