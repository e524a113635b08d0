package dev.plimsoll.foundation;

import java.io.IOException;

/**
 * Something that is needed, and that is not on this machine, cannot be reached or is not well: a
 * database server, an object store. It may come back at any moment; the same request can be made
 * again then.
 */
public final class UnavailableException extends IOException {
  private static final long serialVersionUID = 1;

  public UnavailableException(String message) {
    super(message);
  }

  public UnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
