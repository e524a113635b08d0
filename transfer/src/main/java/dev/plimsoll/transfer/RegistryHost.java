package dev.plimsoll.transfer;

import dev.plimsoll.http.client.Endpoint;
import dev.plimsoll.http.client.Trust;
import java.net.URI;

/**
 * One way to reach a registry.
 *
 * @param base scheme, authority and perhaps a path, without a slash at the end; {@code /v2/} follows
 * @param trust what is believed there, if it is https
 * @param role whether the caller's credentials are meant for it
 */
record RegistryHost(URI base, Trust trust, Role role) {
  enum Role {
    ORIGIN,
    /** Configured beside the registry that was named: it gets no credentials. */
    MIRROR
  }

  Endpoint endpoint() {
    return Endpoint.of(base, trust);
  }

  URI resolve(String path) {
    return URI.create(base + path);
  }

  /** Whether a URI leads to this very host, so that it may see the credentials. */
  boolean sameOrigin(URI uri) {
    return uri.getScheme().equalsIgnoreCase(base.getScheme())
        && Endpoint.of(uri, trust).equals(endpoint());
  }

  @Override
  public String toString() {
    return base.toString();
  }
}
