package dev.plimsoll.engine.image;

import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.ImageName;
import dev.plimsoll.oci.RepositoryName;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** Which repositories have which blob, as far as this machine has seen. */
final class BlobRepositories {
  private static final int MAX = 5; // a registry is asked for each of them

  private BlobRepositories() {}

  static void add(Handle handle, Digest blob, ImageName repository) {
    handle.execute(
        "INSERT OR IGNORE INTO blob_repository (digest, registry, repository) VALUES (?, ?, ?)",
        blob.toString(),
        repository.registry(),
        repository.repository().value());
  }

  static List<RepositoryName> of(Handle handle, Digest blob, String registry) {
    return handle
        .createQuery(
            "SELECT repository FROM blob_repository WHERE digest = ? AND registry = ? LIMIT " + MAX)
        .bind(0, blob.toString())
        .bind(1, registry)
        .map((r, _) -> new RepositoryName(r.getString(1)))
        .list();
  }
}
