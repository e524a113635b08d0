package dev.plimsoll.registry.gc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.content.LocalDisk;
import dev.plimsoll.database.KeptStatements;
import dev.plimsoll.database.Work;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.Reference;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.oci.Tag;
import dev.plimsoll.registry.repository.Quota;
import dev.plimsoll.registry.repository.Quotas;
import dev.plimsoll.registry.repository.Rules;
import dev.plimsoll.registry.repository.Tags;
import dev.plimsoll.registry.repository.Transactions;
import dev.plimsoll.registry.retention.Pulls;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What requests and collections cost follows what they are about and not what is stored: SQLite is
 * asked how it would find the rows of every statement that they ran, and goes from the first row to
 * the last of no table that grows with what is stored.
 */
class StatementPlansTest {
  /**
   * What may be gone through: what waits to be deleted and what there is only one of, the indexes of
   * those alone, and by the names that statements give them, the rows that they have found.
   */
  private static final Set<String> SMALL =
      Set.of(
          "SCAN CONSTANT ROW",
          "SCAN backup_leases",
          "SCAN blobs USING INDEX blobs_condemned",
          "SCAN deletions",
          "SCAN deployed USING COVERING INDEX deployed_by_digest", // for its first row
          "SCAN e",
          "SCAN g",
          "SCAN garbage",
          "SCAN manifest_objects_gone USING COVERING INDEX sqlite_autoindex_manifest_objects_gone_1",
          "SCAN manifests USING INDEX manifests_without_object",
          "SCAN orphans",
          "SCAN orphans USING INDEX sqlite_autoindex_orphans_1",
          "SCAN pins USING COVERING INDEX sqlite_autoindex_pins_1", // for its first row
          "SCAN repository_usage", // a quota of the whole registry
          "SCAN restored",
          "SCAN unseen_time USING INDEX sqlite_autoindex_unseen_time_1",
          "SCAN uploads",
          "SCAN uploads USING COVERING INDEX sqlite_autoindex_uploads_1",
          "SCAN x");

  @TempDir private Path directory;

  private final Set<String> texts = new ConcurrentSkipListSet<>();

  @Test
  void noStatementGoesThroughAllThatIsStored() throws Exception {
    Bench bench =
        new Bench(
            directory,
            new LocalDisk(),
            new LocalDisk(),
            Instant.parse("2026-01-01T00:00:00Z"),
            Recording::new);
    try (bench) {
      pushAndPull(bench);
      deleteAndUndo(bench);
      collect(bench);

      assertThat(texts).hasSizeGreaterThan(60);
      assertThat(
              bench.database.<List<String>>read(h -> {
                List<String> through = new ArrayList<>();
                for (String text : new TreeSet<>(texts)) {
                  try (var statement = h.getConnection().createStatement();
                      var plan = statement.executeQuery("EXPLAIN QUERY PLAN " + text)) {
                    while (plan.next()) {
                      String step = plan.getString("detail");
                      if (step.startsWith("SCAN ") && !SMALL.contains(step)) {
                        through.add(step + ": " + text.strip());
                      }
                    }
                  } catch (java.sql.SQLException e) {
                    throw new IOException(text, e);
                  }
                }
                return through;
              }))
          .isEmpty();
    }
  }

  private static void pushAndPull(Bench bench) throws IOException {
    Digest image = bench.push("1");
    bench.push("2");
    bench.push("1", Bench.layer(2000));
    Quotas quotas = new Quotas(bench.transactions, () -> Rules.NONE);
    quotas.levels(
        List.of(
            new Quota("team", OptionalLong.of(1), OptionalLong.empty()),
            new Quota("", OptionalLong.of(1), OptionalLong.empty())));
    RepositoryName other = new RepositoryName("other");
    assertThat(bench.blobs.mount(other, Digest.sha256(Bench.LAYER), Optional.empty())).isTrue();
    assertThat(bench.blobs.has(other, Digest.sha256(Bench.LAYER))).isTrue();
    bench.manifests.get(Bench.APP, Reference.parse("2"));
    bench.manifests.referrers(Bench.APP, image, Optional.empty(), "", 10);
    assertThat(bench.manifests.knows(Bench.APP)).isTrue();
    Tags tags = new Tags(bench.transactions, 100);
    tags.page(Bench.APP, "", 10);
    tags.history(Bench.APP, new Tag("1"));
    Pulls pulls = new Pulls(bench.transactions, bench);
    pulls.pulled(Bench.APP, Reference.parse("2"), image);
    pulls.flush();
  }

  private static void deleteAndUndo(Bench bench) throws IOException {
    long tag = bench.manifests.delete(Bench.APP, new Tag("1"), "test", "test");
    bench.trash.restore(tag, "test");
    Digest image = Digest.sha256(Bench.image());
    long manifest = bench.manifests.delete(Bench.APP, image, "test", "test");
    bench.trash.list(Optional.of(Bench.APP), Long.MAX_VALUE, 10);
    bench.trash.rehearse(manifest, "test");
    bench.trash.restore(manifest, "test");
    bench.manifests.delete(Bench.APP, image, "test", "test");
    bench.trash.find(Bench.APP, image.toString());
    bench.push("1");
    bench.trash.purge(bench.manifests.delete(Bench.APP, image, "test", "test"));
  }

  private void collect(Bench bench) throws IOException {
    bench.manifests.delete(
        Bench.APP, Digest.sha256(Bench.image(Bench.layer(2000))), "test", "test");
    Housekeeping housekeeping = bench.housekeeping(directory, Duration.ofMinutes(1), Duration.ZERO);
    housekeeping.recover();
    housekeeping.round();
    bench.jump(Duration.ofDays(1)); // deadlines are moved on
    housekeeping.round();
    bench.collector.dryRun(Collector.Mode.WHEN_DUE);
    bench.collector.dryRun(Collector.Mode.NOW);
    bench.collector.waiting();
    assertThat(bench.collector.run(Collector.Mode.NOW).purged()).isPositive();
  }

  /** Notes the texts of what ran. */
  private final class Recording implements Transactions {
    private final Transactions of;

    Recording(Transactions of) {
      this.of = of;
    }

    private <T extends @Nullable Object> Work<T> noting(Work<T> work) {
      return h -> {
        T result = work.run(h);
        texts.addAll(KeptStatements.texts(h));
        return result;
      };
    }

    @Override
    public <T extends @Nullable Object> T read(Work<T> work) throws IOException {
      return of.read(noting(work));
    }

    @Override
    public <T extends @Nullable Object> T write(Work<T> work) throws IOException {
      return of.write(noting(work));
    }

    @Override
    public <T extends @Nullable Object> T free(Work<T> work) throws IOException {
      return of.free(noting(work));
    }
  }
}
