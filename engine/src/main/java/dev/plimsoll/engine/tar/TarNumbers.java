package dev.plimsoll.engine.tar;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;

/** Numbers as tar headers write them: octal digits, or base 256 with the first bit set. */
final class TarNumbers {
  private TarNumbers() {}

  /** Reads a field of a header. */
  static long read(byte[] header, int offset, int length, String field) throws TarFormatException {
    if ((header[offset] & 0x80) != 0) {
      return readBase256(header, offset, length, field);
    }
    int at = offset;
    int end = offset + length;
    while (at < end && (header[at] == ' ' || header[at] == 0)) {
      at++;
    }
    long value = 0;
    for (; at < end && header[at] != ' ' && header[at] != 0; at++) {
      int digit = header[at] - '0';
      if (digit < 0 || digit > 7 || value >= 1L << 60) {
        throw new TarFormatException(
            "%s in a header is not an octal number: \"%s\""
                .formatted(field, new String(header, offset, length, StandardCharsets.US_ASCII)));
      }
      value = value * 8 + digit;
    }
    return value;
  }

  private static long readBase256(byte[] header, int offset, int length, String field)
      throws TarFormatException {
    boolean negative = (header[offset] & 0x40) != 0;
    long value = negative ? header[offset] : header[offset] & 0x3f;
    for (int i = offset + 1; i < offset + length; i++) {
      if (value > Long.MAX_VALUE >> 8 || value < Long.MIN_VALUE >> 8) {
        throw new TarFormatException(field + " in a header does not fit into 64 bits");
      }
      value = (value << 8) | (header[i] & 0xff);
    }
    return value;
  }

  /** A non-negative decimal number of a PAX record. */
  static long readDecimal(String text, String field) throws TarFormatException {
    try {
      long value = Long.parseLong(text);
      if (value >= 0) {
        return value;
      }
    } catch (NumberFormatException e) {
      throw new TarFormatException("%s is not a number: \"%s\"".formatted(field, text), e);
    }
    throw new TarFormatException("%s is negative: %s".formatted(field, text));
  }

  /** A time of a PAX record: seconds since 1970, perhaps negative, perhaps with a fraction. */
  static Instant readTime(String text) throws TarFormatException {
    int dot = text.indexOf('.');
    String whole = dot < 0 ? text : text.substring(0, dot);
    String fraction = dot < 0 ? "" : text.substring(dot + 1);
    try {
      long seconds = Long.parseLong(whole.isEmpty() || whole.equals("-") ? whole + "0" : whole);
      String nine = (fraction + "000000000").substring(0, 9);
      long nanos = nine.chars().allMatch(c -> c >= '0' && c <= '9') ? Long.parseLong(nine) : -1;
      if (nanos < 0 || Math.abs(seconds) > Instant.MAX.getEpochSecond() - 1) {
        throw new TarFormatException("mtime is not a time: \"" + text + "\"");
      }
      return Instant.ofEpochSecond(seconds, whole.startsWith("-") ? -nanos : nanos);
    } catch (NumberFormatException e) {
      throw new TarFormatException("mtime is not a time: \"" + text + "\"", e);
    }
  }

  /** Writes octal with a closing NUL, or base 256 where it does not fit. */
  static void write(byte[] header, int offset, int length, long value) {
    if (value >= 0 && value < 1L << (3 * (length - 1))) {
      byte[] digits = Long.toOctalString(value).getBytes(StandardCharsets.US_ASCII);
      Arrays.fill(header, offset, offset + length - 1, (byte) '0');
      System.arraycopy(digits, 0, header, offset + length - 1 - digits.length, digits.length);
      return;
    }
    long rest = value;
    for (int i = offset + length - 1; i > offset; i--) {
      header[i] = (byte) rest;
      rest >>= 8;
    }
    header[offset] = (byte) (value < 0 ? 0xff : 0x80);
  }
}
