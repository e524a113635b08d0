-- readable by schema 1
-- What the registry is called in the store of its bytes: a store that calls itself otherwise is another
-- registry's, and its bytes are not this one's garbage. Marked: the store has said so, too.
ALTER TABLE identity ADD COLUMN store_owner TEXT;
ALTER TABLE identity ADD COLUMN store_marked SMALLINT NOT NULL DEFAULT 0;
