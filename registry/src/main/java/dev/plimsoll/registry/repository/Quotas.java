package dev.plimsoll.registry.repository;

import dev.plimsoll.foundation.ByteSize;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.registry.repository.RegistryException.QuotaExceeded;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;

/** Keeps namespaces within their quotas. Safe for many threads. */
public final class Quotas {
  private final Transactions transactions;
  private final Supplier<? extends Rules> rules;

  public Quotas(Transactions transactions, Supplier<? extends Rules> rules) {
    this.transactions = transactions;
    this.rules = rules;
  }

  /** What a namespace holds. */
  public record Usage(long sizeBytes, long tags) {}

  /** A quota and how far it is used. */
  public record Level(Quota quota, Usage usage) {}

  /**
   * To be asked before bytes are taken in. What counts is what manifests name, so a push that got
   * past this can still be refused at its end.
   *
   * @param announcedBytes how much is to come; 0 if that is not known
   * @throws QuotaExceeded if there is no room for it
   */
  public void refuseIfFull(RepositoryName repository, long announcedBytes) throws IOException {
    List<Quota> quotas = rules.get().quotasOf(repository);
    if (quotas.isEmpty()) {
      return;
    }
    for (Level level : levels(quotas)) {
      long most = level.quota().bytesMax().orElse(Long.MAX_VALUE);
      long held = level.usage().sizeBytes();
      if (held >= most || announcedBytes > most - held) {
        throw refusal(level.quota(), most, held + announcedBytes);
      }
    }
  }

  /** How far each quota is used. */
  public List<Level> levels(List<Quota> quotas) throws IOException {
    return transactions.read(
        h -> quotas.stream().map(quota -> new Level(quota, usage(h, quota.namespace()))).toList());
  }

  /** What a transaction found when its turn came, to be compared with what it leaves behind. */
  static final class Turn {
    private final Handle h;
    private final List<Level> before;

    private Turn(Handle h, List<Level> before) {
      this.h = h;
      this.before = before;
    }

    /** A push that adds nothing is taken also where a quota is exceeded already. */
    void refuseIfExceeded() {
      for (Level level : before) {
        Quota quota = level.quota();
        Usage was = level.usage();
        Usage is = usage(h, quota.namespace());
        long bytesMax = quota.bytesMax().orElse(Long.MAX_VALUE);
        long tagsMax = quota.tagsMax().orElse(Long.MAX_VALUE);
        if (is.sizeBytes() > bytesMax && is.sizeBytes() > was.sizeBytes()) {
          throw refusal(quota, bytesMax, is.sizeBytes());
        }
        if (is.tags() > tagsMax && is.tags() > was.tags()) {
          throw new QuotaExceeded(quota, tagsMax + " tags", Long.toString(is.tags()));
        }
      }
    }
  }

  /** Waits for its turn on each namespace, in the order of their names so that none wait in a ring. */
  static Turn begin(Handle h, List<Quota> quotas) {
    List<Level> before = new ArrayList<>();
    List<Quota> ordered = quotas.stream().sorted(Comparator.comparing(Quota::namespace)).toList();
    for (Quota quota : ordered) {
      h.createUpdate(
              """
              INSERT INTO quota_turns (namespace, turn) VALUES (:namespace, 1)
              ON CONFLICT (namespace) DO UPDATE SET turn = quota_turns.turn + 1
              """)
          .bind("namespace", quota.namespace())
          .execute();
    }
    ordered.forEach(quota -> before.add(new Level(quota, usage(h, quota.namespace()))));
    return new Turn(h, before);
  }

  private static Usage usage(Handle h, String namespace) {
    String all =
        "SELECT COALESCE(SUM(size_bytes), 0), COALESCE(SUM(tags), 0) FROM repository_usage";
    Plain.Mapper<Usage> mapper = rs -> new Usage(rs.getLong(1), rs.getLong(2));
    Optional<Usage> usage =
        namespace.isEmpty()
            ? Plain.first(h, all, mapper)
            : Plain.first(
                h,
                all
                    + """
                     WHERE repository_id IN (
                      SELECT id FROM repositories WHERE name = ?
                      UNION ALL SELECT id FROM repositories WHERE name > ? AND name < ?)
                    """,
                mapper,
                namespace,
                namespace + "/",
                namespace + "0"); // the character after the slash
    return usage.orElseThrow();
  }

  private static QuotaExceeded refusal(Quota quota, long most, long wanted) {
    return new QuotaExceeded(quota, new ByteSize(most).toString(), new ByteSize(wanted).toString());
  }
}
