package dev.plimsoll.linux.ffi;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * File names between Linux, where they are any bytes but {@code /} and NUL, and Java, where they are
 * text. UTF-8 is read as such; a byte that is no UTF-8 becomes the lone surrogate {@code U+DC00 +
 * byte} and goes back to the same byte (Python's {@code surrogateescape}). So every name that
 * was listed, or read from an archive by {@link #decode}, opens the same file again.
 */
public final class FileName {
  private static final char ESCAPE = 0xDC00;

  private FileName() {}

  public static String decode(byte[] bytes) {
    return decode(bytes, 0, bytes.length);
  }

  public static String decode(byte[] bytes, int offset, int length) {
    ByteBuffer in = ByteBuffer.wrap(bytes, offset, length);
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    CharBuffer out = CharBuffer.allocate(length);
    while (true) {
      CoderResult result = decoder.decode(in, out, true);
      if (!result.isError()) {
        return out.flip().toString();
      }
      for (int i = 0; i < result.length(); i++) {
        out.put((char) (ESCAPE + (in.get() & 0xFF)));
      }
      decoder.reset();
    }
  }

  public static byte[] encode(String name) {
    try {
      ByteBuffer out = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(name));
      byte[] bytes = new byte[out.remaining()];
      out.get(bytes);
      return bytes;
    } catch (CharacterCodingException e) {
      return encodeEscaped(name);
    }
  }

  private static byte[] encodeEscaped(String name) {
    var out = new ByteArrayOutputStream(name.length() * 2);
    for (int i = 0; i < name.length(); ) {
      int codePoint = name.codePointAt(i);
      if (codePoint >= ESCAPE + 0x80 && codePoint <= ESCAPE + 0xFF) {
        out.write(codePoint - ESCAPE);
      } else {
        out.writeBytes(Character.toString(codePoint).getBytes(StandardCharsets.UTF_8));
      }
      i += Character.charCount(codePoint);
    }
    return out.toByteArray();
  }
}
