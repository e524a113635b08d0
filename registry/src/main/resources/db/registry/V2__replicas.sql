-- readable by schema 1
-- Uploads that are begun on one replica and finished on another.

-- Who takes an upload up adds one; who finds another number than its own has lost it.
ALTER TABLE uploads ADD COLUMN epoch BIGINT NOT NULL DEFAULT 0;

-- When a request last worked on it, where replicas cannot know of each other.
ALTER TABLE uploads ADD COLUMN touched_at BIGINT NOT NULL DEFAULT 0;
