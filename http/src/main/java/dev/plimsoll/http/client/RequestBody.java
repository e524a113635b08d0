package dev.plimsoll.http.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** What a request carries. Only {@link None} and {@link Bytes} can be sent a second time. */
public sealed interface RequestBody {

  /** No body and no {@code Content-Length}. */
  record None() implements RequestBody {}

  /** A small body from memory. The array is not copied. */
  final class Bytes implements RequestBody {
    private final byte[] bytes;

    private Bytes(byte[] bytes) {
      this.bytes = bytes;
    }

    byte[] bytes() {
      return bytes;
    }
  }

  /** A body of known length; the writer has to write exactly that many bytes. */
  record Sized(long lengthBytes, Writer writer) implements RequestBody {
    public Sized {
      if (lengthBytes < 0) {
        throw new IllegalArgumentException("a body of " + lengthBytes + " bytes");
      }
    }
  }

  /** A body of unknown length, sent chunked. */
  record Chunked(Writer writer) implements RequestBody {}

  /**
   * Writes the body. The stream throws when the server has gone or has already answered; let that
   * exception rise. Closing the stream is not needed.
   */
  interface Writer {
    void writeTo(OutputStream out) throws IOException;
  }

  static RequestBody none() {
    return new None();
  }

  static RequestBody of(byte[] bytes) {
    return new Bytes(bytes);
  }

  /** Sends {@code lengthBytes} bytes of the stream, which the caller closes. */
  static RequestBody sized(InputStream stream, long lengthBytes) {
    return new Sized(lengthBytes, out -> copy(stream, out));
  }

  static RequestBody sized(long lengthBytes, Writer writer) {
    return new Sized(lengthBytes, writer);
  }

  /** Sends the stream to its end, chunked; the caller closes it. */
  static RequestBody chunked(InputStream stream) {
    return new Chunked(out -> copy(stream, out));
  }

  static RequestBody chunked(Writer writer) {
    return new Chunked(writer);
  }

  private static void copy(InputStream from, OutputStream to) throws IOException {
    byte[] buffer = new byte[64 * 1024];
    for (int read = from.read(buffer); read >= 0; read = from.read(buffer)) {
      to.write(buffer, 0, read);
      if (from.available() == 0) {
        to.flush(); // what a slow producer has made so far is not kept back
      }
    }
  }
}
