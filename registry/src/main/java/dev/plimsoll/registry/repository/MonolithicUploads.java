package dev.plimsoll.registry.repository;

import dev.plimsoll.content.ContentStore;
import dev.plimsoll.content.Ingest;
import dev.plimsoll.content.IngestId;
import dev.plimsoll.content.IngestOptions;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.registry.repository.RegistryException.DigestMismatch;
import dev.plimsoll.registry.repository.RegistryException.TooManyUploads;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Receives blobs that come in one piece: nobody goes on with what a crash leaves of them, so they
 * have no row. Safe for many threads.
 */
final class MonolithicUploads {
  private static final Logger log = LoggerFactory.getLogger(MonolithicUploads.class);

  private final ContentStore content;
  private final BlobIntake intake;
  private final Uploads.Limits limits;
  private final Set<IngestId> staged = ConcurrentHashMap.newKeySet();
  private final AtomicInteger open = new AtomicInteger();

  MonolithicUploads(ContentStore content, BlobIntake intake, Uploads.Limits limits) {
    this.content = content;
    this.intake = intake;
    this.limits = limits;
  }

  void put(RepositoryName repository, Digest promised, Chunk chunk) throws IOException {
    if (open.incrementAndGet() > limits.uploadsMax()) {
      open.decrementAndGet();
      throw new TooManyUploads(limits.uploadsMax());
    }
    Receiver receiver = new Receiver(promised.algorithm());
    try {
      chunk.writeTo(receiver::accept);
      receiver.store(new BlobIntake.Target(repository, promised, Optional.empty()));
    } catch (IOException | RuntimeException e) {
      receiver.giveUp(e);
      throw e;
    } finally {
      receiver.forget();
      open.decrementAndGet();
    }
    log.info("blob stored repository={} digest={}", repository, promised);
  }

  void adopt(RepositoryName repository, Digest promised, Path file) throws IOException {
    BlobIntake.Target target = new BlobIntake.Target(repository, promised, Optional.empty());
    if (Files.size(file) <= limits.smallBytesMax()) {
      byte[] bytes = Files.readAllBytes(file);
      requireSame(promised, Digest.of(promised.algorithm(), bytes));
      intake.addSmall(target, bytes);
      return;
    }
    try (Ingest ingest = content.adopt(file)) {
      try {
        requireSame(promised, ingest.digest(promised.algorithm()));
        intake.add(target, ingest);
      } catch (IOException | RuntimeException e) {
        discard(ingest, e);
        throw e;
      }
    }
  }

  /** Whether these staged bytes may still become a blob. */
  boolean inProgress(IngestId id) {
    return staged.contains(id);
  }

  /** How many are coming now. */
  int open() {
    return open.get();
  }

  private static void requireSame(Digest promised, Digest received) {
    if (!received.equals(promised)) {
      throw new DigestMismatch(promised, received);
    }
  }

  /** Holds the first bytes in memory, and takes to the disk when they become many. */
  private final class Receiver {
    private final Digest.Algorithm algorithm;
    private @Nullable ByteArrayOutputStream small = new ByteArrayOutputStream();
    private @Nullable Ingest ingest;

    Receiver(Digest.Algorithm algorithm) {
      this.algorithm = algorithm;
    }

    void accept(ByteBuffer piece) throws IOException {
      if (small != null && small.size() + piece.remaining() <= limits.smallBytesMax()) {
        copy(piece, small);
        return;
      }
      if (ingest == null) {
        ingest = content.begin(IngestOptions.DEFAULT.withAlgorithms(algorithm));
        staged.add(ingest.id());
        if (small != null) {
          ingest.append(ByteBuffer.wrap(small.toByteArray()));
          small = null;
        }
      }
      ingest.append(piece);
    }

    void store(BlobIntake.Target target) throws IOException {
      Digest promised = target.digest();
      Digest received =
          ingest != null
              ? ingest.digest(promised.algorithm())
              : Digest.of(promised.algorithm(), smallBytes());
      requireSame(promised, received);
      if (ingest != null) {
        intake.add(target, ingest);
      } else {
        intake.addSmall(target, smallBytes());
      }
    }

    private byte[] smallBytes() {
      return small == null ? new byte[0] : small.toByteArray();
    }

    void giveUp(Exception cause) {
      if (ingest != null) {
        discard(ingest, cause);
      }
    }

    void forget() {
      if (ingest != null) {
        staged.remove(ingest.id());
      }
    }
  }

  static void copy(ByteBuffer piece, ByteArrayOutputStream to) {
    byte[] bytes = new byte[piece.remaining()];
    piece.get(bytes);
    to.writeBytes(bytes);
  }

  static void discard(Ingest ingest, Exception cause) {
    try {
      ingest.discard();
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }
}
