-- readable by schema 1
-- Events for those who asked to be told, docs/registry/webhooks.md; docs/formats/registry-database.md
-- explains every column.

-- One row for each receiver of an event, written with the change, until the receiver has it.
CREATE TABLE webhook_events (
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- in the order of the changes
  webhook TEXT NOT NULL, -- its name in the settings
  event_id TEXT NOT NULL, -- what the receiver knows it by
  type TEXT NOT NULL,
  repository TEXT NOT NULL, -- '': of the registry as a whole
  body BLOB NOT NULL, -- as it is sent
  made_at BIGINT NOT NULL,
  due_at BIGINT NOT NULL, -- not to be sent before
  attempts BIGINT NOT NULL DEFAULT 0,
  error TEXT NOT NULL DEFAULT '', -- why the latest attempt failed
  dead_at BIGINT -- NULL: it waits to be sent
);
CREATE INDEX webhook_events_waiting ON webhook_events (webhook, id) WHERE dead_at IS NULL;
CREATE INDEX webhook_events_in_order ON webhook_events (webhook, repository, id)
  WHERE dead_at IS NULL;
CREATE INDEX webhook_events_dead ON webhook_events (webhook, id) WHERE dead_at IS NOT NULL;

-- One row for each receiver.
CREATE TABLE webhooks (
  name TEXT PRIMARY KEY,
  sender TEXT NOT NULL, -- the process that sends; '': none
  sender_until BIGINT NOT NULL, -- another may take over from then on
  delivered_at BIGINT, -- the latest
  failed_at BIGINT, -- the latest
  error TEXT NOT NULL -- of the latest failure
);
