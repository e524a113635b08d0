package dev.plimsoll.registry.repository;

import dev.plimsoll.oci.RepositoryName;
import java.util.OptionalLong;

/**
 * How much a namespace may hold.
 *
 * @param namespace a repository and everything below it; "" is the whole registry
 * @param bytesMax of manifests and of the blobs that they name, each once per repository
 */
public record Quota(String namespace, OptionalLong bytesMax, OptionalLong tagsMax) {
  public Quota {
    if (bytesMax.isEmpty() && tagsMax.isEmpty()) {
      throw new IllegalArgumentException("a quota needs bytes, or tags, or both");
    }
    if (bytesMax.orElse(0) < 0 || tagsMax.orElse(0) < 0) {
      throw new IllegalArgumentException("a quota is 0 or more");
    }
  }

  public boolean covers(RepositoryName repository) {
    return namespace.isEmpty()
        || repository.value().equals(namespace)
        || repository.value().startsWith(namespace + "/");
  }
}
