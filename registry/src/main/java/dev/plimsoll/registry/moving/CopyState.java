package dev.plimsoll.registry.moving;

import static java.util.Objects.requireNonNull;

import dev.plimsoll.oci.Descriptor;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.registry.event.AuditLog;
import dev.plimsoll.transfer.TransferException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** What one job learns of a registry while it copies it, and how much it does at once. */
final class CopyState implements AutoCloseable {
  /** Blobs of one image fetched at once. */
  private static final int FETCHES_MAX = 4;

  /** So many things in a row that a registry cannot give: it is in trouble, not they. */
  private static final int TROUBLES_MAX = 5;

  /** Finds out what is wrong with a blob, if something is. */
  interface Task extends Callable<Optional<String>> {}

  /** The registry gives nothing any more. */
  static final class Unwell extends IOException {
    private static final long serialVersionUID = 1;

    Unwell(String message, Exception cause) {
      super(message, cause);
    }
  }

  private final ExecutorService threads =
      Executors.newFixedThreadPool(FETCHES_MAX, Thread.ofVirtual().name("import-", 0).factory());
  private final Set<Digest> sights = ConcurrentHashMap.newKeySet();
  private boolean listsReferrers = true;
  private int troublesInRow;

  /** Does all of them, some at once, and answers in their order; the first failure ends the rest. */
  List<Optional<String>> all(List<Task> tasks) throws IOException, InterruptedException {
    List<Optional<String>> answers = new ArrayList<>();
    List<Future<Optional<String>>> begun = new ArrayList<>();
    AuditLog.Behalf behalf = AuditLog.behalf();
    tasks.forEach(task -> begun.add(threads.submit(behalf.of(task))));
    try {
      for (Future<Optional<String>> each : begun) {
        answers.add(each.get());
      }
      return answers;
    } catch (ExecutionException e) {
      switch (requireNonNull(e.getCause())) {
        case IOException trouble -> throw trouble;
        case RuntimeException defect -> throw defect;
        default -> throw new IOException(e.getCause());
      }
    } finally {
      begun.forEach(each -> each.cancel(true));
    }
  }

  /** Whether a digest is seen for the first time. */
  boolean firstSightOf(Digest digest) {
    return sights.add(digest);
  }

  /** What refers to a manifest, where the registry has a list of it. */
  List<Digest> referrers(Origin origin, Digest subject) throws IOException, InterruptedException {
    if (!listsReferrers) {
      return List.of();
    }
    try {
      Optional<List<Descriptor>> referrers =
          origin.remote().listedReferrers(origin.name(), subject);
      listsReferrers = referrers.isPresent();
      return referrers.orElse(List.of()).stream().map(Descriptor::digest).toList();
    } catch (TransferException e) {
      return List.of(); // it gives the manifest, and not this list of it
    }
  }

  synchronized void answered() {
    troublesInRow = 0;
  }

  /**
   * The registry would not, or could not, give something that it should have.
   *
   * @return what to tell of it
   * @throws IOException if it gives nothing any more
   */
  synchronized String trouble(Exception e) throws IOException {
    Throwable cause = e instanceof IOException ? e.getCause() : e; // what all attempts came to
    boolean itsOwn = cause instanceof TransferException.Rejected || e instanceof IOException;
    troublesInRow = itsOwn ? troublesInRow + 1 : 0;
    String said = cause instanceof TransferException no ? said(no) : String.valueOf(e.getMessage());
    if (troublesInRow >= TROUBLES_MAX) {
      throw new Unwell(
          "the other registry gave nothing %d times in a row; run this again when it is well: %s"
              .formatted(TROUBLES_MAX, said),
          e);
    }
    return said;
  }

  private static String said(TransferException e) {
    return switch (e) {
      case TransferException.NotFound _ -> "it is not there";
      case TransferException.Rejected refusal ->
          "it answers %d: %s".formatted(refusal.status(), refusal.getMessage());
      default -> String.valueOf(e.getMessage());
    };
  }

  @Override
  public void close() {
    threads.shutdownNow();
    threads.close();
  }
}
