package dev.plimsoll.engine.image;

import dev.plimsoll.oci.ImageConfig;
import dev.plimsoll.oci.ImageName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * An image of this machine, as it was when asked for.
 *
 * @param config what it says of itself; the bytes it was read from are the identity, not this
 * @param names with tag, sorted; none if the image is dangling
 * @param digests {@code repository@digest} of the manifests it was pulled or pushed by, sorted
 * @param sizeBytes of the unpacked layers, each once
 * @param created when it was built, where its configuration says so
 * @param addedAt when it came to this machine for the first time
 * @param pulledAt when it was last pulled, if it ever was
 * @param lastUsedAt when it was last pulled, loaded, tagged, built from, or a container of it
 *     started or stopped
 * @param lastTaggedAt when it last got a name here, if it did
 * @param createdFrom where it came from: the pulled name, {@code load}, {@code import}, {@code
 *     commit} or {@code build}
 * @param parent the image it was made from here, by a build or commit
 */
public record Image(
    ImageId id,
    ImageConfig config,
    List<ImageName> names,
    List<ImageName> digests,
    long sizeBytes,
    Optional<Instant> created,
    Instant addedAt,
    Optional<Instant> pulledAt,
    Instant lastUsedAt,
    Optional<Instant> lastTaggedAt,
    String createdFrom,
    Optional<ImageId> parent) {

  public Image {
    names = List.copyOf(names);
    digests = List.copyOf(digests);
  }

  /** The same image with some of its names only. */
  Image withNames(List<ImageName> someNames, List<ImageName> someDigests) {
    return new Image(
        id,
        config,
        someNames,
        someDigests,
        sizeBytes,
        created,
        addedAt,
        pulledAt,
        lastUsedAt,
        lastTaggedAt,
        createdFrom,
        parent);
  }

  /** Whether it has no name: what {@code docker image prune} takes unless told otherwise. */
  public boolean dangling() {
    return names.isEmpty();
  }
}
