package dev.plimsoll.http;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * A body in chunked coding, read strictly: RFC 9112, section 7.1. Chunk extensions and trailers are
 * checked and dropped. The chunks of one read are moved together in place, so that a client that sends
 * small chunks costs one part and not many.
 */
final class ChunkedBody implements BodyDecoder {
  private static final int SIZE_LINE_MAX = 1024;
  private static final int SIZE_DIGITS_MAX = 15; // what surely fits a long

  private enum State {
    SIZE,
    EXTENSION,
    SIZE_LINE_FEED,
    DATA,
    DATA_RETURN,
    DATA_LINE_FEED,
    TRAILER,
    DONE
  }

  private final int trailersMax;
  private final StringBuilder trailer = new StringBuilder(0);
  private State state = State.SIZE;
  private long size;
  private int digits;
  private int lineLength;
  private int trailersLength;

  ChunkedBody(int trailersMax) {
    this.trailersMax = trailersMax;
  }

  @Override
  public boolean done() {
    return state == State.DONE;
  }

  @Override
  public @Nullable ByteBuf decode(ByteBuf in) throws BodyException {
    int start = in.readerIndex();
    int end = start;
    while (in.isReadable() && state != State.DONE) {
      if (state == State.DATA) {
        int length = (int) Math.min(size, in.readableBytes());
        if (end == start) {
          start = in.readerIndex();
          end = start;
        } else {
          in.setBytes(end, in, in.readerIndex(), length);
        }
        in.skipBytes(length);
        end += length;
        size -= length;
        if (size == 0) {
          state = State.DATA_RETURN;
        }
      } else {
        step(in.readByte());
      }
    }
    return end == start ? null : in.retainedSlice(start, end - start);
  }

  private void step(byte next) throws BodyException {
    switch (state) {
      case SIZE -> size(next);
      case EXTENSION -> extension(next);
      case SIZE_LINE_FEED -> {
        expect(next, '\n');
        state = size == 0 ? State.TRAILER : State.DATA;
        digits = 0;
        lineLength = 0;
      }
      case DATA_RETURN -> {
        expect(next, '\r');
        state = State.DATA_LINE_FEED;
      }
      case DATA_LINE_FEED -> {
        expect(next, '\n');
        state = State.SIZE;
      }
      case TRAILER -> trailer(next);
      case DATA, DONE -> throw new IllegalStateException("no line is expected in " + state);
    }
  }

  private void size(byte next) throws BodyException {
    int digit = Characters.hex(next);
    if (digit >= 0) {
      if (++digits > SIZE_DIGITS_MAX) {
        throw new BodyException.Malformed("a chunk size is too long");
      }
      size = size << 4 | digit;
    } else if (digits == 0) {
      throw new BodyException.Malformed("a chunk has no size");
    } else if (next == '\r') {
      state = State.SIZE_LINE_FEED;
    } else if (next == ';') {
      state = State.EXTENSION;
    } else {
      throw new BodyException.Malformed("a chunk size is not hexadecimal");
    }
  }

  private void extension(byte next) throws BodyException {
    if (next == '\r') {
      state = State.SIZE_LINE_FEED;
    } else if (!Characters.isFieldValue(next & 0xff) || ++lineLength > SIZE_LINE_MAX) {
      throw new BodyException.Malformed("a chunk extension is malformed or too long");
    }
  }

  private void trailer(byte next) throws BodyException {
    if (++trailersLength > trailersMax) {
      throw new BodyException.Malformed("the trailers are too long");
    }
    if (next != '\n') {
      trailer.append((char) (next & 0xff));
      return;
    }
    int length = trailer.length() - 1;
    if (length < 0 || trailer.charAt(length) != '\r') {
      throw new BodyException.Malformed("a trailer ends with a bare line feed");
    }
    if (length == 0) {
      state = State.DONE;
      return;
    }
    String line = trailer.substring(0, length);
    int colon = line.indexOf(':');
    if (colon < 1
        || !Characters.isToken(line.substring(0, colon))
        || !Characters.isFieldValue(line.substring(colon + 1))) {
      throw new BodyException.Malformed("a trailer is malformed");
    }
    trailer.setLength(0);
  }

  private static void expect(byte next, char expected) throws BodyException {
    if (next != expected) {
      throw new BodyException.Malformed("a chunk does not end where its size says");
    }
  }
}
