package dev.plimsoll.http;

import java.io.IOException;
import java.time.Duration;

/**
 * A request body that cannot be read on. A handler lets it rise: the server answers with {@link
 * #status()} and closes the connection.
 */
public abstract sealed class BodyException extends IOException {
  private final int status;
  private final String sentence;

  private BodyException(int status, String message) {
    super(message);
    this.status = status;
    this.sentence = message;
  }

  /** The status of the answer. */
  public final int status() {
    return status;
  }

  /** What the client is told. */
  final String sentence() {
    return sentence;
  }

  /** The client sent nothing for the stall time though the handler was waiting. */
  public static final class Stalled extends BodyException {
    Stalled(Duration stall) {
      super(408, "the request body made no progress for " + stall.toMillis() + " ms");
    }
  }

  /** The chunked coding is broken. */
  public static final class Malformed extends BodyException {
    Malformed(String message) {
      super(400, message);
    }
  }

  /** The body is longer than the handler takes. */
  public static final class TooLarge extends BodyException {
    TooLarge(long bytesMax) {
      super(413, "the request body is longer than " + bytesMax + " bytes");
    }
  }
}
