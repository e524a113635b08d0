package dev.plimsoll.transfer;

import dev.plimsoll.http.client.ClientRequest;
import dev.plimsoll.http.client.ClientResponse;
import dev.plimsoll.http.client.HttpClient;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** A file of the web on its way here, without credentials. Closed by whoever asked for it. */
public final class Download implements AutoCloseable {
  private static final int REDIRECTS_MAX = 10;
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

  private final ClientResponse response;

  private Download(ClientResponse response) {
    this.response = response;
  }

  /**
   * Asks for it, following redirects.
   *
   * @param url http or https
   * @throws IOException if it is neither, if nobody answers, or if the answer is not 200
   */
  static Download open(HttpClient http, RegistryHosts hosts, URI url)
      throws IOException, InterruptedException {
    URI next = Locations.resolve(url, url.toString());
    for (int i = 0; i <= REDIRECTS_MAX; i++) {
      ClientResponse response = answer(http, hosts, next);
      Optional<String> location = response.header("Location");
      if (REDIRECTS.contains(response.status()) && location.isPresent()) {
        response.close();
        next = Locations.resolve(next, location.get());
      } else if (response.status() == 200) {
        return new Download(response);
      } else {
        response.close();
        throw new IOException(
            "%s: got HTTP status code %d: %s"
                .formatted(
                    Locations.withoutQuery(next.toString()), response.status(), response.reason()));
      }
    }
    throw new IOException(
        "%s: more than %d redirects"
            .formatted(Locations.withoutQuery(url.toString()), REDIRECTS_MAX));
  }

  private static ClientResponse answer(HttpClient http, RegistryHosts hosts, URI url)
      throws IOException, InterruptedException {
    try {
      return http.send(ClientRequest.of("GET", url, hosts.trustFor(RegistryHosts.authority(url))));
    } catch (IOException e) {
      throw RegistrySession.explained("GET", url, e);
    }
  }

  /** What comes; it breaks off where the connection does. */
  public InputStream body() {
    return response.body();
  }

  /** How much there is, if the server tells. */
  public OptionalLong sizeBytes() {
    return response.contentLength();
  }

  @Override
  public void close() throws IOException {
    response.close();
  }
}
