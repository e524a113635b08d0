package dev.plimsoll.registry.check;

import dev.plimsoll.content.BlobKey;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.registry.check.Remedy.Defect;
import dev.plimsoll.registry.repository.Damage;
import dev.plimsoll.registry.repository.Transactions;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** Looks at every blob; what is damaged is marked, and absent for clients from then on. */
final class BlobWalk {
  private static final int PAGE = 50;

  private final Transactions transactions;
  private final CheckRows rows;
  private final Damage damage;
  private final Checks.Depth depth;
  private final Verdict verdict;
  private final Throttle throttle;
  private final Journal journal;
  private final Remedy remedy;
  private final InstantSource clock;

  BlobWalk(
      Transactions transactions,
      CheckRows rows,
      Damage damage,
      Checks.Depth depth,
      Verdict verdict,
      Throttle throttle,
      Journal journal,
      Remedy remedy,
      InstantSource clock) {
    this.transactions = transactions;
    this.rows = rows;
    this.damage = damage;
    this.depth = depth;
    this.verdict = verdict;
    this.throttle = throttle;
    this.journal = journal;
    this.remedy = remedy;
    this.clock = clock;
  }

  void run(String from) throws IOException, InterruptedException {
    journal.progress().stage("blobs", transactions.read(h -> rows.count(h, "blobs")));
    String after = from;
    while (true) {
      String begin = after;
      List<CheckRows.BlobRow> page = transactions.read(h -> rows.blobs(h, begin, PAGE));
      for (CheckRows.BlobRow blob : page) {
        blob(blob);
        journal.progress().done(blob.sizeBytes());
      }
      if (page.size() < PAGE) {
        return;
      }
      after = page.getLast().key().digest().toString();
      journal.at(Checks.Stage.BLOBS, after);
    }
  }

  /** What earlier checks have marked is repaired without being read again. */
  void repairMarked() throws IOException, InterruptedException {
    journal.forgetFindings();
    for (CheckRows.BlobRow blob : transactions.read(rows::marked)) {
      damaged(blob, "marked by an earlier check");
      journal.progress().goOn();
    }
  }

  private void blob(CheckRows.BlobRow blob) throws IOException, InterruptedException {
    BlobKey key = blob.key();
    Optional<String> wrong = wrong(blob);
    if (wrong.isEmpty()) {
      if (blob.damaged() && depth == Checks.Depth.EVERYTHING) {
        damage.unmark(key);
        journal.found("sound-again", key.digest().toString(), "its bytes are right after all");
      } else if (blob.damaged()) {
        damaged(blob, "marked by an earlier check");
      }
      return;
    }
    boolean marked = damage.mark(key, clock.instant());
    if (!marked && !blob.damaged()) {
      return; // collected, or replaced, while it was looked at
    }
    damaged(blob, wrong.get());
  }

  private Optional<String> wrong(CheckRows.BlobRow blob) throws IOException, InterruptedException {
    byte[] content = blob.content();
    if (content == null) {
      return depth == Checks.Depth.EVERYTHING
          ? verdict.byDigest(blob.key(), blob.sizeBytes())
          : verdict.bySize(blob.key(), blob.sizeBytes());
    }
    Digest digest = blob.key().digest();
    throttle.used(content.length);
    return Digest.of(digest.algorithm(), content).equals(digest)
        ? Optional.empty()
        : Optional.of("its bytes in the database are others");
  }

  private void damaged(CheckRows.BlobRow blob, String why)
      throws IOException, InterruptedException {
    Digest digest = blob.key().digest();
    remedy.tell(
        new Defect("damaged", digest.toString(), why + damage.hurtsInWords(digest)),
        damage.seenBy(digest),
        (source, repository) -> source.blob(repository, digest, blob.sizeBytes()));
  }
}
