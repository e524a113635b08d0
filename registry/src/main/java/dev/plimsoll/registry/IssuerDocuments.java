package dev.plimsoll.registry;

import dev.plimsoll.http.client.ClientRequest;
import dev.plimsoll.http.client.ClientResponse;
import dev.plimsoll.http.client.ClientSettings;
import dev.plimsoll.http.client.HttpClient;
import dev.plimsoll.http.client.Trust;
import dev.plimsoll.registry.auth.AccessControl;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.time.Duration;

/** Fetches what OIDC issuers publish: small documents, and not for long. Safe for many threads. */
final class IssuerDocuments implements AccessControl.Web, AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final int BYTES_MAX = 1 << 20;

  private final HttpClient http =
      new HttpClient(ClientSettings.DEFAULT.withTimeouts(PATIENCE, PATIENCE, PATIENCE));

  @Override
  public byte[] get(URI address) throws IOException {
    ClientRequest request =
        ClientRequest.of("GET", address, Trust.system()).header("Accept", "application/json");
    try (ClientResponse response = http.send(request)) {
      if (response.status() != 200) {
        throw new IOException("%s answered %d".formatted(address, response.status()));
      }
      return response.bytes(BYTES_MAX);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      var cut = new InterruptedIOException("interrupted while fetching " + address);
      cut.initCause(e);
      throw cut;
    }
  }

  @Override
  public void close() {
    http.close();
  }
}
