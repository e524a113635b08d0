package dev.plimsoll.engine.tar;

import dev.plimsoll.linux.ffi.FileName;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes an archive in the PAX format, which every tar of the last twenty years reads. The same
 * members give the same bytes. For one thread.
 */
public final class TarWriter {
  private static final int BLOCK = TarReader.BLOCK;
  private static final int NAME_BYTES = 100;
  private static final long OCTAL_11_MAX = 1L << 33;
  private static final long OCTAL_7_MAX = 1L << 21;
  private static final int COPY_BYTES = 64 << 10;

  private final OutputStream out;

  public TarWriter(OutputStream out) {
    this.out = out;
  }

  /** Writes a member without content, such as a directory or a link. */
  public void add(TarEntry entry) throws IOException {
    add(entry, InputStream.nullInputStream());
  }

  /** Writes a file of bytes at hand. */
  public void add(TarEntry entry, byte[] content) throws IOException {
    add(entry, new java.io.ByteArrayInputStream(content));
  }

  /**
   * Writes a member and its content.
   *
   * @param content has as many bytes as the entry says; read, not closed
   * @throws IOException if it has fewer; the archive is then of no use
   */
  public void add(TarEntry entry, InputStream content) throws IOException {
    byte[] records = records(entry);
    if (records.length > 0) {
      writeHeader("PaxHeaders/extended", 'x', entry, records.length, "");
      out.write(records);
      pad(records.length);
    }
    writeHeader(entry.name(), entry.type().flag(), entry, entry.sizeBytes(), entry.linkName());
    copy(entry, content);
    pad(entry.sizeBytes());
  }

  /** Writes the end mark. The stream is flushed, not closed. */
  public void finish() throws IOException {
    out.write(new byte[2 * BLOCK]);
    out.flush();
  }

  private void copy(TarEntry entry, InputStream content) throws IOException {
    byte[] buffer = new byte[(int) Math.min(COPY_BYTES, entry.sizeBytes())];
    long left = entry.sizeBytes();
    while (left > 0) {
      int read = content.read(buffer, 0, (int) Math.min(buffer.length, left));
      if (read < 0) {
        throw new IOException(
            "%s ended %d bytes too early for the archive".formatted(entry.name(), left));
      }
      out.write(buffer, 0, read);
      left -= read;
    }
  }

  private static byte[] records(TarEntry entry) {
    Map<String, byte[]> records = new TreeMap<>();
    putLong(records, "path", entry.name());
    putLong(records, "linkpath", entry.linkName());
    putNumber(records, "size", entry.sizeBytes(), OCTAL_11_MAX);
    putNumber(records, "uid", entry.uid(), OCTAL_7_MAX);
    putNumber(records, "gid", entry.gid(), OCTAL_7_MAX);
    Instant time = entry.modified();
    if (time.getNano() != 0 || time.getEpochSecond() < 0 || time.getEpochSecond() >= OCTAL_11_MAX) {
      records.put("mtime", time(time).getBytes(StandardCharsets.US_ASCII));
    }
    entry.xattrs().forEach((name, value) -> records.put("SCHILY.xattr." + name, value));
    var bytes = new ByteArrayOutputStream();
    records.forEach((key, value) -> record(bytes, key, value));
    return bytes.toByteArray();
  }

  private static void putLong(Map<String, byte[]> records, String key, String text) {
    byte[] bytes = FileName.encode(text);
    if (bytes.length > NAME_BYTES || bytes.length != text.length()) {
      records.put(key, bytes);
    }
  }

  private static void putNumber(Map<String, byte[]> records, String key, long value, long max) {
    if (value >= max) {
      records.put(key, Long.toString(value).getBytes(StandardCharsets.US_ASCII));
    }
  }

  private static String time(Instant time) {
    if (time.getEpochSecond() < 0 && time.getNano() > 0) {
      return "-%d.%09d".formatted(-(time.getEpochSecond() + 1), 1_000_000_000 - time.getNano());
    }
    return "%d.%09d".formatted(time.getEpochSecond(), time.getNano());
  }

  /** The length at the beginning counts its own digits. */
  private static void record(ByteArrayOutputStream out, String key, byte[] value) {
    byte[] name = FileName.encode(key);
    int rest = name.length + value.length + 3; // space, equals sign, newline
    int length = rest + Integer.toString(rest).length();
    if (Integer.toString(length).length() + rest != length) {
      length = rest + Integer.toString(length).length();
    }
    out.writeBytes((length + " ").getBytes(StandardCharsets.US_ASCII));
    out.writeBytes(name);
    out.write('=');
    out.writeBytes(value);
    out.write('\n');
  }

  private void writeHeader(String name, char flag, TarEntry entry, long sizeBytes, String link)
      throws IOException {
    byte[] header = new byte[BLOCK];
    put(header, 0, name);
    TarNumbers.write(header, 100, 8, entry.mode());
    TarNumbers.write(header, 108, 8, entry.uid() < OCTAL_7_MAX ? entry.uid() : 0);
    TarNumbers.write(header, 116, 8, entry.gid() < OCTAL_7_MAX ? entry.gid() : 0);
    TarNumbers.write(header, 124, 12, sizeBytes < OCTAL_11_MAX ? sizeBytes : 0);
    TarNumbers.write(
        header, 136, 12, Math.clamp(entry.modified().getEpochSecond(), 0, OCTAL_11_MAX - 1));
    header[156] = (byte) flag;
    put(header, 157, link);
    System.arraycopy("ustar\00000".getBytes(StandardCharsets.US_ASCII), 0, header, 257, 8);
    TarNumbers.write(header, 329, 8, entry.deviceMajor());
    TarNumbers.write(header, 337, 8, entry.deviceMinor());
    checkSum(header);
    out.write(header);
  }

  private static void put(byte[] header, int offset, String text) {
    byte[] bytes = FileName.encode(text);
    System.arraycopy(bytes, 0, header, offset, Math.min(bytes.length, NAME_BYTES));
  }

  private static void checkSum(byte[] header) {
    java.util.Arrays.fill(header, 148, 156, (byte) ' ');
    int sum = 0;
    for (byte b : header) {
      sum += b & 0xff;
    }
    TarNumbers.write(header, 148, 7, sum);
    header[155] = ' ';
  }

  private void pad(long sizeBytes) throws IOException {
    out.write(new byte[(int) TarReader.padding(sizeBytes)]);
  }
}
