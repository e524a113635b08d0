package dev.plimsoll.http;

import java.io.IOException;

/**
 * An answer that was begun and cannot be ended. The handler has told why in its own log; the
 * connection is cut, so that the client does not take a part for the whole.
 */
public final class CutShort extends IOException {
  private static final long serialVersionUID = 1L;

  public CutShort(Exception cause) {
    super(cause.getMessage(), cause);
  }
}
