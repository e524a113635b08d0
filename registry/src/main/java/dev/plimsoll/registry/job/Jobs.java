package dev.plimsoll.registry.job;

import dev.plimsoll.foundation.NoSpaceException;
import dev.plimsoll.registry.event.AuditLog;
import dev.plimsoll.registry.repository.RegistryException.JobRefused;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The long work of a registry, one of each kind at a time. Safe for many threads. */
public final class Jobs {
  private static final Logger log = LoggerFactory.getLogger(Jobs.class);
  private static final Duration STOP_MAX = Duration.ofSeconds(30);

  /** What a job is about. */
  public enum Kind {
    CHECK,
    IMPORT,
    BACKUP,
    RESTORE,
    REBUILD
  }

  /** What a job does, until it is done or {@link Progress#done} throws. */
  public interface Work {
    void run(Progress progress) throws IOException, InterruptedException;
  }

  /**
   * A job, in progress or over.
   *
   * @param id of this run
   * @param failure why it ended early; empty while it runs, and if it came to its end
   */
  public record Status(
      long id,
      boolean inProgress,
      Instant began,
      Optional<Instant> ended,
      Optional<String> failure,
      Progress.Snapshot progress) {}

  private static final class Run {
    final long id;
    final Instant began;
    final Progress progress = new Progress();
    @Nullable Thread thread;
    @Nullable Instant ended;
    @Nullable String failure;

    Run(long id, Instant began) {
      this.id = id;
      this.began = began;
    }

    Status status() {
      return new Status(
          id,
          ended == null,
          began,
          Optional.ofNullable(ended),
          Optional.ofNullable(failure),
          progress.snapshot());
    }
  }

  private final InstantSource clock;
  private final Map<Kind, Run> runs = new EnumMap<>(Kind.class);
  private long ids;

  public Jobs(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * Begins a job; empty if one of its kind is in progress. What it changes is on record as the change
   * that the caller makes.
   */
  public synchronized Optional<Status> begin(Kind kind, Work work) {
    Run before = runs.get(kind);
    if (before != null && before.ended == null) {
      return Optional.empty();
    }
    Run run = new Run(++ids, clock.instant());
    runs.put(kind, run);
    AuditLog.Behalf behalf = AuditLog.behalf();
    run.thread =
        Thread.ofVirtual()
            .name("registry-" + kind)
            .start(() -> behalf.run(() -> carryOut(kind, run, work)));
    return Optional.of(run.status());
  }

  private void carryOut(Kind kind, Run run, Work work) {
    String failure = null;
    try {
      work.run(run.progress);
      log.info("job ended kind={} found={}", kind, run.progress.snapshot().found());
    } catch (InterruptedException e) {
      failure = "interrupted";
    } catch (JobRefused e) { // by what was asked for: its sentence says all there is to say
      failure = e.getMessage();
      log.warn("job refused kind={} reason={}", kind, failure);
    } catch (NoSpaceException e) { // so does this one
      failure = e.getMessage();
      log.warn("job ended early kind={} reason={}", kind, failure);
    } catch (IOException | RuntimeException e) {
      failure = sentence(e);
      log.warn("job ended early kind={}", kind, e);
    } finally {
      synchronized (this) {
        run.failure = failure;
        run.ended = clock.instant();
      }
    }
  }

  /** The file system's exceptions say which file, and by their class alone what about it. */
  private static String sentence(Exception e) {
    return switch (e) {
      case AccessDeniedException f -> "the server's user may not read or write " + f.getFile();
      case NoSuchFileException f -> "%s is not there, and cannot be made".formatted(f.getFile());
      case NotDirectoryException f -> f.getFile() + " is no directory";
      case FileAlreadyExistsException f -> f.getFile() + " is there already";
      default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    };
  }

  /** The one in progress, or the last one. */
  public synchronized Optional<Status> status(Kind kind) {
    return Optional.ofNullable(runs.get(kind)).map(Run::status);
  }

  public synchronized boolean inProgress(Kind kind) {
    Run run = runs.get(kind);
    return run != null && run.ended == null;
  }

  /** Ends the one in progress at its next step; beginning it again goes on from there. */
  public synchronized void cancel(Kind kind) {
    Run run = runs.get(kind);
    if (run != null) {
      run.progress.cancel();
    }
  }

  /** Cancels all, and waits for them. */
  public void close() throws InterruptedException {
    for (Kind kind : Kind.values()) {
      cancel(kind);
      Thread thread;
      synchronized (this) {
        Run run = runs.get(kind);
        thread = run == null ? null : run.thread;
      }
      if (thread != null) {
        thread.interrupt();
        thread.join(STOP_MAX);
      }
    }
  }
}
