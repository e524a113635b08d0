package dev.plimsoll.http.client;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * The body of an answer. At its end the connection goes back to the pool; closed before, the
 * connection is closed, since reading the rest of a large body costs more than a new connection.
 */
final class ResponseBody extends InputStream {

  /** Where a body ends. */
  sealed interface Framing {
    /** Reads at least one byte, or returns -1 at the end of the body. */
    int read(InputStream in, byte[] bytes, int offset, int length) throws IOException;

    boolean ended();
  }

  private final Connection connection;
  private final Framing framing;
  private final Consumer<Connection> atEnd;
  private boolean over;

  /**
   * @param atEnd gives the connection back, or closes it
   */
  ResponseBody(Connection connection, Framing framing, Consumer<Connection> atEnd) {
    this.connection = connection;
    this.framing = framing;
    this.atEnd = atEnd;
    finishIfEnded();
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    if (length == 0) {
      return 0;
    }
    if (over) {
      if (framing.ended()) {
        return -1;
      }
      throw new IOException("the body was closed");
    }
    try {
      int read = framing.read(connection.input(), bytes, offset, length);
      finishIfEnded();
      return read;
    } catch (IOException e) {
      over = true;
      connection.close();
      throw e;
    }
  }

  @Override
  public void close() {
    if (!over) {
      over = true;
      connection.close();
    }
  }

  private void finishIfEnded() {
    if (!over && framing.ended()) {
      over = true;
      atEnd.accept(connection);
    }
  }

  /** {@code Content-Length}. */
  static final class Sized implements Framing {
    private final long lengthBytes;
    private long leftBytes;

    Sized(long lengthBytes) {
      this.lengthBytes = lengthBytes;
      this.leftBytes = lengthBytes;
    }

    @Override
    public int read(InputStream in, byte[] bytes, int offset, int length) throws IOException {
      int read = in.read(bytes, offset, (int) Math.min(length, leftBytes));
      if (read < 0) {
        throw new EOFException(
            "the body ended after %d of %d bytes".formatted(lengthBytes - leftBytes, lengthBytes));
      }
      leftBytes -= read;
      return read;
    }

    @Override
    public boolean ended() {
      return leftBytes == 0;
    }
  }

  /** Neither length nor chunks: the body ends with the connection. */
  static final class ToTheEnd implements Framing {
    private boolean ended;

    @Override
    public int read(InputStream in, byte[] bytes, int offset, int length) throws IOException {
      int read = in.read(bytes, offset, length);
      ended = read < 0;
      return read;
    }

    @Override
    public boolean ended() {
      return ended;
    }
  }

  /** RFC 9112 section 7.1. Trailers are read and dropped. */
  static final class Chunked implements Framing {
    private static final int LINE_BYTES_MAX = 4 * 1024;
    private static final int TRAILER_BYTES_MAX = 16 * 1024;

    private long chunkLeftBytes;
    private boolean betweenChunks;
    private boolean ended;

    @Override
    public int read(InputStream in, byte[] bytes, int offset, int length) throws IOException {
      if (chunkLeftBytes == 0) {
        nextChunk(in);
      }
      if (ended) {
        return -1;
      }
      int read = in.read(bytes, offset, (int) Math.min(length, chunkLeftBytes));
      if (read < 0) {
        throw new EOFException("the connection ended within a chunk of the body");
      }
      chunkLeftBytes -= read;
      return read;
    }

    @Override
    public boolean ended() {
      return ended;
    }

    private void nextChunk(InputStream in) throws IOException {
      if (betweenChunks && !line(in).isEmpty()) {
        throw new MalformedResponseException("a chunk is longer than it said");
      }
      betweenChunks = true;
      String line = line(in);
      int extension = line.indexOf(';');
      String size = (extension < 0 ? line : line.substring(0, extension)).strip();
      if (!size.matches("[0-9a-fA-F]{1,15}")) {
        throw new MalformedResponseException("not the size of a chunk");
      }
      chunkLeftBytes = Long.parseLong(size, 16);
      if (chunkLeftBytes == 0) {
        ResponseParser.headers(new ResponseParser.LineReader(in, TRAILER_BYTES_MAX));
        ended = true;
      }
    }

    private static String line(InputStream in) throws IOException {
      try {
        return new ResponseParser.LineReader(in, LINE_BYTES_MAX).next();
      } catch (ResponseParser.EmptyAnswerException e) {
        throw new EOFException("the connection ended before the last chunk of the body");
      }
    }
  }
}
