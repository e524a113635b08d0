package dev.plimsoll.foundation;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A number of bytes, as people write it: {@code 512}, {@code 64k}, {@code 10MiB}, {@code 1.5g}. As
 * in Docker, every unit is a power of 1024, with or without the {@code i}.
 */
public record ByteSize(long bytes) implements Comparable<ByteSize> {
  private static final Pattern GRAMMAR =
      Pattern.compile("([0-9]{1,19}(?:\\.[0-9]{1,9})?) ?([kmgtp]?)i?b?", Pattern.CASE_INSENSITIVE);
  private static final String UNITS = "kmgtp";

  public static final ByteSize ZERO = new ByteSize(0);

  public ByteSize {
    if (bytes < 0) {
      throw new IllegalArgumentException("a size cannot be negative: " + bytes);
    }
  }

  public static ByteSize ofKibi(long kibi) {
    return new ByteSize(Math.multiplyExact(kibi, 1024L));
  }

  public static ByteSize ofMebi(long mebi) {
    return ofKibi(Math.multiplyExact(mebi, 1024L));
  }

  public static ByteSize ofGibi(long gibi) {
    return ofMebi(Math.multiplyExact(gibi, 1024L));
  }

  /**
   * Reads a size.
   *
   * @throws IllegalArgumentException with the text and an example if it is not one
   */
  public static ByteSize parse(String text) {
    Matcher parts = GRAMMAR.matcher(text.strip());
    if (!parts.matches()) {
      throw new IllegalArgumentException(
          "not a size: \"%s\" (write for example 512, 64k or 10MiB)".formatted(text));
    }
    String unit = parts.group(2).toLowerCase(Locale.ROOT);
    int power = unit.isEmpty() ? 0 : UNITS.indexOf(unit) + 1;
    long factor = 1L << (10 * power);
    try {
      String number = parts.group(1);
      return new ByteSize(
          number.indexOf('.') < 0
              ? Math.multiplyExact(Long.parseLong(number), factor)
              : (long) (Double.parseDouble(number) * factor));
    } catch (ArithmeticException | NumberFormatException e) {
      throw new IllegalArgumentException("a size beyond 8 EiB: \"%s\"".formatted(text), e);
    }
  }

  @Override
  public int compareTo(ByteSize other) {
    return Long.compare(bytes, other.bytes);
  }

  /** The size for people, such as {@code 1.5 GiB}; exact only below 1 KiB. */
  @Override
  public String toString() {
    if (bytes < 1024) {
      return bytes + " B";
    }
    int power = (63 - Long.numberOfLeadingZeros(bytes)) / 10;
    double value = bytes / (double) (1L << (10 * power));
    char unit = Character.toUpperCase(UNITS.charAt(Math.min(power, UNITS.length()) - 1));
    return String.format(Locale.ROOT, value < 10 ? "%.1f %ciB" : "%.0f %ciB", value, unit);
  }
}
