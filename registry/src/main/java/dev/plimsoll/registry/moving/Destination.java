package dev.plimsoll.registry.moving;

import dev.plimsoll.content.ContentStore;
import dev.plimsoll.database.Database;
import java.io.IOException;
import java.nio.file.Path;

/** Where a restore writes to: the storage of a registry that does not run, as its settings say. */
public interface Destination {

  /** What the registry keeps on this machine. */
  Path root();

  /** Whether bytes are elsewhere, those of blobs and the objects of manifests. */
  boolean bytesElsewhere();

  /** Whether rows are elsewhere. */
  boolean rowsElsewhere();

  /** Opened when it is first asked for; closed with the destination. */
  ContentStore blobs() throws IOException;

  /** The store of manifests' objects; likewise. */
  ContentStore manifests() throws IOException;

  /** Opened when it is first asked for; closed with the destination. */
  Database database() throws IOException;

  /** The database in the making, of this release's schema. The caller closes it. */
  Database draft(Path file) throws IOException;
}
