-- Whether the volumes that nobody has named go with a container that was removed.
ALTER TABLE removed_containers ADD COLUMN anonymous_volumes INTEGER NOT NULL DEFAULT 0;
