package dev.plimsoll.engine.tar;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Names in archives are bytes that are nearly always UTF-8. Bytes that are not become lone
 * surrogates U+DC80 to U+DCFF, one each, and come back as the same bytes: every name survives the
 * way through a {@link String}.
 */
public final class TarText {
  private static final int ESCAPE = 0xDC00;

  private TarText() {}

  /** Decodes UTF-8, keeping what is not UTF-8. */
  public static String decode(byte[] bytes, int from, int to) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(bytes, from, to - from))
          .toString();
    } catch (CharacterCodingException e) {
      return decodeEscaping(bytes, from, to);
    }
  }

  private static String decodeEscaping(byte[] bytes, int from, int to) {
    var decoder = StandardCharsets.UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPORT);
    ByteBuffer in = ByteBuffer.wrap(bytes, from, to - from);
    CharBuffer out = CharBuffer.allocate(to - from);
    while (true) {
      var result = decoder.decode(in, out, true);
      if (result.isUnderflow()) {
        return out.flip().toString();
      }
      for (int i = 0; i < result.length(); i++) {
        out.put((char) (ESCAPE + (in.get() & 0xff)));
      }
      decoder.reset();
    }
  }

  /** The bytes that {@link #decode} read. */
  public static byte[] encode(String text) {
    if (text.chars().noneMatch(TarText::escaped)) {
      return text.getBytes(StandardCharsets.UTF_8);
    }
    ByteBuffer out = ByteBuffer.allocate(text.length() * 3);
    int plain = 0;
    for (int i = 0; i < text.length(); i++) {
      boolean pair = i > 0 && Character.isHighSurrogate(text.charAt(i - 1));
      if (escaped(text.charAt(i)) && !pair) {
        out.put(text.substring(plain, i).getBytes(StandardCharsets.UTF_8));
        out.put((byte) (text.charAt(i) - ESCAPE));
        plain = i + 1;
      }
    }
    out.put(text.substring(plain).getBytes(StandardCharsets.UTF_8));
    byte[] bytes = new byte[out.flip().remaining()];
    out.get(bytes);
    return bytes;
  }

  private static boolean escaped(int c) {
    return c >= ESCAPE + 0x80 && c <= ESCAPE + 0xff;
  }
}
