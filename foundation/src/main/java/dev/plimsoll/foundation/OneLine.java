package dev.plimsoll.foundation;

/**
 * Text that others may have written, as it is shown in a line of a log or at a terminal: what ends a
 * line, or changes how what follows it is shown, is escaped as in JSON, so that no name or reason
 * begins a line of its own, moves the cursor or colours it.
 */
public final class OneLine {
  private OneLine() {}

  /** The text with its control characters escaped. */
  public static String of(String text) {
    if (text.chars().noneMatch(OneLine::isControl)) {
      return text;
    }
    StringBuilder line = new StringBuilder(text.length() + 16);
    append(line, text);
    return line.toString();
  }

  /** Appends the text with its control characters escaped. */
  public static void append(StringBuilder line, String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '\n' -> line.append("\\n");
        case '\r' -> line.append("\\r");
        case '\t' -> line.append("\\t");
        default -> {
          if (isControl(c)) {
            line.append("\\u%04x".formatted((int) c));
          } else {
            line.append(c);
          }
        }
      }
    }
  }

  /** What ends a line, or changes how what follows it is shown. */
  public static boolean isControl(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      default -> false;
    };
  }
}
