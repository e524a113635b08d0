package dev.plimsoll.registry.repository;

import dev.plimsoll.oci.RepositoryName;
import java.time.Instant;

/**
 * One thing in the trash: what one request deleted.
 *
 * @param reference the tag or digest that was asked to go
 * @param manifests how many went with it
 * @param tags how many went with it
 * @param sizeBytes of the manifests and of the blobs they name, each blob once; blobs that others use
 *     too are counted here all the same
 */
public record Deletion(
    long id,
    RepositoryName repository,
    String reference,
    Instant deletedAt,
    String actor,
    String reason,
    int manifests,
    int tags,
    long sizeBytes) {}
