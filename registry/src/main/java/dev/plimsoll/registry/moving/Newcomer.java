package dev.plimsoll.registry.moving;

import dev.plimsoll.content.BlobKey;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.oci.Tag;
import dev.plimsoll.registry.job.Progress;
import dev.plimsoll.registry.repository.Blobs;
import dev.plimsoll.registry.repository.Chunk;
import dev.plimsoll.registry.repository.Manifests;
import dev.plimsoll.registry.repository.RegistryException.BlobUnknown;
import dev.plimsoll.registry.repository.RegistryException.ManifestUnknown;
import dev.plimsoll.registry.repository.RegistryException.RepositoryUnknown;
import dev.plimsoll.registry.repository.Space;
import dev.plimsoll.registry.repository.StoredManifest;
import dev.plimsoll.registry.repository.TagMove;
import dev.plimsoll.registry.repository.Tags;
import dev.plimsoll.registry.repository.Uploads;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How imports reach the core: as a client that pushes does. What is there already costs a look. Safe
 * for many threads.
 */
public final class Newcomer {
  static final String ACTOR = "import";
  private static final int BUFFER_BYTES = 64 << 10;

  private final Manifests manifests;
  private final Blobs blobs;
  private final Uploads uploads;
  private final Tags tags;
  private final Space space;

  public Newcomer(Manifests manifests, Blobs blobs, Uploads uploads, Tags tags, Space space) {
    this.manifests = manifests;
    this.blobs = blobs;
    this.uploads = uploads;
    this.tags = tags;
    this.space = space;
  }

  boolean has(RepositoryName repository, Digest digest) throws IOException {
    return find(repository, digest).isPresent();
  }

  Optional<StoredManifest> find(RepositoryName repository, Digest digest) throws IOException {
    try {
      return Optional.of(manifests.get(repository, digest));
    } catch (ManifestUnknown e) {
      return Optional.empty();
    }
  }

  /** Whether it would not have to be fetched. Promises nothing. */
  boolean couldHaveBlob(RepositoryName repository, Digest digest) throws IOException {
    return blobs.has(repository, digest) || blobs.isAnywhere(digest);
  }

  /** Whether the repository has a blob now, from elsewhere in this registry if need be. */
  boolean hasBlob(RepositoryName repository, Digest digest) throws IOException {
    try {
      blobs.promise(repository, digest);
      return true;
    } catch (BlobUnknown e) {
      return blobs.mount(repository, digest, Optional.empty());
    }
  }

  /** The last move of a tag; empty if there never was one here. */
  Optional<TagMove> lastMove(RepositoryName repository, Tag tag) throws IOException {
    try {
      return tags.history(repository, tag).stream().findFirst();
    } catch (RepositoryUnknown e) {
      return Optional.empty();
    }
  }

  void adopt(RepositoryName repository, Digest digest, Path file) throws IOException {
    if (!hasBlob(repository, digest)) {
      uploads.adopt(repository, digest, file);
    }
  }

  void put(RepositoryName repository, Digest digest, String mediaType, byte[] bytes)
      throws IOException {
    put(repository, digest, mediaType, bytes, Set.of());
  }

  void put(
      RepositoryName repository, Digest digest, String mediaType, byte[] bytes, Set<Tag> tagged)
      throws IOException {
    manifests.put(repository, new Manifests.Pushed(digest, tagged, mediaType, bytes, ACTOR));
  }

  /** Stores a blob as it comes; nothing is taken where room is short. */
  void receive(RepositoryName repository, Digest digest, Chunk bytes) throws IOException {
    space.refuseIfLow();
    uploads.put(repository, digest, bytes);
  }

  /** Stores a small blob. */
  void put(RepositoryName repository, Digest digest, byte[] bytes) throws IOException {
    uploads.put(repository, digest, Chunk.of(bytes));
  }

  /** The same for bytes that are read. */
  void receive(RepositoryName repository, Digest digest, InputStream bytes) throws IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    receive(
        repository,
        digest,
        sink -> {
          for (int read = bytes.read(buffer); read >= 0; read = bytes.read(buffer)) {
            sink.accept(ByteBuffer.wrap(buffer, 0, read));
          }
        });
  }

  /** Makes a blob of bytes that are in the store already. */
  void record(RepositoryName repository, BlobKey key, long sizeBytes) throws IOException {
    uploads.record(repository, key, sizeBytes);
  }

  /** Whether there is such a manifest, live or in the trash. */
  boolean knows(RepositoryName repository, Digest digest) throws IOException {
    return manifests.knows(repository, digest);
  }

  /**
   * Points a tag where it points at the other registry, by way of where it has pointed there if it
   * is new here. A tag that somebody else has moved here since stays as it is.
   */
  void point(RepositoryName repository, Tag tag, List<Target> moves, Progress progress)
      throws IOException {
    Target now = moves.getLast();
    List<TagMove> before = tags.history(repository, tag);
    if (!before.isEmpty()) {
      TagMove last = before.getFirst();
      if (last.to().equals(Optional.of(now.digest()))) {
        return;
      }
      if (!last.actor().equals(ACTOR)) {
        progress.found(
            "kept", repository + ":" + tag, "it was moved here since, by " + last.actor());
        return;
      }
    }
    for (Target target : before.isEmpty() ? moves : List.of(now)) {
      manifests.put(
          repository,
          new Manifests.Pushed(
              target.digest(), Set.of(tag), target.mediaType(), target.bytes(), ACTOR));
    }
  }

  /** A manifest that a tag points at. */
  record Target(Digest digest, String mediaType, byte[] bytes) {}
}
