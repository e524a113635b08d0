package dev.plimsoll.transfer;

import dev.plimsoll.http.client.ClientRequest;
import dev.plimsoll.http.client.ClientResponse;
import dev.plimsoll.http.client.HttpClient;
import dev.plimsoll.http.client.RequestBody;
import dev.plimsoll.http.client.Trust;
import java.io.IOException;
import java.net.URI;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/**
 * Talks to one registry host for one caller: adds the authorization, follows redirects, and keeps
 * the first away from the second. Safe for many threads.
 */
final class RegistrySession {
  private static final int REDIRECTS_MAX = 10;
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

  private final HttpClient http;
  private final RegistryHosts hosts;
  private final RegistryHost host;
  private final Authorizer authorizer;

  private RegistrySession(
      HttpClient http, RegistryHosts hosts, RegistryHost host, Authorizer authorizer) {
    this.http = http;
    this.hosts = hosts;
    this.host = host;
    this.authorizer = authorizer;
  }

  /**
   * Asks {@code /v2/} what the registry wants to see.
   *
   * @throws IOException if it cannot be reached in this way
   */
  static RegistrySession open(
      HttpClient http,
      RegistryHosts hosts,
      RegistryHost host,
      Credentials given,
      InstantSource clock)
      throws IOException, InterruptedException {
    Credentials credentials =
        host.role() == RegistryHost.Role.ORIGIN ? given : Credentials.anonymous();
    URI ping = host.resolve("/v2/");
    ClientRequest request = ClientRequest.of("GET", ping, host.trust());
    try (ClientResponse response = http.send(request)) {
      List<Challenge> challenges =
          response.status() == 401 ? Challenge.of(response.headers("WWW-Authenticate")) : List.of();
      TokenServer tokens = new TokenServer(http, hosts, host);
      return new RegistrySession(
          http, hosts, host, new Authorizer(tokens, credentials, challenges, clock));
    } catch (IOException e) {
      throw explained("GET", ping, e);
    }
  }

  /**
   * For a registry of ours whose own API is called: a password is shown as it is. A token is for
   * repositories, and would not speak for who asked for it.
   */
  static RegistrySession byPassword(
      HttpClient http,
      RegistryHosts hosts,
      RegistryHost host,
      Credentials credentials,
      InstantSource clock) {
    List<Challenge> challenges =
        credentials instanceof Credentials.Password
            ? List.of(new Challenge("basic", Map.of()))
            : List.of();
    TokenServer tokens = new TokenServer(http, hosts, host);
    return new RegistrySession(
        http, hosts, host, new Authorizer(tokens, credentials, challenges, clock));
  }

  RegistryHost host() {
    return host;
  }

  URI resolve(String path) {
    return host.resolve(path);
  }

  /** GET or HEAD, with redirects followed. */
  RegistryReply read(String method, URI uri, Set<String> scopes, UnaryOperator<ClientRequest> dress)
      throws IOException, InterruptedException {
    URI next = uri;
    for (int i = 0; i <= REDIRECTS_MAX; i++) {
      RegistryReply reply = send(method, next, scopes, dress);
      Optional<String> location = reply.header("Location");
      if (!REDIRECTS.contains(reply.status()) || location.isEmpty()) {
        return reply;
      }
      reply.close();
      next = Locations.resolve(next, location.get());
    }
    throw new IOException(
        "%s: more than %d redirects"
            .formatted(Locations.withoutQuery(uri.toString()), REDIRECTS_MAX));
  }

  /**
   * Sends one request and, if the registry then asks for something else than before and the body
   * can be repeated, once more.
   */
  RegistryReply send(String method, URI uri, Set<String> scopes, UnaryOperator<ClientRequest> dress)
      throws IOException, InterruptedException {
    boolean ours = host.sameOrigin(uri);
    Trust trust = ours ? host.trust() : hosts.trustFor(RegistryHosts.authority(uri));
    SortedSet<String> sorted = new TreeSet<>(scopes);
    ClientRequest request = dress.apply(ClientRequest.of(method, uri, trust));
    try {
      if (!ours) {
        return new RegistryReply(uri, http.send(request));
      }
      Optional<String> authorization = authorizer.authorization(sorted);
      ClientResponse response = http.send(authorized(request, authorization));
      if (response.status() == 401
          && authorizer.refused(
              Challenge.of(response.headers("WWW-Authenticate")), authorization, sorted)) {
        response.close();
        if (!repeatable(request)) {
          throw new IOException("the authorization ran out"); // the caller begins the body anew
        }
        response = http.send(authorized(request, authorizer.authorization(sorted)));
      }
      return new RegistryReply(uri, response);
    } catch (IOException e) {
      throw explained(method, uri, e);
    } catch (TransferException.Unauthorized e) {
      throw new TransferException.Unauthorized(place(method, uri) + e.getMessage());
    }
  }

  private static ClientRequest authorized(ClientRequest request, Optional<String> authorization) {
    return authorization.map(value -> request.header("Authorization", value)).orElse(request);
  }

  private static boolean repeatable(ClientRequest request) {
    return request.body() instanceof RequestBody.None
        || request.body() instanceof RequestBody.Bytes;
  }

  static IOException explained(String method, URI uri, IOException e) {
    return new IOException(place(method, uri) + e.getMessage(), e);
  }

  /** As Go's HTTP client words it, since that is what users search for. */
  private static String place(String method, URI uri) {
    String verb = method.charAt(0) + method.substring(1).toLowerCase(Locale.ROOT);
    return "%s \"%s\": ".formatted(verb, Locations.withoutQuery(uri.toString()));
  }
}
