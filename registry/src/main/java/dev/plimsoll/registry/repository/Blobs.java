package dev.plimsoll.registry.repository;

import dev.plimsoll.content.BlobKey;
import dev.plimsoll.content.ContentException;
import dev.plimsoll.content.ContentStore;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.registry.repository.RegistryException.BlobUnknown;
import dev.plimsoll.registry.repository.RegistryException.StillReferenced;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds, opens, mounts and deletes blobs. Safe for many threads. */
public final class Blobs {
  private static final Logger log = LoggerFactory.getLogger(Blobs.class);

  /** Where a mount names no source, so many repositories are looked through for one. */
  private static final int SOURCES_MAX = 1000;

  private final Transactions transactions;
  private final ContentStore content;
  private final BlobRows blobs;
  private final RepositoryRows repositories = new RepositoryRows();
  private final ReadCache cache;
  private final Lease lease;
  private final InstantSource clock;

  public Blobs(
      Transactions transactions,
      ContentStore content,
      BlobRows blobs,
      ReadCache cache,
      Lease lease,
      InstantSource clock) {
    this.transactions = transactions;
    this.content = content;
    this.blobs = blobs;
    this.cache = cache;
    this.lease = lease;
    this.clock = clock;
  }

  /**
   * Tells a client that may push that the blob is there, so that it need not send it. The blob is
   * then held for the lease, for the client will soon push a manifest that names it. A blob that a
   * manifest names already costs no write.
   *
   * @return its size in bytes
   */
  public long promise(RepositoryName repository, Digest digest) throws IOException {
    BlobRows.Link link = link(repository, digest);
    if (holds(link)) {
      return link.sizeBytes();
    }
    try {
      return transactions.write(h -> {
        blobs.lock(h, List.of(digest));
        long id = repository(h, repository, digest);
        BlobRows.Link present =
            blobs.link(h, id, digest).orElseThrow(() -> new BlobUnknown(repository, digest));
        if (!holds(present)) {
          blobs.lease(h, id, digest, lease.from(clock.instant()));
        }
        return present.sizeBytes();
      });
    } finally {
      cache.linkChanged(repository, digest);
    }
  }

  /** Whether the repository has the blob. Promises nothing. */
  public boolean has(RepositoryName repository, Digest digest) throws IOException {
    try {
      link(repository, digest);
      return true;
    } catch (BlobUnknown e) {
      return false;
    }
  }

  /** Whether some repository has the blob. Promises nothing. */
  public boolean isAnywhere(Digest digest) throws IOException {
    return transactions.read(h -> !blobs.linkedIn(h, digest, 1).isEmpty());
  }

  private boolean holds(BlobRows.Link link) {
    return link.leasedUntil().map(until -> lease.suffices(until, clock.instant())).orElse(true);
  }

  /** Opens a blob for reading. */
  public OpenBlob open(RepositoryName repository, Digest digest) throws IOException {
    try {
      return open(digest, link(repository, digest));
    } catch (ContentException.BlobUnknown e) {
      // Deleted between the look at the row and the look at the file: the next look at the row
      // tells. If the row still promises the bytes they are lost, and the caller hears of it.
      cache.linkChanged(repository, digest);
      return open(digest, link(repository, digest));
    }
  }

  /**
   * Where a client can have the bytes without this process; empty if they come from here.
   *
   * @see ContentStore#address
   */
  public Optional<URI> address(RepositoryName repository, Digest digest) throws IOException {
    BlobRows.Link link = link(repository, digest);
    return link.small()
        ? Optional.empty()
        : content.address(new BlobKey(digest, link.generation()));
  }

  private OpenBlob open(Digest digest, BlobRows.Link link) throws IOException {
    BlobKey key = new BlobKey(digest, link.generation());
    return link.small()
        ? new OpenBlob.InMemory(cache.small(key, () -> small(key)))
        : new OpenBlob.Stored(content.open(key));
  }

  private byte[] small(BlobKey key) throws IOException {
    return transactions
        .look(h -> blobs.content(h, key.digest(), key.generation()))
        .orElseThrow(() -> new ContentException.BlobUnknown(key));
  }

  /**
   * Lets a repository see a blob that another has, without its bytes being sent again.
   *
   * @param from the repository that has it; empty means any
   * @return whether there was such a blob; if not, the client has to upload it
   */
  public boolean mount(RepositoryName repository, Digest digest, Optional<RepositoryName> from)
      throws IOException {
    return mount(repository, digest, from, source -> true);
  }

  /**
   * The same, out of repositories that the caller may pull from.
   *
   * @param pullable which those are; not asked inside the transaction
   */
  public boolean mount(
      RepositoryName repository,
      Digest digest,
      Optional<RepositoryName> from,
      Predicate<RepositoryName> pullable)
      throws IOException {
    Optional<RepositoryName> source = from;
    if (from.isEmpty()) {
      source =
          transactions.read(h -> blobs.linkedIn(h, digest, SOURCES_MAX)).stream()
              .filter(pullable)
              .findFirst();
    }
    return source.isPresent()
        && pullable.test(source.get())
        && mountFrom(repository, digest, source.get());
  }

  private boolean mountFrom(RepositoryName repository, Digest digest, RepositoryName from)
      throws IOException {
    try {
      boolean mounted =
          transactions.write(h -> {
            blobs.lock(h, List.of(digest));
            if (!visible(h, digest, from)) {
              return false;
            }
            Instant now = clock.instant();
            long id = repositories.ensure(h, repository, now);
            blobs.link(h, id, digest, now, lease.from(now));
            return true;
          });
      if (mounted) {
        log.info("blob mounted repository={} digest={} from={}", repository, digest, from);
      }
      return mounted;
    } finally {
      cache.linkChanged(repository, digest);
    }
  }

  private boolean visible(Handle h, Digest digest, RepositoryName from) {
    OptionalLong source = repositories.find(h, from);
    return source.isPresent() && blobs.link(h, source.getAsLong(), digest).isPresent();
  }

  /**
   * Deletes a blob from a repository. Its bytes stay while another repository or a manifest in the
   * trash has a use for them.
   *
   * @throws StillReferenced if a manifest that is not deleted names it
   */
  public void delete(RepositoryName repository, Digest digest) throws IOException {
    try {
      transactions.free(h -> {
        long id = repository(h, repository, digest);
        if (blobs.link(h, id, digest).isEmpty()) {
          throw new BlobUnknown(repository, digest);
        }
        for (Digest by : blobs.liveReferrersTo(h, id, digest, 1)) {
          throw new StillReferenced(repository, digest, by);
        }
        blobs.hide(h, id, digest, clock.instant());
        Changes.tell(new Change.BlobDeleted(id, digest));
        return true;
      });
      log.info("blob deleted repository={} digest={}", repository, digest);
    } finally {
      cache.linkChanged(repository, digest);
    }
  }

  private BlobRows.Link link(RepositoryName repository, Digest digest) throws IOException {
    BlobRows.Link link =
        cache
            .links()
            .get(
                new ReadCache.Named(repository, digest),
                () -> transactions.look(h -> find(h, repository, digest)).orElse(null));
    if (link == null) {
      throw new BlobUnknown(repository, digest);
    }
    return link;
  }

  private Optional<BlobRows.Link> find(Handle h, RepositoryName repository, Digest digest) {
    OptionalLong id = repositories.find(h, repository);
    return id.isEmpty() ? Optional.empty() : blobs.link(h, id.getAsLong(), digest);
  }

  private long repository(Handle h, RepositoryName repository, Digest wanted) {
    return repositories.find(h, repository).orElseThrow(() -> new BlobUnknown(repository, wanted));
  }
}
