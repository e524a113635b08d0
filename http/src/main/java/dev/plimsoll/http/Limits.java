package dev.plimsoll.http;

import java.time.Duration;

/**
 * What one server grants its clients. Times are kept to within an eighth of the shortest, or a second
 * if that is less.
 *
 * @param requestLineBytes longest request line; beyond it 414
 * @param headersBytes longest header section, all lines together; beyond it 431
 * @param headersMax most header lines; beyond it 431
 * @param bodyBufferBytes how much of a body is held for a handler that does not read, per connection
 * @param headerTimeout from the first byte of a request (of a TLS handshake, from the connect) to the
 *     end of its header; then the connection is closed
 * @param idleTimeout how long a connection may wait without a request; then it is closed
 * @param stallTimeout how long a client may send nothing while a handler waits for its body (408), or
 *     read nothing while an answer waits for it (cut); any progress begins it anew
 * @param connectionsMax most connections; further clients wait in the kernel's queue until one ends
 */
public record Limits(
    int requestLineBytes,
    int headersBytes,
    int headersMax,
    int bodyBufferBytes,
    Duration headerTimeout,
    Duration idleTimeout,
    Duration stallTimeout,
    int connectionsMax) {

  /** A time-out so long that it never ends anything: for clients that may pause as they like. */
  public static final Duration NEVER = Duration.ofDays(36_500);

  public static final Limits DEFAULT =
      new Limits(
          8 * 1024,
          32 * 1024,
          128,
          256 * 1024,
          Duration.ofSeconds(30),
          Duration.ofSeconds(120),
          Duration.ofSeconds(60),
          4096);

  public Limits {
    atLeast("requestLineBytes", requestLineBytes, 16);
    atLeast("headersBytes", headersBytes, 64);
    atLeast("headersMax", headersMax, 1);
    atLeast("bodyBufferBytes", bodyBufferBytes, 1024);
    atLeast("connectionsMax", connectionsMax, 1);
    positive("headerTimeout", headerTimeout);
    positive("idleTimeout", idleTimeout);
    positive("stallTimeout", stallTimeout);
  }

  public Limits withRequestLineBytes(int bytes) {
    return new Limits(
        bytes,
        headersBytes,
        headersMax,
        bodyBufferBytes,
        headerTimeout,
        idleTimeout,
        stallTimeout,
        connectionsMax);
  }

  public Limits withHeadersBytes(int bytes) {
    return new Limits(
        requestLineBytes,
        bytes,
        headersMax,
        bodyBufferBytes,
        headerTimeout,
        idleTimeout,
        stallTimeout,
        connectionsMax);
  }

  public Limits withHeadersMax(int lines) {
    return new Limits(
        requestLineBytes,
        headersBytes,
        lines,
        bodyBufferBytes,
        headerTimeout,
        idleTimeout,
        stallTimeout,
        connectionsMax);
  }

  public Limits withBodyBufferBytes(int bytes) {
    return new Limits(
        requestLineBytes,
        headersBytes,
        headersMax,
        bytes,
        headerTimeout,
        idleTimeout,
        stallTimeout,
        connectionsMax);
  }

  public Limits withHeaderTimeout(Duration timeout) {
    return new Limits(
        requestLineBytes,
        headersBytes,
        headersMax,
        bodyBufferBytes,
        timeout,
        idleTimeout,
        stallTimeout,
        connectionsMax);
  }

  public Limits withIdleTimeout(Duration timeout) {
    return new Limits(
        requestLineBytes,
        headersBytes,
        headersMax,
        bodyBufferBytes,
        headerTimeout,
        timeout,
        stallTimeout,
        connectionsMax);
  }

  public Limits withStallTimeout(Duration timeout) {
    return new Limits(
        requestLineBytes,
        headersBytes,
        headersMax,
        bodyBufferBytes,
        headerTimeout,
        idleTimeout,
        timeout,
        connectionsMax);
  }

  public Limits withConnectionsMax(int connections) {
    return new Limits(
        requestLineBytes,
        headersBytes,
        headersMax,
        bodyBufferBytes,
        headerTimeout,
        idleTimeout,
        stallTimeout,
        connections);
  }

  private static void atLeast(String name, int value, int least) {
    if (value < least) {
      throw new IllegalArgumentException(
          "%s is %d; it must be %d or more".formatted(name, value, least));
    }
  }

  private static void positive(String name, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException("%s is %s; it must be positive".formatted(name, value));
    }
  }
}
