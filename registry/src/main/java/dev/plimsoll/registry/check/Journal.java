package dev.plimsoll.registry.check;

import dev.plimsoll.registry.job.Progress;
import dev.plimsoll.registry.repository.Transactions;
import java.io.IOException;
import java.time.InstantSource;

/**
 * Where a check is and what it has found: told at once, and remembered, so that one that was cut off
 * goes on with both.
 */
final class Journal {
  private final Transactions transactions;
  private final CheckRows rows;
  private final Progress progress;
  private final InstantSource clock;

  Journal(Transactions transactions, CheckRows rows, Progress progress, InstantSource clock) {
    this.transactions = transactions;
    this.rows = rows;
    this.progress = progress;
    this.clock = clock;
  }

  Progress progress() {
    return progress;
  }

  /** All before this position is done. */
  void at(Checks.Stage stage, String position) throws IOException {
    transactions.free(h -> {
      rows.at(h, stage, position);
      return true;
    });
  }

  void found(String kind, String subject, String detail) throws IOException {
    progress.found(kind, subject, detail);
    transactions.free(h -> {
      rows.found(h, kind, subject, detail, clock.instant());
      return true;
    });
  }

  /** What was found before is looked for again. */
  void forgetFindings() throws IOException {
    transactions.free(h -> {
      rows.forgetFindings(h);
      return true;
    });
  }
}
