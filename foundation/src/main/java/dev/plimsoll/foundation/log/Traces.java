package dev.plimsoll.foundation.log;

import ch.qos.logback.classic.spi.IThrowableProxy;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The beginning of a stack trace and of those of its causes, a line each. */
final class Traces {
  private static final int FRAMES_MAX = 8;
  private static final int CAUSES_MAX = 16;

  private Traces() {}

  /**
   * Appends nothing if there is no exception.
   *
   * @param message appends the message of an exception, which others may have written
   */
  static void append(
      StringBuilder text,
      @Nullable IThrowableProxy outermost,
      BiConsumer<StringBuilder, String> message) {
    String before = "";
    @Nullable IThrowableProxy each = outermost;
    for (int i = 0; each != null && i < CAUSES_MAX; i++) {
      text.append(before).append(each.getClassName());
      if (each.getMessage() != null) {
        text.append(": ");
        message.accept(text, each.getMessage());
      }
      text.append('\n');
      var frames = each.getStackTraceElementProxyArray();
      for (int f = 0; f < Math.min(frames.length - each.getCommonFrames(), FRAMES_MAX); f++) {
        text.append('\t').append(frames[f].getSTEAsString()).append('\n');
      }
      each = each.getCause();
      before = "Caused by: ";
    }
  }
}
