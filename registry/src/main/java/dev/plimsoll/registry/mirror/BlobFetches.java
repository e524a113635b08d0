package dev.plimsoll.registry.mirror;

import dev.plimsoll.oci.Descriptor;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.registry.mirror.UpstreamTrouble.Kind;
import dev.plimsoll.registry.repository.Uploads;
import dev.plimsoll.transfer.BlobSink;
import dev.plimsoll.transfer.Pause;
import dev.plimsoll.transfer.TransferException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The downloads in progress: one for each blob, however many follow it. Safe for many threads. */
final class BlobFetches {
  private static final Logger log = LoggerFactory.getLogger(BlobFetches.class);

  /** A blob, and where it comes from. */
  record Source(UpstreamLine line, RepositoryName repository, Descriptor blob) {}

  private final Path directory;
  private final Uploads uploads;
  private final Asking threads;
  private final MirrorCounts counts;
  private final int most;
  private final Map<Upstream, Semaphore> places = new ConcurrentHashMap<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Key, BlobFetch> inProgress = new HashMap<>();

  private record Key(RepositoryName repository, Digest digest) {
    static Key of(Source source) {
      return new Key(source.repository(), source.blob().digest());
    }
  }

  /**
   * Begins with an empty directory: what lies there was on its way when the last process ended.
   *
   * @param most downloads at once from one upstream; more wait, and only for others of their upstream
   */
  BlobFetches(Path directory, Uploads uploads, Asking threads, MirrorCounts counts, int most)
      throws IOException {
    this.directory = directory;
    this.uploads = uploads;
    this.threads = threads;
    this.counts = counts;
    this.most = most;
    Files.createDirectories(directory);
    try (Stream<Path> left = Files.list(directory)) {
      for (Path file : left.toList()) {
        Files.delete(file);
      }
    }
  }

  /** Follows the download of a blob that is coming already; the upstream has told its size. */
  Optional<ComingBlob> joined(RepositoryName repository, Digest digest) throws IOException {
    lock.lock();
    try {
      @Nullable BlobFetch known = inProgress.get(new Key(repository, digest));
      return known == null ? Optional.empty() : followed(known);
    } finally {
      lock.unlock();
    }
  }

  /** How large a blob is that is coming; empty if it is not. */
  OptionalLong sizeBytesOf(RepositoryName repository, Digest digest) {
    lock.lock();
    try {
      @Nullable BlobFetch known = inProgress.get(new Key(repository, digest));
      return known == null ? OptionalLong.empty() : OptionalLong.of(known.blob().size());
    } finally {
      lock.unlock();
    }
  }

  private static Optional<ComingBlob> followed(BlobFetch fetch) throws IOException {
    return fetch
        .follow()
        .map(stream -> new ComingBlob.Followed(fetch.blob().size(), stream, fetch::awaitStored));
  }

  /** Follows the download of this blob, which begins now unless it is going on. */
  ComingBlob follow(Source source) throws IOException {
    lock.lock();
    try {
      @Nullable BlobFetch known = inProgress.get(Key.of(source));
      Optional<ComingBlob> coming = known == null ? Optional.empty() : followed(known);
      if (coming.isEmpty()) {
        BlobFetch fetch = new BlobFetch(directory, source.blob());
        coming = followed(fetch);
        inProgress.put(Key.of(source), fetch);
        threads.begin(() -> run(source, fetch));
      }
      return coming.orElseThrow();
    } finally {
      lock.unlock();
    }
  }

  /** Clients that follow a download. */
  int followers() {
    lock.lock();
    try {
      return inProgress.values().stream().mapToInt(BlobFetch::followers).sum();
    } finally {
      lock.unlock();
    }
  }

  /** Bytes of the disk that the downloads in progress will still take. */
  long pendingBytes() {
    lock.lock();
    try {
      return inProgress.values().stream().mapToLong(BlobFetch::pendingBytes).sum();
    } finally {
      lock.unlock();
    }
  }

  /** Hands a blob on to one client, which is all that becomes of it. */
  void pass(Source source, ComingBlob.Client client) throws IOException {
    try {
      bring(source, new PassingBlob(source.blob().digest().algorithm(), client));
    } catch (UpstreamTrouble e) {
      throw BlobBroken.lost(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while passing a blob on");
    }
  }

  private void run(Source source, BlobFetch fetch) {
    try {
      bring(source, fetch);
      counts.received(source.line().upstream(), source.blob().size());
      uploads.put(source.repository(), source.blob().digest(), fetch.content());
      fetch.stored();
    } catch (UpstreamTrouble e) {
      fetch.failed(e);
    } catch (IOException | RuntimeException e) {
      log.warn(
          "mirrored blob not stored repository={} digest={}: {}",
          source.repository(),
          source.blob().digest(),
          e.getMessage());
      fetch.failed(e);
    } catch (InterruptedException e) {
      fetch.failed(e); // the registry is closing
      Thread.currentThread().interrupt();
    } finally {
      end(source, fetch);
    }
  }

  /** Downloads the blob when there is a place for it, and if the upstream may still be asked then. */
  private void bring(Source source, BlobSink sink)
      throws UpstreamTrouble, IOException, InterruptedException {
    UpstreamLine line = source.line();
    Semaphore place = places.computeIfAbsent(line.upstream(), _ -> new Semaphore(most, true));
    place.acquire();
    try {
      line.refuseInPause();
      line.remote()
          .fetch(
              line.upstream().remote(source.repository()),
              source.blob(),
              sink,
              Pause.BRIEF_OR_NONE);
    } catch (OwnTrouble e) {
      throw e.itself();
    } catch (BlobBroken e) { // this blob alone: the upstream is not down
      throw line.noted(
          new UpstreamTrouble(
              Kind.GARBAGE,
              "%s sent something wrong: %s".formatted(line.upstream().url(), e.getMessage()),
              e));
    } catch (IOException | TransferException e) {
      throw line.noted(Asking.trouble(line.upstream(), e));
    } finally {
      place.release();
    }
  }

  private void end(Source source, BlobFetch fetch) {
    lock.lock();
    try {
      inProgress.remove(Key.of(source), fetch);
    } finally {
      lock.unlock();
    }
    for (AutoCloseable part : List.<AutoCloseable>of(fetch, fetch::release)) {
      try {
        part.close();
      } catch (Exception e) {
        log.warn("mirror's file not released digest={}", source.blob().digest(), e);
      }
    }
  }
}
