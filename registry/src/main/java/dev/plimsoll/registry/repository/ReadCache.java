package dev.plimsoll.registry.repository;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.plimsoll.content.BlobKey;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.oci.Tag;
import java.io.IOException;
import java.util.Collection;

/**
 * What the pull path remembers of the database: manifests, tags, the links of blobs, and which names
 * were pushed to. Coherent within this process, see {@link Coherent}; every write of the core names
 * here what it touched.
 */
public final class ReadCache {
  private static final int ENTRY_BYTES = 400; // keys, record and bookkeeping, by rough count
  private static final int LINKS_PART = 8;
  private static final int NAMES_PART = 64;

  record Named(RepositoryName repository, Digest digest) {}

  record Tagged(RepositoryName repository, Tag tag) {}

  private final Coherent<Named, StoredManifest> manifests;
  private final Coherent<Tagged, Digest> tags;
  private final Coherent<Named, BlobRows.Link> links;
  private final Coherent<RepositoryName, Boolean> known;

  /** By physical name, so there is nothing that could become untrue. */
  private final Cache<BlobKey, byte[]> small;

  /** Reads the bytes of a small blob. */
  interface SmallBlob {
    byte[] read() throws IOException;
  }

  /** A memory of about this many bytes, half of it for manifests; 0 remembers nothing. */
  public ReadCache(long sizeBytesMax) {
    this(sizeBytesMax, sizeBytesMax / 4);
  }

  /**
   * A memory for a database that others write to: it holds what can never become untrue, the bytes of
   * small blobs by their physical names, and every look at a tag, manifest or link is the database's.
   */
  public static ReadCache beside(long sizeBytesMax) {
    return new ReadCache(0, sizeBytesMax);
  }

  private ReadCache(long sizeBytesMax, long smallBytesMax) {
    this.manifests =
        new Coherent<>(sizeBytesMax / 2, (key, manifest) -> ENTRY_BYTES + manifest.bytes().length);
    this.tags = new Coherent<>(sizeBytesMax / LINKS_PART, (key, digest) -> ENTRY_BYTES);
    this.links = new Coherent<>(sizeBytesMax / LINKS_PART, (key, link) -> ENTRY_BYTES);
    this.known = new Coherent<>(sizeBytesMax / NAMES_PART, (key, isKnown) -> ENTRY_BYTES);
    this.small =
        Caffeine.newBuilder()
            .executor(Runnable::run) // its upkeep is shorter than waking a thread for it
            .maximumWeight(smallBytesMax)
            .<BlobKey, byte[]>weigher((key, bytes) -> ENTRY_BYTES + bytes.length)
            .build();
  }

  Coherent<Named, StoredManifest> manifests() {
    return manifests;
  }

  Coherent<Tagged, Digest> tags() {
    return tags;
  }

  Coherent<Named, BlobRows.Link> links() {
    return links;
  }

  /** Whether repositories have any manifest, live or in the trash. */
  Coherent<RepositoryName, Boolean> known() {
    return known;
  }

  byte[] small(BlobKey key, SmallBlob blob) throws IOException {
    byte[] known = small.getIfPresent(key);
    if (known == null) {
      known = blob.read();
      small.put(key, known);
    }
    return known;
  }

  void manifestChanged(RepositoryName repository, Digest digest) {
    manifests.changed(new Named(repository, digest));
    known.changed(repository);
  }

  /** Manifests have left the trash for good. */
  void purged(Trash.Purged gone) {
    known.changed(gone.repository());
    linksChanged(gone.repository(), gone.released());
  }

  void tagChanged(RepositoryName repository, Tag tag) {
    tags.changed(new Tagged(repository, tag));
  }

  /** The link between a repository and a blob was added, leased, held, hidden or taken away. */
  public void linkChanged(RepositoryName repository, Digest digest) {
    links.changed(new Named(repository, digest));
  }

  void linksChanged(RepositoryName repository, Collection<Digest> digests) {
    for (Digest digest : digests) {
      linkChanged(repository, digest);
    }
  }
}
