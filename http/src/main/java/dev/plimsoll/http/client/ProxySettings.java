package dev.plimsoll.http.client;

import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Which requests go through which proxy, by the rules of Go's {@code httpproxy} package, so that
 * {@code HTTP_PROXY}, {@code HTTPS_PROXY} and {@code NO_PROXY} mean here what they mean to Docker.
 * {@code localhost} and loopback addresses are always reached directly.
 *
 * @param forHttp the proxy of {@code http} requests, asked with the whole URI
 * @param forHttps the proxy of {@code https} requests, asked to CONNECT
 * @param exceptions what is reached directly
 */
public record ProxySettings(Optional<Proxy> forHttp, Optional<Proxy> forHttps, NoProxy exceptions) {

  /** Everything directly. */
  public static final ProxySettings NONE =
      new ProxySettings(Optional.empty(), Optional.empty(), NoProxy.parse(""));

  /**
   * A proxy, itself reached by {@code http} or {@code https}.
   *
   * @param userInfo {@code user:password}, decoded, for {@code Proxy-Authorization: Basic}
   */
  public record Proxy(Endpoint endpoint, Optional<String> userInfo) {

    /**
     * Reads {@code http://user:password@host:port}; without a scheme, {@code http} is meant.
     *
     * @throws IllegalArgumentException for anything else; SOCKS is not supported
     */
    public static Proxy parse(String text) {
      URI uri;
      try {
        uri = URI.create(text.contains("://") ? text : "http://" + text);
      } catch (IllegalArgumentException e) {
        // The cause holds the text, and the text may hold a password.
        throw new IllegalArgumentException("the proxy setting is not a URL");
      }
      String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
      if (!scheme.equals("http") && !scheme.equals("https")) {
        throw new IllegalArgumentException(
            "a proxy is reached by http or https, not by \"" + scheme + "\"");
      }
      String authority = uri.getAuthority() == null ? "" : uri.getAuthority();
      int at = authority.lastIndexOf('@');
      return new Proxy(
          Endpoint.of(uri, Trust.system()),
          at < 0 ? Optional.empty() : Optional.of(authority.substring(0, at)));
    }

    /** Without the credentials. */
    @Override
    public String toString() {
      return endpoint.toString();
    }
  }

  /**
   * Reads {@code HTTP_PROXY}, {@code HTTPS_PROXY} and {@code NO_PROXY} or, where these are not set,
   * their lower-case forms.
   */
  public static ProxySettings fromEnvironment(Map<String, String> environment) {
    return new ProxySettings(
        value(environment, "HTTP_PROXY").map(Proxy::parse),
        value(environment, "HTTPS_PROXY").map(Proxy::parse),
        NoProxy.parse(value(environment, "NO_PROXY").orElse("")));
  }

  /** The proxy for an endpoint, or nothing if it is reached directly. */
  public Optional<Proxy> proxyFor(Endpoint endpoint) {
    return switch (endpoint) {
      case Endpoint.Tcp tcp -> forHttp.filter(_ -> !exceptions.covers(tcp.host(), tcp.port()));
      case Endpoint.Tls tls -> forHttps.filter(_ -> !exceptions.covers(tls.host(), tls.port()));
      case Endpoint.Unix _ -> Optional.empty();
    };
  }

  private static Optional<String> value(Map<String, String> environment, String name) {
    return List.of(name, name.toLowerCase(Locale.ROOT)).stream()
        .map(key -> environment.getOrDefault(key, ""))
        .filter(text -> !text.isBlank())
        .map(String::strip)
        .findFirst();
  }
}
