-- readable by schema 1
-- A pin on a tag that was deleted holds what the tag pointed at; it is asked for by that digest.
CREATE INDEX deleted_tags_by_digest ON deleted_tags (digest);
