package dev.plimsoll.http.client;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * An answer whose headers have been read and whose body waits in the connection. Always close it:
 * a body read to its end gives the connection back, anything else closes it. For one thread.
 */
public final class ClientResponse implements AutoCloseable {
  private final ResponseHead head;
  private final InputStream body;

  ClientResponse(ResponseHead head, InputStream body) {
    this.head = head;
    this.body = body;
  }

  public int status() {
    return head.status();
  }

  /** The reason phrase as sent; may be empty. */
  public String reason() {
    return head.reason();
  }

  /** The first header of that name. */
  public Optional<String> header(String name) {
    return head.header(name);
  }

  public List<String> headers(String name) {
    return head.headers(name);
  }

  public List<Header> headers() {
    return head.headers();
  }

  /**
   * The {@code Content-Length} in bytes, also of an answer to HEAD, where it tells the length that
   * GET would have.
   */
  public OptionalLong contentLength() {
    return head.contentLength();
  }

  /**
   * The body, empty for HEAD, 204 and 304. Reading throws {@link java.io.EOFException} if the server
   * ends it before its announced end.
   */
  public InputStream body() {
    return body;
  }

  /**
   * Reads the rest of the body.
   *
   * @throws BodyTooLargeException if there is more than {@code maxBytes}; the connection is then
   *     closed
   */
  public byte[] bytes(int maxBytes) throws IOException {
    byte[] bytes = body.readNBytes(maxBytes);
    if (bytes.length == maxBytes && body.read() >= 0) {
      body.close();
      throw new BodyTooLargeException(maxBytes);
    }
    return bytes;
  }

  @Override
  public void close() throws IOException {
    body.close();
  }
}
