package dev.plimsoll.registry.check;

import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.RepositoryName;
import java.io.IOException;

/**
 * Somewhere what is damaged can be had from: a second registry, or the upstreams of mirrors. Each
 * call answers where it came from, and throws {@link IOException} with the reason if it cannot be
 * had.
 */
public interface RepairSource {

  /** Whether it does it. */
  enum Mode {
    REPAIR,
    /** It is only asked whether it could be had. */
    DRY
  }

  Mode mode();

  /** Puts a blob into a repository of ours, verified. */
  String blob(RepositoryName repository, Digest digest, long sizeBytes)
      throws IOException, InterruptedException;

  /** Puts a manifest into a repository of ours, with all that it names. */
  String image(RepositoryName repository, Digest digest) throws IOException, InterruptedException;

  /** The bytes of a manifest, verified. */
  byte[] manifest(RepositoryName repository, Digest digest)
      throws IOException, InterruptedException;
}
