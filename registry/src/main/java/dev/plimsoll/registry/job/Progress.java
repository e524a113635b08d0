package dev.plimsoll.registry.job;

import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** How far a job has got, and what it has found. Safe for many threads. */
public final class Progress {
  /** More findings are counted and logged, and not kept. */
  private static final int FINDINGS_MAX = 20_000;

  private final List<Finding> findings = new ArrayList<>();
  private String stage = "beginning";
  private String waiting = "";
  private long done;
  private long total;
  private long bytes;
  private long found;
  private boolean cancelled;

  /**
   * Something the person who began the job should know.
   *
   * @param kind such as {@code damaged}, {@code repaired}, {@code skipped}
   * @param subject what it is about: a digest, a tag, a file
   */
  public record Finding(String kind, String subject, String detail) {}

  /**
   * A moment of it.
   *
   * @param stage what it works on, and what it waits for now
   * @param total what {@code done} leads to; 0: nobody knows
   * @param found all findings, those that are not listed too
   */
  public record Snapshot(
      String stage, long done, long total, long bytes, long found, List<Finding> findings) {}

  /** What it works on from now on. */
  public synchronized void stage(String name, long newTotal) {
    stage = name;
    done = 0;
    total = newTotal;
  }

  /**
   * One thing is done.
   *
   * @throws InterruptedIOException if the job is to end
   */
  public synchronized void done(long sizeBytes) throws InterruptedIOException {
    done++;
    received(sizeBytes);
  }

  /**
   * So many bytes of something that is not done yet.
   *
   * @throws InterruptedIOException if the job is to end
   */
  public synchronized void received(long sizeBytes) throws InterruptedIOException {
    bytes += sizeBytes;
    goOn();
  }

  /** Throws {@link InterruptedIOException} if the job is to end. */
  public synchronized void goOn() throws InterruptedIOException {
    if (cancelled) {
      throw new InterruptedIOException("cancelled");
    }
  }

  /** It waits for so long, or for nothing any more: zero. */
  public synchronized void waits(Duration wait, String because) {
    waiting = wait.isZero() ? "" : ", waiting %d s: %s".formatted(wait.toSeconds(), because);
  }

  public synchronized void found(String kind, String subject, String detail) {
    found++;
    if (findings.size() < FINDINGS_MAX) {
      findings.add(new Finding(kind, subject, detail));
    }
  }

  /** How many findings of a kind there are among those that are kept. */
  public synchronized long count(String kind) {
    return findings.stream().filter(finding -> finding.kind().equals(kind)).count();
  }

  public synchronized Snapshot snapshot() {
    return new Snapshot(stage + waiting, done, total, bytes, found, List.copyOf(findings));
  }

  synchronized void cancel() {
    cancelled = true;
  }
}
