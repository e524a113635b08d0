package dev.plimsoll.engine.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.docker.DockerClient;
import dev.plimsoll.docker.DockerException;
import dev.plimsoll.engine.BusyboxArchive;
import dev.plimsoll.engine.image.TestRegistry;
import dev.plimsoll.http.client.RequestBody;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The engine is gone before the first, the second, the third … step of what it is asked for, and at
 * random moments between: the next engine has that done wholly or not at all, holds nothing on the
 * machine that belongs to nothing, and does it when it is asked again.
 *
 * <p>{@code -Dplimsoll.kills=all} dies before every step of everything; without it there are some
 * kills, chosen by the seed that is printed. {@code -Dplimsoll.seed=S} repeats a run, {@code
 * -Dplimsoll.scenario=start} takes one scenario alone.
 */
class StepKillTest {
  private static final boolean ALL = System.getProperty("plimsoll.kills", "").equals("all");
  private static final String ONLY = System.getProperty("plimsoll.scenario", "");
  private static final long SEED = Long.getLong("plimsoll.seed", System.nanoTime());
  private static final int SAMPLES = 6;
  private static final int RANDOM_MOMENTS = Integer.getInteger("plimsoll.moments", ALL ? 200 : 2);
  private static final int MILLIS_MAX = 250;
  private static final Duration SOON = Duration.ofSeconds(20);

  @TempDir private Path root;
  private TestHost host;
  private TestRegistry registry;
  private EngineProcess engine;
  private String agent;
  private Scenarios scenarios;
  private final Random random = new Random(SEED);

  @BeforeEach
  void start() throws Exception {
    // Overlayfs does not stack on itself, so not in a temporary directory that may be one.
    host = new TestHost(root.resolve("data"), Files.createTempDirectory(Path.of("/run"), "pl"));
    registry = new TestRegistry();
    agent = StepAgent.option(root);
    begin();
    Path archive = BusyboxArchive.in(Files.createDirectory(root.resolve("busybox")));
    load(Files.readAllBytes(archive));
    scenarios = new Scenarios(registry);
  }

  private void load(byte[] archive) throws IOException, InterruptedException {
    Inventory.complete(
        engine.client(),
        engine.client().request("POST", "/images/load").body(RequestBody.of(archive)));
  }

  private void begin() throws IOException, InterruptedException {
    engine = EngineProcess.start(host.data(), host.run(), root.resolve("engine.log"), agent);
  }

  @AfterEach
  void end() throws Exception {
    engine.kill();
    registry.close();
    host.wipe();
  }

  @Test
  void nothingIsHalfDoneAndNothingIsLeftBehind() throws Exception {
    System.out.printf("kills at steps, seed %d%n", SEED);
    int kills = 0;
    List<Scenario> all = scenarios.all().stream().filter(s -> s.name().startsWith(ONLY)).toList();
    if (ALL) {
      for (Scenario scenario : all) {
        kills += everyStep(scenario);
      }
    } else {
      for (int i = 0; i < SAMPLES; i++) {
        Scenario scenario = all.get(random.nextInt(all.size()));
        kills += dieAt(scenario, 1 + random.nextInt(scenario.stepsAbout())) ? 0 : 1;
      }
    }
    for (int i = 0; i < RANDOM_MOMENTS; i++) {
      atSomeMoment(all.get(random.nextInt(all.size())));
    }
    System.out.printf("%d kills at steps, %d at random moments%n", kills, RANDOM_MOMENTS);
  }

  private int everyStep(Scenario scenario) throws Exception {
    int step = 1;
    while (!dieAt(scenario, step)) {
      step++;
    }
    System.out.printf("%s: %d steps%n", scenario.name(), step - 1);
    return step - 1;
  }

  /** Whether the scenario was through before that step. */
  private boolean dieAt(Scenario scenario, int step) throws Exception {
    scenario.prepare().send(engine.client());
    var ledger = settled();
    ledger.begin(scenario.operation());
    engine.command("die " + step);
    boolean through;
    try {
      scenario.operation().request().send(engine.client());
      ledger.answered();
      through = engine.isAlive() && lives();
    } catch (DockerException e) {
      throw new AssertionError("%s at step %d".formatted(scenario.name(), step), e);
    } catch (IOException e) {
      through = false;
    }
    if (!through) {
      engine.kill();
      begin();
    }
    check(scenario, ledger, "%s, dead before step %d".formatted(scenario.name(), step));
    return through;
  }

  /** It may die after its answer, in what it does behind it. */
  private boolean lives() {
    try {
      engine.command("live");
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private void atSomeMoment(Scenario scenario) throws Exception {
    scenario.prepare().send(engine.client());
    var ledger = settled();
    ledger.begin(scenario.operation());
    int millis = random.nextInt(MILLIS_MAX);
    EngineProcess victim = engine;
    CompletableFuture<Void> kill =
        CompletableFuture.runAsync(
            victim::destroy, CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS));
    try {
      scenario.operation().request().send(engine.client());
      ledger.answered();
    } catch (DockerException e) {
      throw new AssertionError(scenario.name(), e);
    } catch (IOException e) {
      // the kill
    }
    kill.join();
    engine.kill();
    begin();
    check(scenario, ledger, "%s, killed after %d ms".formatted(scenario.name(), millis));
  }

  private Ledger settled() throws Exception {
    var ledger = new Ledger();
    ledger.take(found(engine.client()));
    return ledger;
  }

  private void check(Scenario scenario, Ledger ledger, String when) throws Exception {
    Awaitility.await()
        .atMost(SOON)
        .untilAsserted(() -> ledger.compare(found(engine.client()), when));
    Leftovers.requireNone(host, engine.client(), when);
    if (!ledger.settle(found(engine.client()), when)) {
      ledger.begin(scenario.operation());
      scenario.operation().request().send(engine.client());
      ledger.answered();
      Map<String, String> told = ledger.told();
      Awaitility.await()
          .atMost(SOON)
          .untilAsserted(
              () -> assertThat(found(engine.client())).as("again: " + when).isEqualTo(told));
    }
    scenario.verify().send(engine.client());
    scenario.undo().send(engine.client());
    Leftovers.requireNone(host, engine.client(), "undone: " + when);
  }

  private static Map<String, String> found(DockerClient client)
      throws IOException, InterruptedException {
    Map<String, String> found = new TreeMap<>(Inventory.containersAndVolumes(client));
    found.putAll(Inventory.states(client));
    found.putAll(Inventory.images(client, ""));
    return found;
  }
}
