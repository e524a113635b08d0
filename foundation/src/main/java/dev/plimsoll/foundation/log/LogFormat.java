package dev.plimsoll.foundation.log;

import dev.plimsoll.foundation.settings.Setting;
import java.util.Locale;

/** How a server's log is written; docs/registry/logs.md shows both. */
public enum LogFormat {
  /** A line an event, values as {@code name=value}, for people. */
  TEXT,
  /** An object of JSON an event, on a line of its own, for programs. */
  JSON;

  public static final Setting<LogFormat> SETTING =
      new Setting<>(
          "log.format",
          TEXT,
          LogFormat::parse,
          "How registry and engine write their logs: text, or json, an object a line;"
              + " docs/registry/logs.md.");

  private static LogFormat parse(String text) {
    for (LogFormat format : values()) {
      if (format.toString().equals(text.strip())) {
        return format;
      }
    }
    throw new IllegalArgumentException("it is text or json");
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
