package dev.plimsoll.engine.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.plimsoll.docker.DockerClient;
import dev.plimsoll.engine.BusyboxArchive;
import dev.plimsoll.engine.image.TestRegistry;
import dev.plimsoll.http.client.RequestBody;
import dev.plimsoll.linux.power.FileSystemKind;
import dev.plimsoll.linux.power.PowerCutDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The power goes while two clients use an engine: whatever was answered is there afterwards and
 * whole, what was not is there wholly or not at all, and asking again works. On each file system
 * that the kernel has.
 *
 * <p>{@code -Dplimsoll.power-cuts=N} makes N cuts on each; {@code -Dplimsoll.seed=S} repeats a run.
 */
class PowerCutTest {
  private static final int CUTS = Integer.getInteger("plimsoll.power-cuts", 2);
  private static final long SEED = Long.getLong("plimsoll.seed", System.nanoTime());
  private static final int MILLIS_MAX = 1200;
  private static final int LUMPS = 300;

  @TempDir private Path root;
  private TestRegistry registry;
  private Path run;

  @BeforeEach
  void open() throws IOException {
    registry = new TestRegistry();
    run = Files.createTempDirectory(Path.of("/run"), "pl");
  }

  @AfterEach
  void close() {
    registry.close();
  }

  @ParameterizedTest
  @EnumSource
  void whatWasAnsweredSurvives(FileSystemKind kind) throws Exception {
    assumeThat(kind.supported()).isTrue();
    System.out.printf("power cuts on %s: %d, seed %d%n", kind, CUTS, SEED);
    try (PowerCutDisk disk = PowerCutDisk.make(kind, Files.createDirectory(root.resolve("d")))) {
      Rounds rounds = new Rounds(disk, new TestHost(disk.path().resolve("data"), run));
      try {
        rounds.run();
      } finally {
        rounds.host.wipe();
      }
    }
  }

  /** All cuts of one disk. */
  private final class Rounds {
    private final PowerCutDisk disk;
    private final TestHost host;
    private final Random random = new Random(SEED);
    private final Path log = root.resolve("engine.log");
    private final List<Client> clients =
        List.of(
            new Client(new ImageWork(new Random(SEED + 1), registry)),
            new Client(new ContainerWork(new Random(SEED + 2))));
    private int answers;

    Rounds(PowerCutDisk disk, TestHost host) {
      this.disk = disk;
      this.host = host;
    }

    void run() throws Exception {
      byte[] busybox =
          Files.readAllBytes(BusyboxArchive.in(Files.createDirectory(root.resolve("busybox"))));
      EngineProcess engine = EngineProcess.start(host.data(), host.run(), log);
      try {
        Inventory.complete(
            engine.client(),
            engine.client().request("POST", "/images/load").body(RequestBody.of(busybox)));
        for (int cut = 1; cut <= CUTS; cut++) {
          workUntilCut(engine);
          engine.kill();
          host.wipe();
          disk.restore();
          Files.createDirectories(host.run());
          engine = EngineProcess.start(host.data(), host.run(), log);
          for (Client client : clients) {
            client.settle(engine.client(), "cut %d of seed %d".formatted(cut, SEED));
          }
          Leftovers.requireNone(host);
        }
        System.out.printf("%d answers were true after %d cuts%n", answers, CUTS);
        engine.close();
      } finally {
        engine.kill();
      }
    }

    /** Half of the cuts come after so many answers, at once; the others at any moment. */
    private void workUntilCut(EngineProcess engine) throws Exception {
      var left = new AtomicInteger(random.nextBoolean() ? 1 + random.nextInt(40) : 1 << 20);
      var lastAnswer = new CompletableFuture<Void>();
      var cut = new CompletableFuture<Void>();
      Runnable answered =
          () -> {
            if (left.decrementAndGet() == 0) {
              lastAnswer.complete(null);
            }
          };
      List<CompletableFuture<Integer>> working =
          clients.stream().map(client -> client.work(engine.client(), answered, cut)).toList();
      // The time is also the limit of the other kind.
      lastAnswer
          .completeOnTimeout(null, 50 + random.nextInt(MILLIS_MAX), TimeUnit.MILLISECONDS)
          .join();
      disk.writeSome(random, random.nextInt(LUMPS));
      cut.complete(null);
      disk.cut();
      engine.kill();
      for (CompletableFuture<Integer> each : working) {
        answers += each.get(1, TimeUnit.MINUTES);
      }
    }
  }

  /** One client with what it was told. */
  private static final class Client {
    private final Work work;
    private final Ledger ledger = new Ledger();

    Client(Work work) {
      this.work = work;
    }

    /** Asks for one thing after the other until the cut; how many were answered. */
    CompletableFuture<Integer> work(
        DockerClient client, Runnable answered, CompletableFuture<Void> cut) {
      var done = new CompletableFuture<Integer>();
      Thread.startVirtualThread(() -> {
        int answers = 0;
        try {
          while (!cut.isDone()) {
            Operation operation = work.next(ledger.told());
            ledger.begin(operation);
            operation.request().send(client);
            ledger.answered();
            answers++;
            answered.run();
          }
          done.complete(answers);
        } catch (Throwable e) {
          if (cut.isDone()) {
            done.complete(answers);
          } else {
            done.completeExceptionally(e);
          }
        }
      });
      return done;
    }

    void settle(DockerClient client, String when) throws IOException, InterruptedException {
      Operation underWay = ledger.underWay();
      Map<String, String> found = work.found(client);
      boolean done = ledger.settle(found, when);
      work.verify(client, found);
      if (!done) {
        ledger.begin(underWay);
        underWay.request().send(client);
        ledger.answered();
        found = work.found(client);
        assertThat(found).as("again: " + underWay).isEqualTo(ledger.told());
        work.verify(client, found);
      }
    }
  }
}
