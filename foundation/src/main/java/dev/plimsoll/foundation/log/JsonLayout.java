package dev.plimsoll.foundation.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.LayoutBase;
import dev.plimsoll.foundation.OneLine;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One event as an object of JSON (RFC 8259) on one line: {@code time}, {@code level}, {@code logger},
 * {@code message}, a member for each value that the text has as {@code name=value}, and {@code
 * exception} where there is one. Numbers and booleans stay what they are. Safe for many threads.
 */
final class JsonLayout extends LayoutBase<ILoggingEvent> {
  private static final String MESSAGE = "message";
  private static final String REQUEST = "request";
  private static final char UNREADABLE = '\uFFFD';

  private final DateTimeFormatter time;

  JsonLayout(DateTimeFormatter time) {
    this.time = time;
  }

  @Override
  public String doLayout(ILoggingEvent event) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("time", time.format(event.getInstant()));
    members.put("level", event.getLevel().toString());
    String logger = event.getLoggerName();
    members.put("logger", logger.substring(logger.lastIndexOf('.') + 1));
    members.put(MESSAGE, ""); // stands before the values
    var message = new StringBuilder();
    values(String.valueOf(event.getMessage()), event.getArgumentArray(), message, members);
    members.put(MESSAGE, message.toString());
    if (LogContext.REQUEST.isBound()) {
      members.putIfAbsent(REQUEST, LogContext.REQUEST.get());
    }
    if (event.getThrowableProxy() != null) {
      var trace = new StringBuilder();
      Traces.append(trace, event.getThrowableProxy(), StringBuilder::append);
      add(members, "exception", trace.toString());
    }
    return object(members);
  }

  /** Takes the pattern's {@code name={}} apart from its words; what else is filled in is a word. */
  private static void values(
      String pattern,
      @Nullable Object @Nullable [] arguments,
      StringBuilder message,
      Map<String, Object> members) {
    int from = 0;
    for (int i = 0; arguments != null && i < arguments.length; i++) {
      int place = pattern.indexOf(LineLayout.PLACE, from);
      if (place < 0) {
        break;
      }
      String words = pattern.substring(from, place);
      int name = nameIn(words);
      if (name < 0) {
        message.append(words).append(arguments[i]);
      } else {
        message.append(words.substring(0, name).stripTrailing());
        Object value = arguments[i];
        add(members, words.substring(name, words.length() - 1), value == null ? "null" : value);
      }
      from = place + LineLayout.PLACE.length();
    }
    message.append(pattern.substring(from));
  }

  /** Where the name begins that {@code words} end with, and a {@code =} behind it; -1 without one. */
  private static int nameIn(String words) {
    int end = words.length() - 1;
    if (end < 1 || words.charAt(end) != '=') {
      return -1;
    }
    int begin = end;
    while (begin > 0 && Character.isLetterOrDigit(words.charAt(begin - 1))) {
      begin--;
    }
    return begin < end ? begin : -1;
  }

  /** No member stands in an object twice: readers disagree on which of them counts. */
  private static void add(Map<String, Object> members, String name, Object value) {
    String free = name;
    while (members.containsKey(free)) {
      free += "_";
    }
    members.put(free, value);
  }

  private static String object(Map<String, Object> members) {
    var line = new StringBuilder(300);
    char before = '{';
    for (Map.Entry<String, Object> member : members.entrySet()) {
      line.append(before);
      string(line, member.getKey());
      line.append(':');
      switch (member.getValue()) {
        case Integer number -> line.append(number.intValue());
        case Long number -> line.append(number.longValue());
        case Boolean truth -> line.append(truth.booleanValue());
        case Object other -> string(line, other.toString());
      }
      before = ',';
    }
    return line.append("}\n").toString();
  }

  private static void string(StringBuilder line, String text) {
    line.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> line.append("\\\"");
        case '\\' -> line.append("\\\\");
        case '\n' -> line.append("\\n");
        case '\r' -> line.append("\\r");
        case '\t' -> line.append("\\t");
        default -> {
          if (OneLine.isControl(c)) {
            line.append("\\u%04x".formatted((int) c));
          } else {
            line.append(isHalf(text, i) ? UNREADABLE : c);
          }
        }
      }
    }
    line.append('"');
  }

  /** Whether one half of a pair stands there alone: UTF-8 has no bytes for it. */
  private static boolean isHalf(String text, int i) {
    char c = text.charAt(i);
    if (Character.isHighSurrogate(c)) {
      return i + 1 == text.length() || !Character.isLowSurrogate(text.charAt(i + 1));
    }
    return Character.isLowSurrogate(c)
        && (i == 0 || !Character.isHighSurrogate(text.charAt(i - 1)));
  }
}
