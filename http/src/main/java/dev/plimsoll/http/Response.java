package dev.plimsoll.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;

/**
 * The answer to one request: first status and headers, then exactly one of the {@code send} methods,
 * {@link #stream()} or {@link #hijack()}. A second one throws {@link IllegalStateException}. For the
 * handler's thread only.
 *
 * <p>Framing is not the handler's business: {@code Content-Length} is set from what is sent, {@code
 * Connection} and {@code Transfer-Encoding} by the server. To HEAD, and with 204 and 304, the body is
 * dropped; a {@code Content-Length} given with {@link #header} then stands.
 *
 * <p>All that write block while the client is slow, and throw {@link ClientGone} when it is gone.
 */
public interface Response {
  /** Sets the status, 200 unless told; 200 to 599. */
  Response status(int code);

  /** Sets the reason phrase, for statuses that have none of their own or need another one. */
  Response reason(String phrase);

  /**
   * Sets a header, replacing what it was.
   *
   * @throws IllegalArgumentException for a name that is no token or a value that would break the line,
   *     and for {@code Transfer-Encoding}
   */
  Response header(String name, Object value);

  /** Adds a header line beside those of the same name. */
  Response addHeader(String name, Object value);

  /** Whether status and headers are out, so that nothing about them can change any more. */
  boolean committed();

  /** The status set so far, or sent. */
  int status();

  /** Sends the answer without a body. */
  void send() throws IOException;

  /** Sends {@code body}, which must not be changed afterwards. */
  void send(byte[] body) throws IOException;

  /**
   * Sends a part of a file, without copying it where the socket allows. Returns when the socket has
   * all of it. The caller keeps the file and closes it.
   *
   * @throws IOException also when the file ends early; the connection is then cut
   */
  void send(FileChannel file, long position, long length) throws IOException;

  /**
   * Sends {@code length} bytes of {@code body}, which the caller closes.
   *
   * @throws IOException also when the stream ends early; the connection is then cut
   */
  void send(InputStream body, long length) throws IOException;

  /**
   * Sends status and headers at once, then a body of unknown length. Bytes written wait for 16 KiB or
   * {@link OutputStream#flush()}. The body ends when the handler returns; if it fails, the connection
   * is cut, even where the stream has been closed on the way out. Several threads may write, one at a
   * time.
   */
  OutputStream stream() throws IOException;

  /**
   * Ends HTTP on this connection and hands over its bytes. The rest of the request's body is discarded
   * first. A request with {@code Upgrade: tcp} gets {@code 101 UPGRADED} with the headers set so far,
   * {@code Connection: Upgrade} and {@code Upgrade: tcp}; any other gets {@code 200 OK} with the
   * headers set so far, and raw bytes until the connection ends.
   */
  Duplex hijack() throws IOException;
}
