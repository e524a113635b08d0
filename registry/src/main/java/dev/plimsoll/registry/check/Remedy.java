package dev.plimsoll.registry.check;

import dev.plimsoll.oci.RepositoryName;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** What is done about damage: it is named and, where there is a source, fetched from there. */
final class Remedy {
  private final Optional<RepairSource> source;
  private final Journal journal;

  Remedy(Optional<RepairSource> source, Journal journal) {
    this.source = source;
    this.journal = journal;
  }

  /** Something that is not as it should be, in the words of docs/registry/safety.md. */
  record Defect(String kind, String subject, String detail) {
    Defect and(String more) {
      return new Defect(kind, subject, detail + "; " + more);
    }

    Defect as(String other) {
      return new Defect(other, subject, detail);
    }
  }

  /** How it is put right in a repository; answers where the bytes came from. */
  interface Mend {
    String from(RepairSource source, RepositoryName repository)
        throws IOException, InterruptedException;
  }

  /**
   * Tells of a defect, once: as what it is or, if a source has what is lacking, as repaired.
   *
   * @param repositories that can see it, asked for one after the other
   */
  void tell(Defect defect, List<RepositoryName> repositories, Mend mend)
      throws IOException, InterruptedException {
    Defect told = source.isPresent() ? mended(defect, source.get(), repositories, mend) : defect;
    journal.found(told.kind(), told.subject(), told.detail());
  }

  private Defect mended(
      Defect defect, RepairSource from, List<RepositoryName> repositories, Mend mend)
      throws IOException, InterruptedException {
    String reason = "no repository can see it; the collector will take it";
    for (RepositoryName repository : repositories) {
      try {
        return defect.and("from " + mend.from(from, repository)).as(repaired(from.mode()));
      } catch (IOException e) {
        journal.progress().goOn();
        reason = repository + ": " + e.getMessage();
      }
    }
    return defect.and("not repaired: " + reason);
  }

  private static String repaired(RepairSource.Mode mode) {
    return switch (mode) {
      case REPAIR -> "repaired";
      case DRY -> "would-repair";
    };
  }
}
