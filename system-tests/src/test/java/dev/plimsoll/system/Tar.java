package dev.plimsoll.system;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;

/**
 * A tar archive, written byte by byte (POSIX.1-1988 ustar), so that a test can also put into it what
 * no tar program would write.
 */
final class Tar {
  private static final int BLOCK = 512;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  Tar directory(String name) {
    return entry(name, '5', 0755, "", new byte[0]);
  }

  Tar file(String name, String text) {
    return file(name, 0644, text.getBytes(UTF_8));
  }

  Tar file(String name, int mode, byte[] content) {
    return entry(name, '0', mode, "", content);
  }

  Tar symbolicLink(String name, String target) {
    return entry(name, '2', 0777, target, new byte[0]);
  }

  Tar hardLink(String name, String target) {
    return entry(name, '1', 0644, target, new byte[0]);
  }

  Tar entry(String name, char type, int mode, String link, byte[] content) {
    bytes.writeBytes(header(name, type, mode, link, content.length));
    bytes.writeBytes(content);
    bytes.writeBytes(new byte[padding(content.length)]);
    return this;
  }

  /** The archive with its two empty blocks at the end. */
  byte[] bytes() {
    byte[] entries = bytes.toByteArray();
    byte[] whole = new byte[entries.length + 2 * BLOCK];
    System.arraycopy(entries, 0, whole, 0, entries.length);
    return whole;
  }

  private static byte[] header(String name, char type, int mode, String link, int size) {
    byte[] block = new byte[BLOCK];
    put(block, 0, name);
    put(block, 100, "%07o".formatted(mode));
    put(block, 108, "%07o".formatted(0));
    put(block, 116, "%07o".formatted(0));
    put(block, 124, "%011o".formatted(size));
    put(block, 136, "%011o".formatted(0));
    put(block, 148, " ".repeat(8));
    put(block, 156, String.valueOf(type));
    put(block, 157, link);
    put(block, 257, "ustar\0" + "00");
    int sum = 0;
    for (byte one : block) {
      sum += Byte.toUnsignedInt(one);
    }
    put(block, 148, "%06o\0 ".formatted(sum));
    return block;
  }

  private static void put(byte[] block, int at, String text) {
    byte[] ascii = text.getBytes(US_ASCII);
    System.arraycopy(ascii, 0, block, at, ascii.length);
  }

  private static int padding(int size) {
    return (BLOCK - size % BLOCK) % BLOCK;
  }
}
