package dev.plimsoll.http.client;

import java.io.IOException;

/** An answer that was to be read into memory is larger than the caller allows. */
public final class BodyTooLargeException extends IOException {
  private static final long serialVersionUID = 1;

  BodyTooLargeException(int maxBytes) {
    super("the answer is larger than " + maxBytes + " bytes");
  }
}
