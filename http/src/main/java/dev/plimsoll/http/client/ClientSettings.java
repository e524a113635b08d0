package dev.plimsoll.http.client;

import java.time.Duration;

/**
 * Limits and habits of a client.
 *
 * @param connectTimeout for the name look-up, the connection, a proxy's agreement and the TLS
 *     handshake, each
 * @param responseTimeout from the end of the request to the end of the answer's headers
 * @param stallTimeout how long a body may make no progress, in either direction
 * @param idleTimeout how long an unused connection is kept
 * @param connectionsPerEndpointMax connections in use at once; a further request waits for one, up
 *     to {@code responseTimeout}
 * @param headBytesMax status line and headers of one answer
 * @param userAgent the {@code User-Agent} header
 * @param proxies which requests go through which proxy
 */
public record ClientSettings(
    Duration connectTimeout,
    Duration responseTimeout,
    Duration stallTimeout,
    Duration idleTimeout,
    int connectionsPerEndpointMax,
    int headBytesMax,
    String userAgent,
    ProxySettings proxies) {

  public static final ClientSettings DEFAULT =
      new ClientSettings(
          Duration.ofSeconds(15),
          Duration.ofSeconds(60),
          Duration.ofSeconds(60),
          Duration.ofSeconds(20),
          64,
          64 * 1024,
          "plimsoll",
          ProxySettings.NONE);

  public ClientSettings {
    requirePositive("connectTimeout", connectTimeout);
    requirePositive("responseTimeout", responseTimeout);
    requirePositive("stallTimeout", stallTimeout);
    requirePositive("idleTimeout", idleTimeout);
    if (connectionsPerEndpointMax < 1) {
      throw new IllegalArgumentException(
          "connectionsPerEndpointMax is " + connectionsPerEndpointMax + "; it must be 1 or more");
    }
    if (headBytesMax < 1024) {
      throw new IllegalArgumentException(
          "headBytesMax is " + headBytesMax + "; it must be 1024 or more");
    }
    new Header("User-Agent", userAgent);
  }

  public ClientSettings withTimeouts(Duration connect, Duration response, Duration stall) {
    return new ClientSettings(
        connect,
        response,
        stall,
        idleTimeout,
        connectionsPerEndpointMax,
        headBytesMax,
        userAgent,
        proxies);
  }

  public ClientSettings withIdleTimeout(Duration idle) {
    return new ClientSettings(
        connectTimeout,
        responseTimeout,
        stallTimeout,
        idle,
        connectionsPerEndpointMax,
        headBytesMax,
        userAgent,
        proxies);
  }

  public ClientSettings withConnectionsPerEndpointMax(int connectionsMax) {
    return new ClientSettings(
        connectTimeout,
        responseTimeout,
        stallTimeout,
        idleTimeout,
        connectionsMax,
        headBytesMax,
        userAgent,
        proxies);
  }

  public ClientSettings withUserAgent(String agent) {
    return new ClientSettings(
        connectTimeout,
        responseTimeout,
        stallTimeout,
        idleTimeout,
        connectionsPerEndpointMax,
        headBytesMax,
        agent,
        proxies);
  }

  public ClientSettings withProxies(ProxySettings newProxies) {
    return new ClientSettings(
        connectTimeout,
        responseTimeout,
        stallTimeout,
        idleTimeout,
        connectionsPerEndpointMax,
        headBytesMax,
        userAgent,
        newProxies);
  }

  private static void requirePositive(String name, Duration duration) {
    if (!duration.isPositive()) {
      throw new IllegalArgumentException(name + " is " + duration + "; it must be positive");
    }
  }
}
