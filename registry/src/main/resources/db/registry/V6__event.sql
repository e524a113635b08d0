-- Who changed what; docs/registry/access.md tells how it is read.
CREATE TABLE audit_log (
  id INTEGER PRIMARY KEY,
  made_at BIGINT NOT NULL,
  actor TEXT NOT NULL,
  address TEXT NOT NULL, -- "-": the registry itself
  request TEXT NOT NULL, -- the request's name in the logs
  action TEXT NOT NULL, -- method and address, or what a rule did
  detail TEXT NOT NULL
);
CREATE INDEX audit_log_by_time ON audit_log (made_at);
CREATE INDEX audit_log_by_actor ON audit_log (actor, id);
