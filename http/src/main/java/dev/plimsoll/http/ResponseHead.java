package dev.plimsoll.http;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Writes status lines and header sections as bytes. */
final class ResponseHead {
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
          .withZone(ZoneOffset.UTC);

  private static volatile DateLine dateLine = new DateLine(0, "");

  private record DateLine(long second, String text) {}

  private ResponseHead() {}

  static byte[] bytes(int status, String reason, HeaderFields headers) {
    StringBuilder text = new StringBuilder(256);
    text.append("HTTP/1.1 ").append(status).append(' ').append(reason).append("\r\n");
    for (int i = 0; i < headers.size(); i++) {
      text.append(headers.name(i)).append(": ").append(headers.value(i)).append("\r\n");
    }
    text.append("\r\n");
    return text.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  /** The value of a {@code Date} header, made once a second. */
  static String date() {
    long second = System.currentTimeMillis() / 1000;
    DateLine line = dateLine;
    if (line.second != second) {
      line = new DateLine(second, DATE.format(Instant.ofEpochSecond(second)));
      dateLine = line;
    }
    return line.text;
  }
}
