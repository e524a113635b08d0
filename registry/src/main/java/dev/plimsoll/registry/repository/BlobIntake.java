package dev.plimsoll.registry.repository;

import dev.plimsoll.content.BlobKey;
import dev.plimsoll.content.ContentException;
import dev.plimsoll.content.ContentStore;
import dev.plimsoll.content.Ingest;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.registry.repository.RegistryException.UploadBusy;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns bytes that have arrived and whose digest is right into a blob of a repository: bytes first,
 * row second, answer last. A crash in between leaves bytes without a row, which the audit takes.
 *
 * <p>Bytes that are there already are not written again, unless the old ones are missing, of the
 * wrong size or marked damaged: then the new ones become the next generation.
 */
final class BlobIntake {
  private static final Logger log = LoggerFactory.getLogger(BlobIntake.class);

  private final Transactions transactions;
  private final ContentStore content;
  private final BlobRows blobs;
  private final RepositoryRows repositories = new RepositoryRows();
  private final UploadRows uploads = new UploadRows();
  private final ReadCache cache;
  private final Lease lease;
  private final Supplier<String> generations;
  private final InstantSource clock;

  BlobIntake(
      Transactions transactions,
      ContentStore content,
      BlobRows blobs,
      ReadCache cache,
      Lease lease,
      Supplier<String> generations,
      InstantSource clock) {
    this.transactions = transactions;
    this.content = content;
    this.blobs = blobs;
    this.cache = cache;
    this.lease = lease;
    this.generations = generations;
    this.clock = clock;
  }

  /**
   * Where a blob goes, and the upload that ends with it.
   *
   * @param upload its row goes in the transaction that makes the blob; empty if it has none
   */
  record Target(RepositoryName repository, Digest digest, Optional<UploadRows.Claim> upload) {}

  /** Stores a small blob as part of its row. */
  void addSmall(Target target, byte[] bytes) throws IOException {
    Optional<BlobRows.Current> known = known(target.digest());
    Optional<String> broken = broken(target.digest(), known);
    try {
      transactions.write(h -> {
        Optional<BlobRows.Current> current = replaceable(h, target.digest(), broken);
        if (current.isEmpty()) {
          blobs.store(h, target.digest(), generations.get(), bytes.length, bytes);
        }
        link(h, target);
        return true;
      });
    } finally {
      cache.linkChanged(target.repository(), target.digest());
    }
  }

  /**
   * Stores what {@code ingest} received, and uses the ingest up; after a failure the caller still has
   * it.
   */
  void add(Target target, Ingest ingest) throws IOException {
    Optional<BlobRows.Current> known = known(target.digest());
    Optional<String> broken = broken(target.digest(), known);
    if (known.isPresent() && broken.isEmpty() && adopt(target, known.get())) {
      ingest.discard();
      return;
    }
    long sizeBytes = ingest.sizeBytes();
    BlobKey key = ingest.commit(target.digest());
    boolean used;
    try {
      used =
          transactions.write(h -> {
            Optional<BlobRows.Current> current = replaceable(h, target.digest(), broken);
            if (current.isEmpty()) {
              blobs.store(h, target.digest(), key.generation(), sizeBytes, null);
            }
            link(h, target);
            return current.isEmpty();
          });
    } finally {
      cache.linkChanged(target.repository(), target.digest());
    }
    if (!used) {
      content.delete(key); // somebody else was quicker; this name is known to nobody
    }
  }

  /** Gives bytes a row that are in the store without one. */
  void record(Target target, BlobKey key, long sizeBytes) throws IOException {
    try {
      transactions.write(h -> {
        if (blobs.current(h, target.digest()).isEmpty()) {
          blobs.store(h, target.digest(), key.generation(), sizeBytes, null);
        }
        link(h, target);
        return true;
      });
    } finally {
      cache.linkChanged(target.repository(), target.digest());
    }
  }

  private Optional<BlobRows.Current> known(Digest digest) throws IOException {
    return transactions.read(h -> blobs.current(h, digest));
  }

  /** The generation of a row whose bytes are not what the row says. */
  private Optional<String> broken(Digest digest, Optional<BlobRows.Current> known)
      throws IOException {
    if (known.isEmpty()) {
      return Optional.empty();
    }
    BlobRows.Current row = known.get();
    if (row.damaged() || row.small()) {
      return row.damaged() ? Optional.of(row.generation()) : Optional.empty();
    }
    BlobKey key = new BlobKey(digest, row.generation());
    try {
      return content.sizeBytes(key) == row.sizeBytes()
          ? Optional.empty()
          : Optional.of(row.generation());
    } catch (ContentException.BlobUnknown e) {
      return Optional.of(row.generation()); // lost, or collected just now
    }
  }

  /** Links what is there, if it is still there when the transaction begins. */
  private boolean adopt(Target target, BlobRows.Current known) throws IOException {
    try {
      return transactions.write(h -> {
        blobs.lock(h, List.of(target.digest()));
        boolean there =
            blobs
                .current(h, target.digest())
                .filter(now -> now.generation().equals(known.generation()))
                .isPresent();
        if (there) {
          link(h, target);
        }
        return there;
      });
    } finally {
      cache.linkChanged(target.repository(), target.digest());
    }
  }

  /** What is there and sound; a row that was found broken makes room for the next generation. */
  private Optional<BlobRows.Current> replaceable(Handle h, Digest digest, Optional<String> broken) {
    blobs.lock(h, List.of(digest));
    Optional<BlobRows.Current> current = blobs.current(h, digest);
    if (current.isPresent() && broken.equals(current.map(BlobRows.Current::generation))) {
      // It may have been collected since it was looked at, and then it was not broken: the row that
      // takes its place is right in either case.
      log.warn("blob replaced digest={} generation={}", digest, current.get().generation());
      blobs.doom(h, digest, current.get().generation());
      return Optional.empty();
    }
    return current;
  }

  private void link(Handle h, Target target) {
    Instant now = clock.instant();
    long id = repositories.ensure(h, target.repository(), now);
    blobs.link(h, id, target.digest(), now, lease.from(now));
    target
        .upload()
        .ifPresent(upload -> {
          if (!uploads.end(h, upload)) {
            // Another replica has taken it up: if both went on, both would own the same bytes.
            throw new UploadBusy(upload.id());
          }
        });
  }
}
