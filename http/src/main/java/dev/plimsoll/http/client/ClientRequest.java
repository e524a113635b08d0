package dev.plimsoll.http.client;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A request. Immutable: the methods return a changed copy.
 *
 * <p>{@code Host}, {@code Content-Length}, {@code Transfer-Encoding}, {@code Connection} and {@code
 * Expect} are the client's own and cannot be given.
 *
 * @param target path and query as they go over the wire, beginning with {@code /}
 */
public record ClientRequest(
    String method,
    Endpoint endpoint,
    String target,
    List<Header> headers,
    RequestBody body,
    Expectation expectation,
    Patience patience) {

  /** Whether the body waits until the server has said that it wants it. */
  public enum Expectation {
    NONE,
    /** {@code Expect: 100-continue}, RFC 9110 section 10.1.1. */
    CONTINUE
  }

  /** How long the client waits for the server. */
  public enum Patience {
    /** As {@link ClientSettings} says. */
    LIMITED,
    /** For long polls and event streams: only connecting has a time limit. */
    UNLIMITED
  }

  private static final Set<String> RESERVED =
      Set.of(
          "host",
          "content-length",
          "transfer-encoding",
          "connection",
          "upgrade",
          "expect",
          "proxy-authorization",
          "te");

  public ClientRequest {
    headers = List.copyOf(headers);
    if (!target.startsWith("/")
        || !target.chars().allMatch(c -> c > ' ' && c < 127)
        || target.indexOf('#') >= 0) {
      throw new IllegalArgumentException("not a request target: \"" + target + "\"");
    }
    new Header(method, ""); // a method is a token too
    for (Header header : headers) {
      if (RESERVED.contains(header.name().toLowerCase(java.util.Locale.ROOT))) {
        throw new IllegalArgumentException("header " + header.name() + " is set by the client");
      }
    }
  }

  public static ClientRequest of(String method, Endpoint endpoint, String target) {
    return new ClientRequest(
        method,
        endpoint,
        target,
        List.of(),
        RequestBody.none(),
        Expectation.NONE,
        Patience.LIMITED);
  }

  /** A request for an {@code http} or {@code https} URI. */
  public static ClientRequest of(String method, URI uri, Trust trust) {
    String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
    return of(method, Endpoint.of(uri, trust), path + query);
  }

  public static ClientRequest get(Endpoint endpoint, String target) {
    return of("GET", endpoint, target);
  }

  public static ClientRequest head(Endpoint endpoint, String target) {
    return of("HEAD", endpoint, target);
  }

  public static ClientRequest post(Endpoint endpoint, String target, RequestBody body) {
    return of("POST", endpoint, target).body(body);
  }

  /** Adds a header; a name may occur more than once. */
  public ClientRequest header(String name, String value) {
    List<Header> more = new ArrayList<>(headers);
    more.add(new Header(name, value));
    return new ClientRequest(method, endpoint, target, more, body, expectation, patience);
  }

  public ClientRequest body(RequestBody newBody) {
    return new ClientRequest(method, endpoint, target, headers, newBody, expectation, patience);
  }

  /** The body is sent only after the server agreed, or said nothing for a second. */
  public ClientRequest expectContinue() {
    return new ClientRequest(
        method, endpoint, target, headers, body, Expectation.CONTINUE, patience);
  }

  /** For long polls and streams that may be silent for hours. */
  public ClientRequest patient() {
    return new ClientRequest(
        method, endpoint, target, headers, body, expectation, Patience.UNLIMITED);
  }

  /** The first header of that name. */
  public Optional<String> header(String name) {
    return headers.stream()
        .filter(header -> header.name().equalsIgnoreCase(name))
        .map(Header::value)
        .findFirst();
  }

  /** Method and place, without the query: that may hold a secret. */
  @Override
  public String toString() {
    int query = target.indexOf('?');
    return method + " " + endpoint + (query < 0 ? target : target.substring(0, query));
  }
}
