package dev.plimsoll.engine.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.docker.container.ContainerConfig;
import dev.plimsoll.docker.container.CreateRequest;
import dev.plimsoll.docker.container.HealthConfig;
import dev.plimsoll.docker.container.HostConfig;
import dev.plimsoll.docker.container.NetworkingConfig;
import dev.plimsoll.engine.event.Event;
import dev.plimsoll.engine.log.LogRequest;
import dev.plimsoll.engine.refusal.EngineException.BadParameter;
import dev.plimsoll.engine.runtime.Conmon;
import dev.plimsoll.linux.MountTable;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is done for containers while they run, and around it. */
class ContainerCareTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @TempDir static Path directory;
  private static TestEngine engine;

  @BeforeAll
  static void open() throws Exception {
    engine = new TestEngine(directory);
  }

  @AfterAll
  static void close() throws Exception {
    engine.close();
  }

  private static Container started(
      Consumer<ContainerConfig.Draft> config, Consumer<HostConfig.Draft> host, String... command)
      throws IOException, InterruptedException {
    ContainerConfig.Draft c = ContainerConfig.NONE.draft();
    c.image = "busybox";
    c.cmd = List.of(command);
    config.accept(c);
    HostConfig.Draft h = HostConfig.NONE.draft();
    h.networkMode = "none";
    host.accept(h);
    var request = new CreateRequest(c.finish(), h.finish(), NetworkingConfig.NONE);
    String id = engine.containers.create(Optional.empty(), request, "").id().value();
    Container container = engine.containers.find(id);
    engine.containers.start(container);
    return container;
  }

  private static void remove(Container container) throws IOException, InterruptedException {
    engine.containers.remove(container, Containers.Force.YES, Containers.Volume.KEEP);
  }

  @Test
  void aRestartedContainerIsNotRemovedThoughItsEndWouldRemoveIt() throws Exception {
    Container container = started(_ -> {}, h -> h.autoRemove = true, "sleep", "100");

    engine.containers.restart(container, Optional.empty(), Optional.of(0));

    assertThat(container.gone()).isFalse();
    assertThat(container.snapshot().alive()).isTrue();
    engine.containers.stop(container, Optional.empty(), Optional.of(0));
    Awaitility.await().atMost(LIMIT).until(container::gone);
  }

  @Test
  void noGroupOfTheEngineHasAConmonInIt() throws Exception {
    Container container = started(_ -> {}, _ -> {}, "sleep", "100");

    Path pidFile = engine.containers.bundle(container.id()).directory().resolve("conmon.pid");
    Path process = Path.of("/proc", Files.readString(pidFile).strip());

    assertThat(Files.readString(process.resolve("comm"))).startsWith("conmon");
    assertThat(Files.readAllLines(process.resolve("cgroup")))
        .isNotEmpty()
        .allMatch(line -> line.endsWith(":" + engine.cgroupParent + "-conmon"));
    remove(container);
  }

  @Test
  void logsAreWholeForReadersAndFollowersWhenTheyAreTurned() throws Exception {
    Container container =
        started(
            _ -> {},
            _ -> {},
            "sh",
            "-c",
            "say() { i=0; while [ $i -lt $2 ]; do echo line $1 $i; i=$((i+1)); done; };"
                + " for b in 1 2; do say $b 800; while [ ! -f /tmp/$b ]; do sleep 0.1; done; done;"
                + " say 3 5");
    CompletableFuture<String> followed = new CompletableFuture<>();
    Thread.startVirtualThread(() -> {
      try {
        followed.complete(logs(container, ContainerLogs.Follow.YES));
      } catch (IOException | InterruptedException e) {
        followed.completeExceptionally(e);
      }
    });
    ContainerDirectory files = engine.containers.directory(container.id());
    Path log = files.log();
    for (int burst = 1; burst <= 2; burst++) {
      Path older = log.resolveSibling(log.getFileName() + "." + burst);
      Awaitility.await().atMost(LIMIT).until(() -> Files.exists(older));
      Files.createFile(files.rootfs().resolve("tmp").resolve(Integer.toString(burst)));
    }
    WaitCondition.NOT_RUNNING.await(container, container.snapshot());

    StringBuilder expected = new StringBuilder();
    for (int burst = 1; burst <= 3; burst++) {
      for (int i = 0; i < (burst == 3 ? 5 : 800); i++) {
        expected.append("line %d %d\n".formatted(burst, i));
      }
    }
    assertThat(followed.join()).isEqualTo(expected.toString());
    assertThat(logs(container, ContainerLogs.Follow.NO)).isEqualTo(expected.toString());
    remove(container);
  }

  private static String logs(Container container, ContainerLogs.Follow follow)
      throws IOException, InterruptedException {
    var out = new ByteArrayOutputStream();
    engine
        .containers
        .logs()
        .write(
            container,
            LogRequest.everything(true, true),
            new LogOutput(out, false, false, Optional.empty()),
            follow);
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void aHealthCheckThatTakesTooLongIsEndedWithAllThatItStarted() throws Exception {
    Instant begun = Instant.now();
    Container container =
        started(
            c ->
                c.healthcheck =
                    new HealthConfig(
                        List.of("CMD-SHELL", "sleep 1234; true"),
                        200_000_000L,
                        2_000_000_000L,
                        1,
                        0,
                        0),
            _ -> {},
            "sleep",
            "100");

    Awaitility.await().atMost(LIMIT).until(() -> !events(container, begun, "exec_die").isEmpty());
    List<Event> died = events(container, begun, "exec_die");
    assertThat(events(container, begun, "exec_create: /bin/sh -c sleep 1234; true"))
        .first()
        .extracting(event -> event.attributes().get("execID"))
        .isEqualTo(died.getFirst().attributes().get("execID"));
    assertThat(events(container, begun, "exec_start: /bin/sh -c sleep 1234; true")).isNotEmpty();
    Awaitility.await()
        .atMost(LIMIT)
        .untilAsserted(() ->
            assertThat(container.snapshot().health())
                .satisfies(health ->
                    assertThat(health.log().getFirst().output())
                        .isEqualTo("Health check exceeded timeout (2s)")));
    engine.containers.pause(container); // no further check begins
    Awaitility.await()
        .atMost(LIMIT)
        .until(() ->
            engine.containers.top(container, "-eo pid,args").processes().stream()
                .noneMatch(line -> line.toString().contains("1234")));
    remove(container);
  }

  @Test
  void aTerminalThatIsLeftCanBeComeBackTo() throws Exception {
    Container container =
        started(
            c -> {
              c.tty = true;
              c.openStdin = true;
              c.stdinOnce = true;
            },
            _ -> {},
            "sh",
            "-c",
            "read a; read b; echo heard $a $b; exit 3");

    talk(container, "first\n\u0010\u0011"); // and the detach keys
    assertThat(container.snapshot().alive()).isTrue();
    String heard = talk(container, "second\n");

    assertThat(heard).contains("heard first second");
    assertThat(WaitCondition.NOT_RUNNING.await(container, container.snapshot())).isEqualTo(3);
    remove(container);
  }

  private static String talk(Container container, String said)
      throws IOException, InterruptedException {
    var out = new ByteArrayOutputStream();
    try (Attachment attachment =
        engine.containers.attach(container, new AttachRequest(false, true, true, true, true, ""))) {
      attachment.carry(new ByteArrayInputStream(said.getBytes(StandardCharsets.UTF_8)), out);
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void whatHappensIsToldInTheOrderOfDockers() throws Exception {
    Instant begun = Instant.now();
    Container container = started(_ -> {}, _ -> {}, "sleep", "100");
    engine.containers.restart(container, Optional.empty(), Optional.of(0));
    engine.containers.stop(container, Optional.empty(), Optional.of(0));
    remove(container);

    assertThat(
            engine
                .events
                .between(event -> event.id().equals(container.id().value()), begun, Instant.now())
                .stream()
                .map(Event::action))
        .containsExactly(
            "create", "start", "kill", "kill", "die", "stop", "start", "restart", "kill", "kill",
            "die", "stop", "destroy");
  }

  @Test
  void anotherContainerThatIsNotThereIsNoMissingImage() {
    assertThatThrownBy(() -> started(_ -> {}, h -> h.networkMode = "container:nosuch", "true"))
        .isInstanceOf(BadParameter.class)
        .hasMessage("No such container: nosuch");
    assertThatThrownBy(() -> started(_ -> {}, h -> h.volumesFrom = List.of("nosuch"), "true"))
        .isInstanceOf(BadParameter.class)
        .hasMessage("No such container: nosuch");
  }

  @Test
  void aStartThatWasCutShortLeavesNothing() throws Exception {
    Container cut = started(_ -> {}, h -> h.ipcMode = "shareable", "sleep", "100");
    ContainerState.Running running = cut.snapshot().running().orElseThrow();
    // Killed after the runtime had made its process, and before that was written down.
    new ContainerRows(engine.database).saveState(cut.snapshot().with(new ContainerState.Created()));

    engine.restart(() -> {});

    Container found = engine.containers.find(cut.id().value());
    ContainerDirectory files = engine.containers.directory(cut.id());
    assertThat(found.snapshot().state()).isEqualTo(new ContainerState.Created());
    assertThat(MountTable.read().below(files.data())).isEmpty();
    assertThat(files.run()).doesNotExist();
    Awaitility.await().atMost(LIMIT).until(() -> !Conmon.isAlive(running.process()));
    Path exit = engine.run.resolve("exits").resolve(cut.id().value());
    Awaitility.await().atMost(LIMIT).until(() -> !Files.exists(exit));
    engine.containers.start(found);
    assertThat(found.snapshot().alive()).isTrue();
    remove(found);
  }

  private static List<Event> events(Container container, Instant since, String action) {
    return engine.events.between(
        event -> event.id().equals(container.id().value()) && event.action().equals(action),
        since,
        Instant.now());
  }
}
