package dev.plimsoll.http;

import java.io.IOException;
import java.io.InputStream;
import java.net.SocketAddress;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A request whose header has been read and whose body comes as the handler asks for it. For the
 * handler's thread only, except where told otherwise; useless after the handler has returned.
 */
public interface Request {
  /** The method as sent: a token, in upper case for all methods known. */
  String method();

  /** The request target as sent: path and query, visible ASCII only, still percent-encoded. */
  String target();

  /** The path of the target, never decoded: {@code /v2/a%2Fb} stays as it is. */
  String path();

  /** The first value of a query parameter, decoded; {@code ?flag} and {@code ?flag=} are "". */
  Optional<String> query(String name);

  /** All values of a query parameter, decoded, in order. */
  List<String> queries(String name);

  /** The names of all query parameters, decoded, in order. */
  Set<String> queryNames();

  /** The first value of a header, whatever the case of its name, without outer white space. */
  Optional<String> header(String name);

  /** All values of a header in order, one for each line; not split at commas. */
  List<String> headers(String name);

  /** The length that the client announced; empty for a chunked body and where there is none. */
  OptionalLong contentLength();

  /** Whether a body follows the header, even an empty chunked one. */
  boolean hasBody();

  /** Whether the request came over TLS. */
  boolean secure();

  /** Where the request came from: an Internet address, or a unix socket's (mostly unnamed). */
  SocketAddress peer();

  /** The client's certificate, verified, where {@link TlsIdentity} asks for one. */
  Optional<X509Certificate> clientCertificate();

  /**
   * The body. The first read sends {@code 100 Continue} to a client that waits for it. Reading throws
   * {@link ClientGone} when the client left in mid-body, and {@link BodyException} for a stalled or
   * malformed body. It need not be read to its end, nor closed.
   */
  InputStream body();

  /**
   * The whole of a small body, such as JSON.
   *
   * @throws BodyException.TooLarge when it is longer than {@code bytesMax}, answered 413 if nobody
   *     catches it
   */
  byte[] bytes(int bytesMax) throws IOException;

  /**
   * Hands the rest of the body to {@code consumer} in large direct buffers, without a copy. Throws
   * what {@link #body()} throws, and what the consumer throws.
   *
   * @return the number of bytes handed over
   */
  long forEachPart(BodyConsumer consumer) throws IOException;

  /**
   * Runs {@code action} once when the client is gone, or has said that it will send nothing more,
   * before this request is answered; at once if that has already happened. For handlers that wait for
   * something other than this connection. May be called from any thread; the action runs on a virtual
   * thread of its own.
   */
  void onDisconnect(Runnable action);

  /**
   * The name of this request in the logs: the client's {@code X-Request-Id} if it is harmless (64
   * letters, digits, {@code . _ -} at most), else a new one. The answer carries it too.
   */
  String id();
}
