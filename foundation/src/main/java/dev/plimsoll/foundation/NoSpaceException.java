package dev.plimsoll.foundation;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The disk (or the user's quota) is full: the write did not happen, and what was there before is
 * unharmed. It can be tried again once something has been deleted.
 */
public final class NoSpaceException extends IOException {
  private static final long serialVersionUID = 1;

  public NoSpaceException(String message) {
    super(message);
  }

  public NoSpaceException(String message, Throwable cause) {
    super(message, cause);
  }

  /**
   * {@code failure}, as a {@link NoSpaceException} if ENOSPC or EDQUOT is what failed. Java keeps the
   * error's text and not its number, so messages of the C library have to be in English, as the
   * launcher sets them.
   */
  public static IOException orElse(IOException failure, Path subject) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof NoSpaceException known) {
        return known;
      }
      if (saysFull(t.getMessage())) {
        return new NoSpaceException("no space left for " + subject, failure);
      }
    }
    return failure;
  }

  private static boolean saysFull(@Nullable String message) {
    return message != null
        && (message.contains("No space left on device") || message.contains("Disk quota exceeded"));
  }
}
