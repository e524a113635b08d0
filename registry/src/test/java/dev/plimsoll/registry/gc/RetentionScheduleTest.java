package dev.plimsoll.registry.gc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.content.LocalDisk;
import dev.plimsoll.foundation.settings.YamlValue;
import dev.plimsoll.registry.repository.BlobRows;
import dev.plimsoll.registry.repository.ImageRemoval;
import dev.plimsoll.registry.repository.ReadCache;
import dev.plimsoll.registry.repository.RegistryException.RetentionOff;
import dev.plimsoll.registry.retention.Decision;
import dev.plimsoll.registry.retention.PolicyFile;
import dev.plimsoll.registry.retention.Pulls;
import dev.plimsoll.registry.retention.Retention;
import dev.plimsoll.registry.retention.RetentionSchedule;
import dev.plimsoll.registry.retention.RetentionSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When the rules run by themselves, and what keeps them from it. */
class RetentionScheduleTest {
  private static final String RULES =
      """
      rules:
      - name: young
        repositories: ['**']
        tags: ['v*']
        keep: {pushed-within: 30d}
      """;

  @TempDir private Path directory;
  private Bench bench;
  private Pulls pulls;
  private Optional<String> off = Optional.empty();
  private Retention retention;
  private RetentionSchedule schedule;

  @BeforeEach
  void start() throws Exception {
    bench = new Bench(directory, new LocalDisk(), Instant.parse("2026-03-01T00:00:00Z"));
    pulls = new Pulls(bench.transactions, bench);
    retention =
        new Retention(
            bench.transactions,
            new ImageRemoval(
                bench.transactions,
                new BlobRows(),
                new ReadCache(0),
                100,
                pulls::notedSince,
                bench),
            pulls,
            new Deadlines(
                bench.transactions,
                bench,
                () -> Duration.between(Instant.EPOCH, bench.instant()).toNanos()),
            Duration.ofDays(7),
            () -> off,
            bench);
    Path rules = Files.writeString(directory.resolve("rules.yaml"), RULES);
    schedule =
        new RetentionSchedule(
            retention, RetentionSettings.OFF.withPolicy(rules), bench.transactions, bench);
  }

  @AfterEach
  void stop() throws Exception {
    pulls.close();
    bench.close();
  }

  private void push(int images) throws IOException {
    for (int i = 0; i < images; i++) {
      push("v" + i);
    }
  }

  private void push(String tag) throws IOException {
    bench.push(tag, tag.getBytes(StandardCharsets.UTF_8));
  }

  private int tags() throws IOException {
    return bench.transactions.read(
        h -> h.createQuery("SELECT COUNT(*) FROM tags").mapTo(Integer.class).one());
  }

  @Test
  void whatIsDueWaitsWhileSomethingSpeaksAgainstDeleting() throws Exception {
    push(1);
    bench.pass(Duration.ofDays(31));
    off = Optional.of("the registry is read-only: moving house");

    assertThat(schedule.turn()).isFalse();
    assertThatThrownBy(() ->
            retention.run(
                PolicyFile.read(YamlValue.parse("rules", RULES)),
                Retention.Mode.REAL,
                Optional.empty(),
                _ -> {}))
        .isInstanceOf(RetentionOff.class)
        .hasMessage("retention is off: the registry is read-only: moving house");
    assertThat(tags()).isEqualTo(1);

    off = Optional.empty();
    assertThat(schedule.turn()).isTrue();
    assertThat(tags()).isZero();
  }

  @Test
  void aRunThatWouldDeleteMoreThanHalfWaitsForSomebodyToRunIt() throws Exception {
    push(12);
    bench.pass(Duration.ofDays(31));
    for (int i = 0; i < 10; i++) {
      push("latest" + i);
    }

    assertThat(schedule.turn()).isFalse();
    assertThat(tags()).isEqualTo(22);
    assertThat(schedule.heldBack())
        .hasValueSatisfying(reason ->
            assertThat(reason)
                .contains("would delete 12 of 22 tags", "12 of 22 manifests", "more than 50 %")
                .contains("plimsoll registry retain --dry-run"));
    bench.pass(Duration.ofHours(23));
    push("latest10");
    push("latest11");
    assertThat(schedule.turn()).as("not looked at again before its time").isFalse();

    bench.pass(Duration.ofHours(1));
    assertThat(schedule.turn()).as("no more than half by now").isTrue();
    assertThat(tags()).isEqualTo(12);
    assertThat(schedule.heldBack()).isEmpty();
  }

  @Test
  void aFewImagesGoHoweverFewThereAre() throws Exception {
    push(10);
    bench.pass(Duration.ofDays(31));

    assertThat(schedule.turn()).isTrue();
    assertThat(tags()).isZero();
  }

  @Test
  void whatWasHeldBackIsDoneWhenSomebodyRunsIt() throws Exception {
    push(11);
    bench.pass(Duration.ofDays(31));
    assertThat(schedule.turn()).isFalse();

    retention.run(schedule.policy().orElseThrow(), Retention.Mode.REAL, Optional.empty(), _ -> {});

    assertThat(tags()).isZero();
    assertThat(schedule.heldBack()).isEmpty();
  }

  @Test
  void whatSomebodyRestoredIsLeftAloneForAsLongAsTheTrashKeepsThings() throws Exception {
    push("v1");
    bench.pass(Duration.ofDays(31));
    schedule.turn();
    assertThat(tags()).isZero();
    bench.trash.restore(
        bench.trash.list(Optional.empty(), Long.MAX_VALUE, 1).getFirst().id(), "ada");

    List<Decision> decisions = new ArrayList<>();
    bench.pass(Duration.ofDays(6));
    retention.run(
        PolicyFile.readForTrial(YamlValue.parse("rules", RULES.replaceAll("\\n *keep.*", ""))),
        Retention.Mode.REAL,
        Optional.empty(),
        decisions::add);

    assertThat(decisions).hasSize(2).noneMatch(Decision::deletes);
    assertThat(decisions.getFirst().reason().text())
        .matches("sha256:.* was restored at 2026-04-01T00:00:00Z; rules leave it alone for 7d");
    bench.pass(Duration.ofDays(26));
    schedule.turn();
    assertThat(tags()).isZero();
  }
}
