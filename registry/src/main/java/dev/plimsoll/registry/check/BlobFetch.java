package dev.plimsoll.registry.check;

import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.RepositoryName;
import java.io.IOException;

/** Somewhere a damaged blob can be had from: a mirror, or a second registry. */
public interface BlobFetch {

  /** Puts the blob into a repository of ours, verified; throws with the reason if it cannot be had. */
  void fetch(RepositoryName repository, Digest digest, long sizeBytes)
      throws IOException, InterruptedException;
}
