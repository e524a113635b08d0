-- Containers. The description and the state are JSON: nothing is searched in them here, the engine
-- has all containers in memory. The same description stands in the container's directory.
CREATE TABLE containers (
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  image TEXT NOT NULL,
  settings TEXT NOT NULL,
  state TEXT NOT NULL
) STRICT;

CREATE INDEX containers_by_image ON containers (image);
