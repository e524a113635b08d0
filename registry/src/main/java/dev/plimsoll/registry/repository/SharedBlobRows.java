package dev.plimsoll.registry.repository;

import dev.plimsoll.oci.Digest;
import java.util.Collection;
import org.jdbi.v3.core.Handle;

/**
 * The rows of blobs where several processes write at once: whoever adds or checks a link holds the
 * blobs' rows, so that a collector waits for it, and it for a collector, instead of one of them being
 * undone at its commit. Always in the order of digests, so that two never wait for each other.
 */
public final class SharedBlobRows extends BlobRows {

  @Override
  public void lock(Handle h, Collection<Digest> digests) {
    if (digests.isEmpty()) {
      return;
    }
    h.createQuery(
            """
            SELECT 1 FROM blobs WHERE digest IN (<digests>) AND state IN ('live', 'condemned')
            ORDER BY digest FOR SHARE
            """)
        .bindList("digests", digests.stream().map(Digest::toString).sorted().distinct().toList())
        .mapTo(Integer.class)
        .list();
  }
}
