package dev.plimsoll.registry.moving;

import dev.plimsoll.transfer.Credentials;
import dev.plimsoll.transfer.RegistryAddress;

/**
 * Where another registry is, and what it is shown.
 *
 * @param proof what its certificate must be
 */
public record RegistryLogin(RegistryAddress address, Credentials credentials, Proof proof) {

  /** How a registry proves that it is the one that was meant. */
  public enum Proof {
    /** By a certificate that an authority of the system or of {@code certs.d} vouches for. */
    CERTIFICATE,
    /** Any will do, and none: as Docker's {@code insecure-registries}. */
    ANY
  }
}
