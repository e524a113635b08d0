-- A container's place on a network, from before anything is made in the kernel until after it is
-- taken back. What is on the host is reconciled with this, never the other way round.
CREATE TABLE endpoints (
  container_id TEXT NOT NULL,
  network      TEXT NOT NULL,
  endpoint_id  TEXT NOT NULL,
  address      TEXT NOT NULL,
  PRIMARY KEY (container_id, network)
) STRICT;

CREATE TABLE published_ports (
  container_id   TEXT    NOT NULL,
  network        TEXT    NOT NULL,
  protocol       TEXT    NOT NULL,
  host_address   TEXT    NOT NULL,
  host_port      INTEGER NOT NULL,
  container_port INTEGER NOT NULL,
  PRIMARY KEY (protocol, host_address, host_port),
  FOREIGN KEY (container_id, network) REFERENCES endpoints (container_id, network) ON DELETE CASCADE
) STRICT;
