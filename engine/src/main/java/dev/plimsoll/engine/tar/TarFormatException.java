package dev.plimsoll.engine.tar;

import java.io.IOException;

/** Bytes that are not a tar archive, or not all of one; the message says what was found where. */
public final class TarFormatException extends IOException {
  private static final long serialVersionUID = 1L;

  public TarFormatException(String message) {
    super(message);
  }

  public TarFormatException(String message, Throwable cause) {
    super(message, cause);
  }
}
