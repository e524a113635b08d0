package dev.plimsoll.transfer;

import dev.plimsoll.http.client.ClientRequest;
import dev.plimsoll.http.client.ClientResponse;
import dev.plimsoll.http.client.HttpClient;
import java.io.IOException;
import java.net.URI;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** Tries credentials out. */
final class Login {
  private static final String SUCCEEDED = "Login Succeeded";

  private final HttpClient http;
  private final RegistryHosts hosts;
  private final RegistryHost host;
  private final InstantSource clock;

  Login(HttpClient http, RegistryHosts hosts, RegistryHost host, InstantSource clock) {
    this.http = http;
    this.hosts = hosts;
    this.host = host;
    this.clock = clock;
  }

  LoginResult check(Credentials credentials) throws IOException, InterruptedException {
    URI ping = host.resolve("/v2/");
    List<Challenge> challenges;
    try (ClientResponse response = ask(ping)) {
      if (response.status() == 200) {
        return new LoginResult(SUCCEEDED, ""); // it asks nobody
      }
      if (response.status() != 401) {
        throw refusal(ping, response);
      }
      challenges = Challenge.of(response.headers("WWW-Authenticate"));
    }
    Optional<Challenge> bearer =
        challenges.stream().filter(challenge -> challenge.scheme().equals("bearer")).findFirst();
    String authorization;
    String identityToken = "";
    if (bearer.isPresent()) {
      TokenServer.Token token = token(bearer.get(), credentials, ping);
      authorization = "Bearer " + token.value();
      identityToken = token.identityToken();
    } else if (credentials instanceof Credentials.Password password) {
      authorization = password.basic();
    } else {
      throw new TransferException.Unauthorized("no basic auth credentials");
    }
    ClientRequest again =
        ClientRequest.of("GET", ping, host.trust()).header("Authorization", authorization);
    try (ClientResponse response = http.send(again)) {
      if (response.status() == 200) {
        return new LoginResult(SUCCEEDED, identityToken);
      }
      throw refusal(ping, response);
    }
  }

  private ClientResponse ask(URI ping) throws IOException, InterruptedException {
    try {
      return http.send(ClientRequest.of("GET", ping, host.trust()));
    } catch (IOException e) {
      throw RegistrySession.explained("GET", ping, e);
    }
  }

  private TokenServer.Token token(Challenge bearer, Credentials credentials, URI ping)
      throws IOException, InterruptedException {
    try {
      return new TokenServer(http, hosts, host).login(bearer, credentials, clock.instant());
    } catch (TransferException.Unauthorized e) {
      throw new TransferException.Unauthorized("Get \"%s\": %s".formatted(ping, e.getMessage()));
    }
  }

  private static TransferException refusal(URI ping, ClientResponse response) {
    String message =
        "login attempt to %s failed with status: %d %s"
            .formatted(ping, response.status(), response.reason());
    return response.status() == 401
        ? new TransferException.Unauthorized(message)
        : new TransferException.Rejected(response.status(), new RegistryError("", message));
  }
}
