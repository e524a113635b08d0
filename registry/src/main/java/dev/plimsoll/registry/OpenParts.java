package dev.plimsoll.registry;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/** What a registry has opened. Closes the last opened first, and the rest also when one fails. */
final class OpenParts implements AutoCloseable {
  private final Deque<Closing> parts = new ArrayDeque<>();

  /** How something is closed. */
  interface Closing {
    void close() throws IOException, InterruptedException;
  }

  void add(Closing part) {
    parts.push(part);
  }

  /** The same for what may throw anything. */
  void addAny(AutoCloseable part) {
    parts.push(() -> {
      try {
        part.close();
      } catch (IOException | RuntimeException | InterruptedException e) {
        throw e;
      } catch (Exception e) {
        throw new IOException(e);
      }
    });
  }

  boolean isEmpty() {
    return parts.isEmpty();
  }

  @Override
  public void close() throws IOException {
    IOException failure = null;
    while (!parts.isEmpty()) {
      try {
        parts.pop().close();
      } catch (IOException e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt(); // the rest still has to be closed
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
