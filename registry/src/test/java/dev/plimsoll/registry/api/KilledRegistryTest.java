package dev.plimsoll.registry.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.plimsoll.oci.Json;
import dev.plimsoll.registry.MemoryDirectory;
import dev.plimsoll.registry.repository.Lease;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The process of a registry is gone before a step of what it is asked for. The next one starts by
 * itself, has that done wholly or not at all, does it when it is asked again, and keeps nothing that
 * belongs to nothing.
 *
 * <p>{@code -Dplimsoll.kills=all} dies before every step of everything; without it before one of each
 * but those that are one commit like {@link #LIKE_OTHERS others}: where there is one commit alone, when
 * it is made and nobody knows, else the middle one. {@code -Dplimsoll.deed=retag} takes one alone.
 */
@AboutFiles
class KilledRegistryTest {
  private static final boolean ALL = System.getProperty("plimsoll.kills", "").equals("all");
  private static final String ONLY = System.getProperty("plimsoll.deed", "");
  private static final Set<String> LIKE_OTHERS =
      Set.of("retag", "delete of a tag", "delete of a blob", "restore from the trash", "purge");
  private static final Duration OFTEN = Duration.ofMillis(50);
  private static final Duration HOUR = Duration.ofHours(1);

  /** More at once would be time that nobody has seen pass. */
  private static final Duration SEEN = Duration.ofMinutes(9);

  private static final int STEPS_MAX = 1000;
  private static final int COMMIT_STEPS = 2;
  private static final int EACH_MAX = 45;

  /** A check makes a commit for each of 256 directories, one like the other. */
  private static final int STRIDE = 50;

  @TempDir(factory = MemoryDirectory.class)
  private Path root;

  private Client other = Client.of("");
  private Deed.Surroundings around =
      new Deed.Surroundings(Path.of(""), Path.of(""), Path.of(""), "");
  private String agent = "";
  private Path data = Path.of("");
  private Map<String, String> backedUp = Map.of();

  @BeforeEach
  void furnish() throws Exception {
    agent = StepAgent.option(root);
    data = root.resolve("data");
    Path backup = root.resolve("backup");
    other = Client.start(RegistryProcess.settings(root.resolve("other"), RegistryProcess.NOBODY));
    Deed.furnish(other);
    around =
        new Deed.Surroundings(Trees.ofImages(root), backup, root.resolve("target"), other.url());
    condemn();
    try (Client client = begin(furnished())) {
      Deed.furnish(client);
      Deed.none(Deed.job(client, "backup", "?to=" + backup));
      backedUp = Seen.of(client);
    }
  }

  /** A blob whose lease is over is the collector's. */
  private void condemn() throws Exception {
    Lease none = new Lease(Duration.ZERO);
    try (Client client =
        Client.start(
            RegistryProcess.settings(
                furnished(), other.url(), none, HOUR, RegistryProcess.NEVER))) {
      client.blob("team/app", Deed.CONDEMNED);
      await()
          .until(() ->
              Json.tree(client.send("POST", "/plimsoll/v1/gc").body()).path("condemned").asInt()
                  == 1);
    }
  }

  @AfterEach
  void stop() throws Exception {
    other.close();
  }

  private Path furnished() {
    return root.resolve("furnished");
  }

  private Client begin(Path of) throws IOException {
    return Client.start(RegistryProcess.settings(of, other.url()));
  }

  private RegistryProcess process() throws IOException {
    return RegistryProcess.start(root, agent);
  }

  @Test
  void nothingIsHalfDoneAndNothingIsLeftBehind() throws Exception {
    int kills = 0;
    try (RegistryProcess calm = process();
        var spare = new Spare()) {
      for (Deed deed :
          Deed.all(around).stream()
              .filter(each -> each.name().startsWith(ONLY))
              .filter(each -> ALL || !ONLY.isEmpty() || !LIKE_OTHERS.contains(each.name()))
              .toList()) {
        kills += kill(deed, outcome(deed, calm), spare);
      }
    }
    System.out.printf("%d kills of a registry%n", kills);
  }

  private int kill(Deed deed, Outcome outcome, Spare spare) throws Exception {
    int counted = outcome.steps().size();
    System.out.printf(
        "%s: %d steps: %s%n",
        deed, counted, String.join(" ", outcome.steps().subList(0, Math.min(counted, EACH_MAX))));
    if (ALL) {
      int kills = 0;
      boolean died = true;
      for (int step = 1; died || step <= counted; step += step < EACH_MAX ? 1 : STRIDE) {
        assertThat(step).isLessThan(STEPS_MAX);
        died = dieAt(deed, step, outcome, spare.next());
        kills += died ? 1 : 0;
      }
      return kills;
    }
    int step = one(counted);
    while (!dieAt(deed, step, outcome, spare.next())) {
      assertThat(--step).as("a step of %s".formatted(deed)).isPositive(); // commits are shared
    }
    return 1;
  }

  private static int one(int counted) {
    return counted == COMMIT_STEPS ? counted : (counted + 1) / 2;
  }

  @Test
  void aRestoreThatDiedIsNotTakenForARegistryAndIsCompletedByTheNext() throws Exception {
    Assumptions.assumeTrue("restore".startsWith(ONLY));
    String restore = "restore %s %s %s".formatted(around.backup(), data, other.url());
    int counted;
    try (RegistryProcess calm = process()) {
      calm.command("count");
      calm.command(restore);
      counted = calm.command("live").split(" ").length;
    }
    assertThat(restored()).isEqualTo(backedUp);
    try (var spare = new Spare()) {
      int step = ALL ? 1 : one(counted);
      int last = ALL ? counted : step;
      for (; step <= last; step++) {
        restoreDyingAt(step, restore, spare.next());
      }
    }
  }

  private void restoreDyingAt(int step, String restore, RegistryProcess process) throws Exception {
    String when = "restore, dead before step %d".formatted(step);
    Trees.delete(data);
    try (process) {
      process.command("die " + step);
      try {
        process.command(restore);
        assertThat(ALL).as("a run of fewer steps than another: %s", when).isTrue();
        return;
      } catch (IOException e) {
        assertThat(process.diedAtItsStep()).as(when).isTrue();
      }
    }
    boolean underWay = Files.exists(data.resolve("registry/restoring/note"));
    if (underWay) {
      assertThatThrownBy(() -> begin(data)).as(when).hasMessageContaining("restore");
    }
    boolean notBegun = !Files.exists(data.resolve("registry/db/registry.db"));
    if (underWay || notBegun) {
      RegistryProcess.restore(around.backup(), RegistryProcess.settings(data, other.url()));
    }
    assertThat(restored()).as(when).isEqualTo(backedUp);
  }

  private Map<String, String> restored() throws Exception {
    try (Client client = begin(data)) {
      assertThat(Deed.job(client, "check", "").toString()).isEqualTo("[]");
      return Seen.of(client);
    }
  }

  /** A process that starts while another one's remains are looked at. */
  private final class Spare implements AutoCloseable {
    private RegistryProcess waiting = process();

    Spare() throws IOException {}

    RegistryProcess next() throws IOException {
      RegistryProcess next = waiting;
      waiting = process();
      return next;
    }

    @Override
    public void close() throws IOException {
      waiting.close();
    }
  }

  /** What there is before, after, and when everything that is due has been deleted. */
  private record Outcome(
      Map<String, String> before,
      Map<String, String> after,
      Set<String> contents,
      List<String> steps) {}

  private Outcome outcome(Deed deed, RegistryProcess calm) throws Exception {
    copy(deed);
    Client client = calm.serve(data, other.url());
    Map<String, String> before = Seen.of(client);
    calm.command("count");
    deed.request().send(client);
    List<String> steps = List.of(calm.command("live").split(" "));
    Map<String, String> after = Seen.of(client);
    Deed.none(Deed.job(client, "check", ""));
    calm.command("end");
    return new Outcome(before, after, collected(new TreeSet<>(), deed.name()), steps);
  }

  /** Whether there was such a step. */
  private boolean dieAt(Deed deed, int step, Outcome outcome, RegistryProcess process)
      throws Exception {
    String when = "%s, dead before step %d".formatted(deed, step);
    copy(deed);
    boolean answered = false;
    try (process) {
      Client client = process.serve(data, other.url());
      process.command("die " + step);
      try {
        deed.request().send(client);
        answered = true;
        process.command("live");
        return false;
      } catch (IOException e) {
        assertThat(process.diedAtItsStep()).as(when).isTrue();
      }
    }
    try (Client client = begin(data)) {
      Map<String, String> found = Seen.of(client);
      compare(deed, found, answered, outcome, when);
      if (!deed.name().equals("repair")) {
        assertThat(Deed.job(client, "check", "").toString()).as(when).isEqualTo("[]");
      }
      if (deed.name().equals("backup")) {
        assertRestorable(List.of(backedUp, outcome.after()), when);
      }
      boolean told = deed.grain() == Deed.Grain.ALL_OF_IT && found.equals(outcome.after());
      if (!answered && !told) {
        deed.request().send(client);
      }
      assertThat(Seen.of(client)).as("again: " + when).isEqualTo(outcome.after());
      if (deed.name().equals("backup")) {
        assertRestorable(List.of(outcome.after()), "again: " + when);
      }
    }
    collected(outcome.contents(), when);
    return true;
  }

  private static void compare(
      Deed deed, Map<String, String> found, boolean answered, Outcome outcome, String when) {
    if (answered) {
      assertThat(found).as("answered: " + when).isEqualTo(outcome.after());
      return;
    }
    if (deed.grain() == Deed.Grain.ALL_OF_IT) {
      assertThat(found).as(when).isIn(outcome.before(), outcome.after());
      return;
    }
    var keys = new TreeSet<>(outcome.before().keySet());
    keys.addAll(outcome.after().keySet());
    keys.addAll(found.keySet());
    for (String key : keys) {
      assertThat(found.getOrDefault(key, ""))
          .as(key + ": " + when)
          .isIn(outcome.before().getOrDefault(key, ""), outcome.after().getOrDefault(key, ""));
    }
  }

  private void assertRestorable(List<Map<String, String>> expected, String when) throws Exception {
    Path restored = root.resolve("restored");
    var settings = RegistryProcess.settings(restored, other.url());
    assertThat(RegistryProcess.restore(around.target(), settings).snapshot().found())
        .as(when)
        .isZero();
    try (Client client = begin(restored)) {
      assertThat(Seen.of(client)).as("restored: " + when).isIn(expected);
    }
    Trees.delete(restored);
  }

  /**
   * What the stores have when all that is due has been deleted, which is what rows name and these
   * contents. A file without a row goes when it was seen twice, an hour apart.
   */
  private Set<String> collected(Set<String> expected, String when) throws Exception {
    var now = new AtomicReference<>(Instant.now());
    try (Client client =
        Client.start(
            RegistryProcess.settings(data, other.url(), Lease.DEFAULT, Duration.ZERO, OFTEN),
            now::get)) {
      for (Duration passed = Duration.ZERO;
          passed.compareTo(HOUR) < 0;
          passed = passed.plus(SEEN)) {
        now.updateAndGet(time -> time.plus(SEEN));
        Deed.done(client, "/gc?now");
      }
      assertThat(Deed.job(client, "check", "").toString()).as(when).isEqualTo("[]");
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(() -> {
            Stored stored = Stored.of(data);
            assertThat(stored.files()).as("files: " + when).isEqualTo(stored.rows());
          });
    }
    Set<String> contents = Stored.of(data).contents();
    if (!expected.isEmpty()) {
      assertThat(contents).as("contents: " + when).isEqualTo(expected);
    }
    Trees.delete(data);
    Trees.delete(around.target());
    return contents;
  }

  /** What the deed finds. */
  private void copy(Deed deed) throws Exception {
    Trees.delete(data);
    Trees.delete(around.target());
    Trees.copy(furnished(), data);
    deed.preparation().of(data, other.url());
  }
}
