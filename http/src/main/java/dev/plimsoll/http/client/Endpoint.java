package dev.plimsoll.http.client;

import java.net.URI;
import java.nio.file.Path;

/**
 * Where a server listens. Two equal endpoints share pooled connections; {@link Trust} compares by
 * identity, so keep one instance per set of certificates.
 */
public sealed interface Endpoint {

  /** Plain HTTP. {@code host} is a name or an address, an IPv6 address without brackets. */
  record Tcp(String host, int port) implements Endpoint {
    public Tcp {
      requireHost(host);
      requirePort(port);
    }

    @Override
    public String authority() {
      return port == 80 ? bracketed(host) : bracketed(host) + ":" + port;
    }

    @Override
    public String toString() {
      return "http://" + authority();
    }
  }

  /** HTTPS. */
  record Tls(String host, int port, Trust trust) implements Endpoint {
    public Tls {
      requireHost(host);
      requirePort(port);
    }

    @Override
    public String authority() {
      return port == 443 ? bracketed(host) : bracketed(host) + ":" + port;
    }

    @Override
    public String toString() {
      return "https://" + authority();
    }
  }

  /** A unix socket. */
  record Unix(Path socket) implements Endpoint {
    @Override
    public String authority() {
      return "localhost";
    }

    @Override
    public String toString() {
      return "unix://" + socket;
    }
  }

  /** What goes into the {@code Host} header; the default port is left out. */
  String authority();

  /**
   * The endpoint of an {@code http} or {@code https} URI. Reads the authority itself: {@link
   * URI#getHost()} knows no host with an underscore.
   *
   * @throws IllegalArgumentException for any other scheme, and for an authority that is none
   */
  static Endpoint of(URI uri, Trust trust) {
    String scheme = uri.getScheme() == null ? "" : uri.getScheme();
    String authority = uri.getRawAuthority() == null ? "" : uri.getRawAuthority();
    String hostAndPort = authority.substring(authority.lastIndexOf('@') + 1);
    return switch (scheme.toLowerCase(java.util.Locale.ROOT)) {
      case "http" -> new Tcp(hostOf(hostAndPort), portOf(hostAndPort, 80));
      case "https" -> new Tls(hostOf(hostAndPort), portOf(hostAndPort, 443), trust);
      default -> throw new IllegalArgumentException("neither http nor https: \"" + uri + "\"");
    };
  }

  private static String hostOf(String hostAndPort) {
    if (hostAndPort.startsWith("[")) {
      int end = hostAndPort.indexOf(']');
      if (end < 0) {
        throw new IllegalArgumentException("not a host: \"" + hostAndPort + "\"");
      }
      return hostAndPort.substring(1, end);
    }
    int colon = hostAndPort.lastIndexOf(':');
    return colon < 0 ? hostAndPort : hostAndPort.substring(0, colon);
  }

  private static int portOf(String hostAndPort, int otherwise) {
    int colon = hostAndPort.lastIndexOf(':');
    if (colon < 0 || hostAndPort.endsWith("]") || colon == hostAndPort.length() - 1) {
      return otherwise;
    }
    try {
      return Integer.parseInt(hostAndPort.substring(colon + 1));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("not a port: \"" + hostAndPort + "\"", e);
    }
  }

  private static String bracketed(String host) {
    return host.indexOf(':') < 0 ? host : "[" + host + "]";
  }

  private static void requireHost(String host) {
    boolean legal =
        !host.isEmpty()
            && host.chars().allMatch(c -> c > ' ' && c < 127 && "/@[]?#".indexOf(c) < 0);
    if (!legal) {
      throw new IllegalArgumentException("not a host: \"" + host + "\"");
    }
  }

  private static void requirePort(int port) {
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("not a port: " + port);
    }
  }
}
