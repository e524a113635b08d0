package dev.plimsoll.registry.repository;

import dev.plimsoll.content.BlobKey;
import dev.plimsoll.content.ContentException;
import dev.plimsoll.content.ContentStore;
import dev.plimsoll.content.Ingest;
import dev.plimsoll.content.IngestId;
import dev.plimsoll.foundation.NoSpaceException;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.registry.repository.RegistryException.ChunkOutOfOrder;
import dev.plimsoll.registry.repository.RegistryException.DigestMismatch;
import dev.plimsoll.registry.repository.RegistryException.TooManyUploads;
import dev.plimsoll.registry.repository.RegistryException.UploadBusy;
import dev.plimsoll.registry.repository.RegistryException.UploadUnknown;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Receives blobs: in one piece, or as an upload that gets its bytes in any number of chunks and
 * survives a restart. Safe for many threads.
 *
 * <pre>
 *   begin ──▶ append* ──▶ finish ──▶ blob
 *               │  └──▶ cancel, or nobody comes back for {@code idleMax} ──▶ nothing
 *               └── restart ──▶ append*
 * </pre>
 */
public final class Uploads implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Uploads.class);

  /**
   * How much is received at once.
   *
   * @param uploadsMax uploads in progress
   * @param smallBytesMax blobs up to this size live in the database
   * @param idleMax an upload that nobody touches for so long is given up
   * @param busyMax how long a request waits for another one that writes to the same upload
   */
  public record Limits(int uploadsMax, int smallBytesMax, Duration idleMax, Duration busyMax) {
    public static final Limits DEFAULT =
        new Limits(10_000, 32 * 1024, Duration.ofHours(1), Duration.ofSeconds(20));
  }

  private final Transactions transactions;
  private final ContentStore content;
  private final BlobIntake intake;
  private final RepositoryRows repositories = new RepositoryRows();
  private final UploadRows rows = new UploadRows();
  private final Limits limits;
  private final InstantSource clock;
  private final Instant startedAt;
  private final Map<UploadId, Upload> open = new ConcurrentHashMap<>();
  private final MonolithicUploads inOnePiece;

  public Uploads(
      Transactions transactions,
      ContentStore content,
      BlobRows blobs,
      ReadCache cache,
      Lease lease,
      Limits limits,
      Supplier<String> generations,
      InstantSource clock) {
    this.transactions = transactions;
    this.content = content;
    this.intake = new BlobIntake(transactions, content, blobs, cache, lease, generations, clock);
    this.inOnePiece = new MonolithicUploads(content, intake, limits);
    this.limits = limits;
    this.clock = clock;
    this.startedAt = clock.instant();
  }

  /** An upload whose bytes this process has at hand. All but the volatile fields need the lock. */
  private static final class Upload {
    final RepositoryName repository;
    final ReentrantLock lock = new ReentrantLock();
    @Nullable Ingest ingest;
    @Nullable ByteArrayOutputStream small;
    boolean ended;
    boolean recorded;
    long epoch;
    volatile long sizeBytes;
    volatile Instant touchedAt;

    Upload(RepositoryName repository, boolean recorded, Instant now) {
      this.repository = repository;
      this.recorded = recorded;
      this.touchedAt = now;
    }
  }

  /**
   * Begins an upload. It holds no bytes yet, and has no row: to lose it in a crash costs its client
   * nothing but another beginning, and a row costs a forced commit. It gets its row before any of its
   * bytes are answered for, or when other processes have to know of it.
   */
  public UploadId begin(RepositoryName repository) throws IOException {
    if (open.size() >= limits.uploadsMax()) {
      throw new TooManyUploads(limits.uploadsMax());
    }
    Ingest ingest = content.begin();
    UploadId id = new UploadId(ingest.id().value());
    Upload upload = new Upload(repository, false, clock.instant());
    upload.ingest = ingest;
    upload.small = new ByteArrayOutputStream();
    open.put(id, upload);
    if (transactions.shared()) {
      try {
        record(id, upload);
        ingest.force(); // the next request may come to another replica
      } catch (IOException | RuntimeException e) {
        open.remove(id);
        MonolithicUploads.discard(ingest, e);
        throw e;
      }
    }
    return id;
  }

  /** Gives an upload its row, from which it goes on after a restart. Callers hold its lock. */
  private void record(UploadId id, Upload upload) throws IOException {
    if (!upload.recorded) {
      transactions.write(h -> {
        insert(h, id, upload);
        return true;
      });
      upload.recorded = true;
    }
  }

  private void insert(Handle h, UploadId id, Upload upload) {
    Instant now = clock.instant();
    rows.insert(h, id, repositories.ensure(h, upload.repository, now), now);
  }

  /**
   * Appends one chunk.
   *
   * @param offset where the client believes the chunk begins; empty if it does not say
   * @return the new size of the upload in bytes
   * @throws ChunkOutOfOrder if {@code offset} is not the present size; nothing was written
   * @throws IOException if the client went away or the disk refuses; what arrived before stays, and
   *     the client can ask for the size and go on from there. On a full disk the upload is given up
   */
  public long append(RepositoryName repository, UploadId id, OptionalLong offset, Chunk chunk)
      throws IOException {
    return with(
        repository,
        id,
        (upload, ingest) -> {
          record(id, upload);
          append(id, upload, ingest, offset, chunk);
          ingest.force(); // before it is answered: the client goes on from there
          confirm(id, upload);
          return upload.sizeBytes;
        });
  }

  /** How many bytes the upload holds. Does not wait for a request that is adding to it. */
  public long size(RepositoryName repository, UploadId id) throws IOException {
    Upload upload = find(repository, id);
    if (upload.lock.isLocked()) {
      return upload.sizeBytes;
    }
    return with(repository, id, (present, ingest) -> present.sizeBytes);
  }

  /**
   * Appends a last chunk, if there is one, and makes the upload a blob of its repository.
   *
   * @throws DigestMismatch if the bytes are not what was promised; the upload is over, nothing stays
   */
  public void finish(
      RepositoryName repository, UploadId id, Digest promised, OptionalLong offset, Chunk last)
      throws IOException {
    with(
        repository,
        id,
        (upload, ingest) -> {
          append(id, upload, ingest, offset, last);
          ByteArrayOutputStream small = upload.small;
          BlobIntake.Target target =
              new BlobIntake.Target(
                  repository,
                  promised,
                  upload.recorded
                      ? Optional.of(new UploadRows.Claim(id, upload.epoch))
                      : Optional.empty());
          Digest received = ingest.digest(promised.algorithm());
          if (!received.equals(promised)) {
            end(id, upload);
            throw new DigestMismatch(promised, received);
          }
          if (small != null) {
            intake.addSmall(target, small.toByteArray());
            ingest.discard();
          } else {
            intake.add(target, ingest);
          }
          upload.ended = true;
          open.remove(id);
          log.info(
              "blob stored repository={} digest={} bytes={}",
              repository,
              promised,
              upload.sizeBytes);
          return true;
        });
  }

  /** Gives an upload up. */
  public void cancel(RepositoryName repository, UploadId id) throws IOException {
    with(
        repository,
        id,
        (upload, ingest) -> {
          end(id, upload);
          return true;
        });
  }

  /**
   * Receives a blob in one piece.
   *
   * @throws DigestMismatch if the bytes are not what was promised; nothing stays
   */
  public void put(RepositoryName repository, Digest promised, Chunk chunk) throws IOException {
    inOnePiece.put(repository, promised, chunk);
  }

  /**
   * Takes a file of this machine over as a blob, by a second name where the file system allows. The
   * file is only read.
   *
   * @throws DigestMismatch if the bytes are not what was promised; nothing stays
   */
  public void adopt(RepositoryName repository, Digest promised, Path file) throws IOException {
    inOnePiece.adopt(repository, promised, file);
  }

  /**
   * Makes a blob of bytes that the store has and that no row knows, after a database was lost. Their
   * digest is for a check to verify.
   */
  public void record(RepositoryName repository, BlobKey key, long sizeBytes) throws IOException {
    intake.record(
        new BlobIntake.Target(repository, key.digest(), Optional.empty()), key, sizeBytes);
  }

  /**
   * Gives up the uploads that nobody has touched for {@link Limits#idleMax}. After a restart every
   * upload gets that time anew.
   *
   * @return how many were given up
   */
  public int giveUpIdle() throws IOException {
    Instant limit = clock.instant().minus(limits.idleMax());
    if (transactions.shared()) {
      return giveUpUntouched(limit);
    }
    int givenUp = 0;
    Set<UploadId> all = new LinkedHashSet<>(transactions.read(rows::all));
    all.addAll(open.keySet());
    for (UploadId id : all) {
      Upload upload = open.get(id);
      Instant touchedAt = upload == null ? startedAt : upload.touchedAt;
      if (!touchedAt.isAfter(limit) && giveUp(id)) {
        givenUp++;
      }
    }
    return givenUp;
  }

  /** What is going on here is noted before anybody judges by what is noted. */
  private int giveUpUntouched(Instant limit) throws IOException {
    Set<UploadId> recorded = new HashSet<>(transactions.read(rows::all));
    for (Map.Entry<UploadId, Upload> known : open.entrySet()) {
      Upload upload = known.getValue();
      if (upload.lock.isLocked()) {
        UploadRows.Claim claim = new UploadRows.Claim(known.getKey(), upload.epoch);
        transactions.write(h -> rows.touch(h, claim, clock.instant()));
      } else if (!recorded.contains(known.getKey()) && !upload.touchedAt.isAfter(limit)) {
        letGo(known.getKey(), upload); // another replica has brought it to its end
      }
    }
    int givenUp = 0;
    for (UploadId id : transactions.read(h -> rows.untouchedSince(h, limit))) {
      if (giveUp(id)) {
        givenUp++;
      }
    }
    return givenUp;
  }

  private void letGo(UploadId id, Upload upload) throws IOException {
    if (upload.lock.tryLock()) {
      try {
        open.remove(id);
        upload.ended = true;
        if (upload.ingest != null) {
          upload.ingest.discard();
        }
      } finally {
        upload.lock.unlock();
      }
    }
  }

  /** Whether a staging file belongs to something that may still become a blob. */
  public boolean inProgress(IngestId staged) throws IOException {
    UploadId id = new UploadId(staged.value());
    return inOnePiece.inProgress(staged)
        || open.containsKey(id)
        || transactions.read(h -> rows.repository(h, id)).isPresent();
  }

  /** How many uploads are open in this process. */
  public int openUploads() {
    return open.size() + inOnePiece.open();
  }

  /** Lets go of the files; the uploads go on after a restart. */
  @Override
  public void close() throws IOException {
    recordAll();
    for (Upload upload : open.values()) {
      upload.lock.lock();
      try {
        if (upload.ingest != null) {
          upload.ingest.close();
        }
      } finally {
        upload.lock.unlock();
      }
    }
    open.clear();
  }

  /** So that those that have only begun go on after a restart that nobody was surprised by. */
  private void recordAll() {
    List<Map.Entry<UploadId, Upload>> begun =
        open.entrySet().stream().filter(entry -> !entry.getValue().recorded).toList();
    if (begun.isEmpty()) {
      return;
    }
    try {
      transactions.write(h -> {
        begun.forEach(entry -> insert(h, entry.getKey(), entry.getValue()));
        return true;
      });
    } catch (IOException e) {
      log.warn("uploads that had only begun are forgotten count={}", begun.size(), e);
    }
  }

  private boolean giveUp(UploadId id) throws IOException {
    Upload known = open.get(id);
    Optional<RepositoryName> repository =
        known != null
            ? Optional.of(known.repository)
            : transactions.read(h -> rows.repository(h, id));
    if (repository.isEmpty()) {
      return false;
    }
    try {
      cancel(repository.get(), id);
      log.info("upload given up repository={} upload={}", repository.get(), id);
      return true;
    } catch (UploadUnknown | UploadBusy e) {
      return false; // it ended by itself, or somebody came back to it
    }
  }

  private interface Step<T extends @Nullable Object> {
    T run(Upload upload, Ingest ingest) throws IOException;
  }

  private <T extends @Nullable Object> T with(RepositoryName repository, UploadId id, Step<T> step)
      throws IOException {
    Upload upload = find(repository, id);
    if (!locked(upload)) {
      throw new UploadBusy(id);
    }
    try {
      if (upload.ended) {
        throw new UploadUnknown(repository, id);
      }
      if (transactions.shared()) {
        take(repository, id, upload);
      }
      Ingest ingest = upload.ingest;
      if (ingest == null) {
        ingest = resume(repository, id, upload);
      }
      upload.touchedAt = clock.instant();
      return step.run(upload, ingest);
    } catch (IOException e) {
      if (upload.ingest != null && !upload.ingest.isOpen()) {
        upload.ingest = null; // it is over; what its store still has of it is resumed
      }
      throw e;
    } finally {
      upload.touchedAt = clock.instant();
      upload.lock.unlock();
    }
  }

  /** Makes the upload this process's own; what another has done with it since is taken up. */
  private void take(RepositoryName repository, UploadId id, Upload upload) throws IOException {
    OptionalLong epoch = transactions.read(h -> rows.epoch(h, id));
    if (upload.ingest != null && epoch.equals(OptionalLong.of(upload.epoch))) {
      return;
    }
    Ingest stale = upload.ingest;
    upload.ingest = null;
    upload.small = null;
    if (stale != null) {
      stale.close();
    }
    upload.epoch =
        transactions
            .write(h -> rows.take(h, id, clock.instant()))
            .orElseThrow(() -> {
              open.remove(id);
              return new UploadUnknown(repository, id);
            });
  }

  /** Before it is answered: nobody has taken the upload up meanwhile. */
  private void confirm(UploadId id, Upload upload) throws IOException {
    UploadRows.Claim claim = new UploadRows.Claim(id, upload.epoch);
    if (transactions.shared() && !transactions.write(h -> rows.touch(h, claim, clock.instant()))) {
      throw new UploadBusy(id);
    }
  }

  private boolean locked(Upload upload) throws IOException {
    try {
      return upload.lock.tryLock(limits.busyMax().toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for another request", e);
    }
  }

  private Upload find(RepositoryName repository, UploadId id) throws IOException {
    Upload known = open.get(id);
    if (known == null) {
      RepositoryName owner =
          transactions
              .read(h -> rows.repository(h, id))
              .orElseThrow(() -> new UploadUnknown(repository, id));
      known = open.computeIfAbsent(id, _ -> new Upload(owner, true, clock.instant()));
    }
    if (!known.repository.equals(repository)) {
      throw new UploadUnknown(repository, id);
    }
    return known;
  }

  private Ingest resume(RepositoryName repository, UploadId id, Upload upload) throws IOException {
    try {
      Ingest ingest = content.resume(new IngestId(id.value()));
      upload.ingest = ingest;
      upload.sizeBytes = ingest.sizeBytes();
      log.info("upload resumed repository={} upload={} bytes={}", repository, id, upload.sizeBytes);
      return ingest;
    } catch (ContentException.IngestUnknown e) {
      end(id, upload);
      UploadUnknown refusal = new UploadUnknown(repository, id);
      refusal.initCause(e);
      throw refusal;
    }
  }

  private void append(UploadId id, Upload upload, Ingest ingest, OptionalLong offset, Chunk chunk)
      throws IOException {
    if (offset.isPresent() && offset.getAsLong() != upload.sizeBytes) {
      throw new ChunkOutOfOrder(id, upload.sizeBytes, offset.getAsLong());
    }
    try {
      chunk.writeTo(piece -> {
        ByteArrayOutputStream small = upload.small;
        if (small != null && small.size() + piece.remaining() > limits.smallBytesMax()) {
          upload.small = null;
          record(id, upload); // worth going on with after a restart
        } else if (small != null) {
          MonolithicUploads.copy(piece.duplicate(), small);
        }
        ingest.append(piece);
        upload.sizeBytes = ingest.sizeBytes();
      });
    } catch (NoSpaceException e) {
      end(id, upload); // what it holds is what fills the disk
      throw e;
    }
  }

  private void end(UploadId id, Upload upload) throws IOException {
    upload.ended = true;
    open.remove(id);
    if (upload.ingest != null) {
      upload.ingest.discard();
    }
    if (upload.recorded) {
      transactions.free(h -> {
        rows.delete(h, id);
        return true;
      });
    }
  }

  /** Ids of all uploads that have a row. */
  public List<UploadId> recorded() throws IOException {
    return transactions.read(rows::all);
  }
}
