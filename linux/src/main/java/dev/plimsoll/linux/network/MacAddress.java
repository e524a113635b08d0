package dev.plimsoll.linux.network;

import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;

/** The hardware address of an Ethernet link, written {@code 02:42:ac:11:00:02}. */
public record MacAddress(String text) {
  private static final Pattern PATTERN = Pattern.compile("[0-9a-f]{2}(:[0-9a-f]{2}){5}");
  private static final HexFormat HEX = HexFormat.ofDelimiter(":");
  static final int BYTES = 6;

  public MacAddress {
    if (!PATTERN.matcher(text).matches()) {
      throw new IllegalArgumentException("not a MAC address: \"" + text + "\"");
    }
  }

  /** Reads it in either case; throws {@link IllegalArgumentException} on anything else. */
  public static MacAddress parse(String text) {
    return new MacAddress(text.toLowerCase(Locale.ROOT));
  }

  static MacAddress of(byte[] bytes) {
    return new MacAddress(HEX.formatHex(bytes));
  }

  byte[] bytes() {
    return HEX.parseHex(text);
  }

  @Override
  public String toString() {
    return text;
  }
}
