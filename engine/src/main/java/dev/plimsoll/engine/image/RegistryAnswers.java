package dev.plimsoll.engine.image;

import dev.plimsoll.oci.ImageName;
import dev.plimsoll.transfer.Credentials;
import dev.plimsoll.transfer.ManifestContent;
import dev.plimsoll.transfer.Registries;
import dev.plimsoll.transfer.TransferException;
import java.io.IOException;

/** Questions to registries whose refusals are the engine's. */
public final class RegistryAnswers {
  private RegistryAnswers() {}

  /** What a name stands for at its registry. */
  public static ManifestContent manifest(
      Registries registries, ImageName name, Credentials credentials)
      throws IOException, InterruptedException {
    try {
      return registries.manifest(name, credentials);
    } catch (TransferException e) {
      throw Refusals.of(e);
    }
  }
}
