package dev.plimsoll.foundation.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.LayoutBase;
import dev.plimsoll.foundation.OneLine;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/**
 * One event as text: time, level, logger, message, and the beginning of a stack trace where there is
 * one. A value after {@code =} that has blanks stands in quotes, and control characters are escaped
 * everywhere, so that no text of a user or another server begins a line or ends a value. Safe for
 * many threads.
 */
final class LineLayout extends LayoutBase<ILoggingEvent> {
  static final String PLACE = "{}";
  private static final String REQUEST = "request=";

  private final DateTimeFormatter time;

  LineLayout(DateTimeFormatter time) {
    this.time = time;
  }

  @Override
  public String doLayout(ILoggingEvent event) {
    StringBuilder line = new StringBuilder(200);
    time.formatTo(event.getInstant(), line);
    String level = event.getLevel().toString();
    line.append(' ').append(level).repeat(' ', Math.max(1, 6 - level.length()));
    String logger = event.getLoggerName();
    line.append(logger, logger.lastIndexOf('.') + 1, logger.length()).append(' ');
    message(line, String.valueOf(event.getMessage()), event.getArgumentArray());
    line.append('\n');
    Traces.append(line, event.getThrowableProxy(), OneLine::append);
    return line.toString();
  }

  private static void message(
      StringBuilder line, String pattern, @Nullable Object @Nullable [] arguments) {
    int from = 0;
    for (int i = 0; arguments != null && i < arguments.length; i++) {
      int place = pattern.indexOf(PLACE, from);
      if (place < 0) {
        break;
      }
      OneLine.append(line, pattern.substring(from, place));
      String value = String.valueOf(arguments[i]);
      boolean named = place > 0 && pattern.charAt(place - 1) == '=';
      if (named && needsQuotes(value)) {
        line.append('"');
        OneLine.append(line, value.replace("\\", "\\\\").replace("\"", "\\\""));
        line.append('"');
      } else {
        OneLine.append(line, value);
      }
      from = place + PLACE.length();
    }
    OneLine.append(line, pattern.substring(from));
    if (LogContext.REQUEST.isBound() && !pattern.contains(REQUEST)) {
      line.append(' ').append(REQUEST);
      OneLine.append(line, LogContext.REQUEST.get());
    }
  }

  private static boolean needsQuotes(String value) {
    return value.isEmpty()
        || value
            .chars()
            .anyMatch(c -> c == '"' || Character.isWhitespace(c) || OneLine.isControl(c));
  }
}
