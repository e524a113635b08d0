package dev.plimsoll.engine.tar;

import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Unpacks gzip (RFC 1952): every member to the end of the file, as {@code gzip -d} does. Zeros
 * after the last member are padding; anything else there is refused.
 *
 * <p>The JDK's own stream reads 512 bytes at a time unless told otherwise, which costs a third of
 * the speed, and takes a network pause between two members for the end.
 */
final class GzipInput extends InputStream {
  private static final int BUFFER_BYTES = 64 << 10;
  private static final int FLAG_HEADER_CRC = 2;
  private static final int FLAG_EXTRA = 4;
  private static final int FLAG_NAME = 8;
  private static final int FLAG_COMMENT = 16;

  private final InputStream in;
  private final Inflater inflater = new Inflater(true);
  private final CRC32 crc = new CRC32();
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int position;
  private int limit;
  private boolean ended;

  GzipInput(InputStream in) throws IOException {
    this.in = in;
    readHeader(next());
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (!ended) {
      int unpacked = inflate(target, offset, length);
      if (unpacked > 0) {
        crc.update(target, offset, unpacked);
        return unpacked;
      }
      if (inflater.finished()) {
        position = limit - inflater.getRemaining();
        endMember();
      } else {
        if (!fill()) {
          throw new TarFormatException("the gzip stream ends too early");
        }
        inflater.setInput(buffer, 0, limit);
      }
    }
    return -1;
  }

  private int inflate(byte[] target, int offset, int length) throws IOException {
    try {
      int unpacked = inflater.inflate(target, offset, length);
      if (unpacked == 0 && inflater.needsDictionary()) {
        throw new TarFormatException("the gzip stream wants a dictionary");
      }
      return unpacked;
    } catch (DataFormatException e) {
      throw new TarFormatException("the gzip stream is damaged: " + e.getMessage(), e);
    }
  }

  private void endMember() throws IOException {
    long expected = littleEndian(4);
    long size = littleEndian(4);
    if (expected != crc.getValue() || size != (inflater.getBytesWritten() & 0xffffffffL)) {
      throw new TarFormatException("the gzip stream is damaged: its checksum is wrong");
    }
    int first = nextOrEnd();
    if (first == 0) {
      skipPadding();
    }
    if (first <= 0) {
      ended = true;
      return;
    }
    crc.reset();
    inflater.reset();
    readHeader(first);
  }

  private void skipPadding() throws IOException {
    for (int b = nextOrEnd(); b >= 0; b = nextOrEnd()) {
      if (b != 0) {
        throw new TarFormatException("the gzip stream is followed by something else");
      }
    }
  }

  private void readHeader(int first) throws IOException {
    if (first != 0x1f || next() != 0x8b || next() != 8) {
      throw new TarFormatException("the gzip stream is followed by something else");
    }
    int flags = next();
    skip(6); // time, extra flags, system
    if ((flags & FLAG_EXTRA) != 0) {
      skip((int) littleEndian(2));
    }
    if ((flags & FLAG_NAME) != 0) {
      skipText();
    }
    if ((flags & FLAG_COMMENT) != 0) {
      skipText();
    }
    if ((flags & FLAG_HEADER_CRC) != 0) {
      skip(2);
    }
    inflater.setInput(buffer, position, limit - position);
  }

  private void skipText() throws IOException {
    while (next() != 0) {
      // a name or a comment: not needed
    }
  }

  private void skip(int bytes) throws IOException {
    for (int i = 0; i < bytes; i++) {
      next();
    }
  }

  private long littleEndian(int bytes) throws IOException {
    long value = 0;
    for (int i = 0; i < bytes; i++) {
      value |= (long) next() << (8 * i);
    }
    return value;
  }

  private int next() throws IOException {
    int b = nextOrEnd();
    if (b < 0) {
      throw new TarFormatException("the gzip stream ends too early");
    }
    return b;
  }

  private int nextOrEnd() throws IOException {
    return position < limit || fill() ? buffer[position++] & 0xff : -1;
  }

  private boolean fill() throws IOException {
    position = 0;
    limit = Math.max(0, in.read(buffer, 0, buffer.length));
    return limit > 0;
  }

  @Override
  public void close() throws IOException {
    inflater.end();
    in.close();
  }
}
