package dev.plimsoll.engine.image;

import dev.plimsoll.database.Database;
import java.io.IOException;
import java.util.UUID;

/**
 * Keeps what one operation needs (blobs and layers that no image names yet) until the operation ends.
 * Given up with an image's row, what it kept is the image's; after a crash, or a failure worth
 * trying again, it lasts 24 hours.
 */
final class Lease implements AutoCloseable {
  private final Database database;
  private final String holder;
  private boolean kept;

  Lease(Database database, String operation) {
    this.database = database;
    this.holder = operation + ":" + UUID.randomUUID();
  }

  String holder() {
    return holder;
  }

  /** From now on {@link #close} lets what is held wait for another attempt. */
  void keepForRetry() {
    kept = true;
  }

  /** The operation has succeeded: {@link #close} gives everything up. */
  void done() {
    kept = false;
  }

  @Override
  public void close() throws IOException {
    if (!kept) {
      database.write(handle -> handle.execute("DELETE FROM lease WHERE holder = ?", holder));
    }
  }
}
