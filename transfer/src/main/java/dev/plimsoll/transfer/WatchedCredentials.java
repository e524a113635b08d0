package dev.plimsoll.transfer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file of credentials that somebody renews while it is in use, such as passwords of a cloud's
 * registry that end after twelve hours. A file that is gone or cannot be understood leaves what was
 * read before in use. Safe for many threads.
 */
public final class WatchedCredentials {
  private static final Logger log = LoggerFactory.getLogger(WatchedCredentials.class);

  private final Path file;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile CredentialsFile content;
  private volatile @Nullable State seen;

  /** What tells a file from the one that stood there before. */
  private record State(FileTime changed, long bytes, @Nullable Object key) {}

  private WatchedCredentials(Path file, State seen, CredentialsFile content) {
    this.file = file;
    this.seen = seen;
    this.content = content;
  }

  /**
   * Reads the file.
   *
   * @throws IOException with a sentence if it cannot be read or understood
   */
  public static WatchedCredentials of(Path file) throws IOException {
    State state = state(file);
    return new WatchedCredentials(file, state, CredentialsFile.read(file));
  }

  /** As {@link CredentialsFile#of}, by what the file says now. */
  public Credentials of(String registry) {
    readIfChanged();
    return content.of(registry);
  }

  /** The same as a source, which looks into the file when what it gave was refused. */
  public CredentialsSource source(String registry) {
    return new CredentialsSource() {
      @Override
      public Credentials present() {
        return of(registry);
      }

      @Override
      public Credentials renewed() {
        return read(registry);
      }
    };
  }

  /** A file that was written over in one tick of its clock, at the same length, looks unchanged. */
  private Credentials read(String registry) {
    lock.lock();
    try {
      Credentials before = content.of(registry);
      content = CredentialsFile.read(file);
      if (!content.of(registry).equals(before)) {
        log.info("credentials of upstreams read again after a refusal file={}", file);
      }
    } catch (IOException e) {
      log.debug("credentials of upstreams not read again file={}", file, e);
    } finally {
      lock.unlock();
    }
    return content.of(registry);
  }

  private void readIfChanged() {
    @Nullable State now;
    try {
      now = state(file);
    } catch (IOException e) {
      now = null;
    }
    if (now == null ? seen == null : now.equals(seen)) {
      return;
    }
    lock.lock();
    try {
      if (now != null && now.equals(seen)) {
        return;
      }
      content = CredentialsFile.read(file);
      log.info("credentials of upstreams read again file={}", file);
    } catch (IOException e) {
      log.warn(
          "credentials of upstreams not read again, those before stay in use file={} reason={}",
          file,
          e.getMessage());
    } finally {
      seen = now;
      lock.unlock();
    }
  }

  private static State state(Path file) throws IOException {
    BasicFileAttributes of = Files.readAttributes(file, BasicFileAttributes.class);
    return new State(of.lastModifiedTime(), of.size(), of.fileKey());
  }
}
