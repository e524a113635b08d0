package dev.plimsoll.engine.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.docker.container.ContainerConfig;
import dev.plimsoll.docker.container.ContainerSummary;
import dev.plimsoll.docker.container.CreateRequest;
import dev.plimsoll.docker.container.HealthConfig;
import dev.plimsoll.docker.container.HostConfig;
import dev.plimsoll.docker.container.NetworkingConfig;
import dev.plimsoll.docker.container.RestartPolicy;
import dev.plimsoll.engine.filter.Filters;
import dev.plimsoll.engine.log.LogRequest;
import dev.plimsoll.engine.refusal.EngineException.BadParameter;
import dev.plimsoll.engine.refusal.EngineException.Conflict;
import dev.plimsoll.engine.refusal.EngineException.NotFound;
import dev.plimsoll.engine.refusal.EngineException.NotModified;
import dev.plimsoll.linux.MountTable;
import dev.plimsoll.linux.Processes;
import dev.plimsoll.linux.Signal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Containers with the real runtime, conmon and overlay mounts. Needs root. */
class ContainersTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  @TempDir static Path directory;
  private static TestEngine engine;

  @BeforeAll
  static void open() throws Exception {
    engine = new TestEngine(directory);
  }

  @AfterAll
  static void close() throws Exception {
    engine.close();
    assertThat(MountTable.read().below(directory)).isEmpty();
  }

  private static Container create(Consumer<ContainerConfig.Draft> config, String... command)
      throws IOException {
    return create(config, _ -> {}, command);
  }

  private static Container create(
      Consumer<ContainerConfig.Draft> config, Consumer<HostConfig.Draft> host, String... command)
      throws IOException {
    ContainerConfig.Draft c = ContainerConfig.NONE.draft();
    c.image = "busybox";
    c.cmd = List.of(command);
    config.accept(c);
    HostConfig.Draft h = HostConfig.NONE.draft();
    h.networkMode = "none";
    host.accept(h);
    var request = new CreateRequest(c.finish(), h.finish(), NetworkingConfig.NONE);
    return engine.containers.find(
        engine.containers.create(Optional.empty(), request, "").id().value());
  }

  private static int run(Container container) throws IOException, InterruptedException {
    engine.containers.start(container);
    return WaitCondition.NOT_RUNNING.await(container, container.snapshot());
  }

  private static String said(Container container) throws IOException, InterruptedException {
    var out = new ByteArrayOutputStream();
    engine
        .containers
        .logs()
        .write(
            container,
            LogRequest.everything(true, true),
            new LogOutput(out, false, false, Optional.empty()),
            ContainerLogs.Follow.NO);
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void aCommandRunsInItsOwnWorldAndItsCodeIsKept() throws Exception {
    Container container =
        create(
            c -> {
              c.user = "app";
              c.env = List.of("A=1");
              c.hostname = "box";
            },
            "sh",
            "-c",
            "id; hostname; echo $A $IMAGE $HOME; ls /sys/class/net; exit 7");

    assertThat(run(container)).isEqualTo(7);
    assertThat(said(container))
        .contains("uid=1000(app) gid=1000(app) groups=1000(app),2000(extra)")
        .contains("box\n1 busybox")
        .contains("lo\n")
        .doesNotContain("eth0");
    assertThat(
            MountTable.read()
                .below(directory.resolve("containers").resolve(container.id().value())))
        .isEmpty();
  }

  @Test
  void whatCannotBeExecutedSaysWhyAndLeavesNothing() throws Exception {
    Container missing = create(_ -> {}, "nosuch");
    Container directory = create(_ -> {}, "/etc");

    assertThatThrownBy(() -> engine.containers.start(missing))
        .isInstanceOf(BadParameter.class)
        .hasMessageContaining("executable file not found in $PATH");
    assertThatThrownBy(() -> engine.containers.start(directory))
        .hasMessageContaining("permission denied");
    assertThat(missing.snapshot().lastEnding().map(Ending::code)).contains(127);
    assertThat(directory.snapshot().lastEnding().map(Ending::code)).contains(126);
    assertThat(missing.snapshot().state()).isEqualTo(new ContainerState.Created());
  }

  @Test
  void anAttachedClientHearsAllThatWasSaidAndIsHeard() throws Exception {
    Container container =
        create(
            c -> {
              c.openStdin = true;
              c.stdinOnce = true;
            },
            "sh",
            "-c",
            "cat; echo bye >&2");
    var out = new ByteArrayOutputStream();
    var request = new AttachRequest(false, true, true, true, false, "");

    try (Attachment attachment = engine.containers.attach(container, request)) {
      engine.containers.start(container);
      attachment.carry(new ByteArrayInputStream("hello\n".getBytes()), out);
    }

    assertThat(WaitCondition.NOT_RUNNING.await(container, container.snapshot())).isZero();
    byte[] frame = out.toByteArray();
    assertThat(frame).startsWith(1, 0, 0, 0, 0, 0, 0, 6);
    assertThat(new String(frame, 8, frame.length - 8)).isEqualTo("hello\n");
  }

  @Test
  void mountsAreAsAsked() throws Exception {
    Path source = directory.resolve("bound");
    Container container =
        create(
            c -> c.volumes = Map.of("/data", Map.of()),
            h -> {
              h.binds = List.of(source + ":/bound", "/etc:/ro:ro");
              h.tmpfs = Map.of("/t", "size=1m");
              h.readonlyRootfs = true;
            },
            "sh",
            "-c",
            "cat /data/seed; touch /bound/x /t/y && ! touch /ro/z && ! touch /w; df -k /t | tail -1");

    assertThat(run(container)).isZero();

    assertThat(said(container)).contains("from the image").contains("1024");
    assertThat(source.resolve("x")).exists();
    assertThat(engine.containers.inspect(container, List.of()).mounts()).hasSize(3);
  }

  @Test
  void limitsAndPrivilegesHold() throws Exception {
    Container container =
        create(
            _ -> {},
            h -> {
              h.memoryBytes = 32 << 20;
              h.pidsLimit = 20L;
              h.capDrop = List.of("ALL");
              h.init = true;
            },
            "sh",
            "-c",
            "grep CapEff /proc/self/status; chown 1 /tmp 2>&1; head -c 12 /proc/1/comm; cat /proc/kcore 2>/dev/null | wc -c");

    run(container);

    assertThat(said(container))
        .contains("CapEff:\t0000000000000000")
        .contains("Operation not permitted")
        .contains("docker-init")
        .endsWith("0\n");
  }

  @Test
  void outOfMemoryIsNoticed() throws Exception {
    Container container =
        create(_ -> {}, h -> h.memoryBytes = 16 << 20, "sh", "-c", "tail /dev/zero");

    assertThat(run(container)).isEqualTo(137);

    assertThat(engine.containers.inspect(container, List.of()).state().oomKilled()).isTrue();
  }

  @Test
  void stoppingAsksFirstAndThenInsists() throws Exception {
    Container polite =
        create(_ -> {}, "sh", "-c", "trap 'exit 3' TERM; while :; do sleep 0.1; done");
    Container stubborn = create(_ -> {}, "sh", "-c", "trap '' TERM; while :; do sleep 0.1; done");
    engine.containers.start(polite);
    engine.containers.start(stubborn);
    assertThatThrownBy(() -> engine.containers.start(polite)).isInstanceOf(NotModified.class);
    Awaitility.await().atMost(LIMIT).until(() -> traps(polite) && traps(stubborn));

    engine.containers.stop(polite, Optional.empty(), Optional.of(20));
    engine.containers.stop(stubborn, Optional.empty(), Optional.of(0));

    assertThat(polite.snapshot().lastEnding().map(Ending::code)).contains(3);
    assertThat(stubborn.snapshot().lastEnding().map(Ending::code)).contains(137);
    assertThatThrownBy(() -> engine.containers.stop(polite, Optional.empty(), Optional.empty()))
        .isInstanceOf(NotModified.class);
    assertThatThrownBy(() -> engine.containers.kill(polite, Signal.KILL))
        .isInstanceOf(Conflict.class)
        .hasMessageContaining("is not running");
  }

  /** Whether its process catches or ignores TERM by now. */
  private static boolean traps(Container container) throws IOException {
    long pid = container.snapshot().running().orElseThrow().process().pid();
    for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
      if (line.startsWith("SigCgt:") || line.startsWith("SigIgn:")) {
        if ((Long.parseUnsignedLong(line.substring(7).strip(), 16) & 1 << 14) != 0) {
          return true;
        }
      }
    }
    return false;
  }

  @Test
  void pausedProcessesStandStillAndAreRefusedARemoval() throws Exception {
    Container container = create(_ -> {}, "sleep", "100");
    engine.containers.start(container);

    engine.containers.pause(container);

    assertThat(container.snapshot().state().word()).isEqualTo("paused");
    assertThatThrownBy(
            () -> engine.containers.remove(container, Containers.Force.NO, Containers.Volume.KEEP))
        .hasMessageContaining("must be unpaused first");
    engine.containers.unpause(container);
    engine.containers.remove(container, Containers.Force.YES, Containers.Volume.KEEP);
    assertThat(container.gone()).isTrue();
    assertThatThrownBy(() -> engine.containers.find(container.id().value()))
        .isInstanceOf(NotFound.class);
  }

  @Test
  void aRestartPolicyTriesAsOftenAsItSays() throws Exception {
    Container container =
        create(
            _ -> {},
            h -> h.restartPolicy = new RestartPolicy("on-failure", 2),
            "sh",
            "-c",
            "exit 4");

    run(container);

    assertThat(container.snapshot().restartCount()).isEqualTo(2);
    assertThat(container.snapshot().runs()).isEqualTo(3);
    assertThat(container.snapshot().state()).isInstanceOf(ContainerState.Exited.class);
  }

  @Test
  void oneThatIsToBeRemovedIsGoneWhenItHasEnded() throws Exception {
    Container container = create(_ -> {}, h -> h.autoRemove = true, "sh", "-c", "exit 2");
    engine.containers.start(container);

    assertThat(WaitCondition.REMOVED.await(container, container.snapshot())).isEqualTo(2);
    assertThat(engine.containers.directory(container.id()).data()).doesNotExist();
  }

  @Test
  void healthIsAskedForAndShown() throws Exception {
    Container container =
        create(
            c ->
                c.healthcheck =
                    new HealthConfig(
                        List.of("CMD-SHELL", "test -f /tmp/well"), 100_000_000L, 0, 1, 0, 0),
            "sleep",
            "100");
    engine.containers.start(container);

    Awaitility.await().atMost(LIMIT).until(() -> health(container).equals("unhealthy"));
    Files.createFile(
        engine.containers.directory(container.id()).rootfs().resolve("tmp").resolve("well"));
    Awaitility.await().atMost(LIMIT).until(() -> health(container).equals("healthy"));
  }

  private static String health(Container container) {
    var health = container.snapshot().health();
    return health == null ? "" : health.status();
  }

  @Test
  void namesAreTakenGivenBackAndFound() throws Exception {
    Container one = create(_ -> {}, "true");
    Container two = create(_ -> {}, "true");
    engine.containers.rename(one, new ContainerName("first"));

    assertThatThrownBy(() -> engine.containers.rename(two, new ContainerName("first")))
        .isInstanceOf(Conflict.class)
        .hasMessageContaining("The container name \"/first\" is already in use by container");
    assertThat(engine.containers.find("/first")).isSameAs(one);
    assertThat(engine.containers.find(one.id().value().substring(0, 20))).isSameAs(one);
    engine.containers.remove(one, Containers.Force.NO, Containers.Volume.KEEP);
    engine.containers.rename(two, new ContainerName("first"));
    assertThat(engine.containers.find("first")).isSameAs(two);
  }

  @Test
  void listsAreFiltered() throws Exception {
    Container container = create(c -> c.labels = Map.of("list", "me"), "sh", "-c", "exit 42");
    run(container);

    assertThat(ids(Map.of("label", List.of("list=me")), false)).isEmpty();
    assertThat(ids(Map.of("label", List.of("list=me")), true))
        .containsExactly(container.id().value());
    assertThat(ids(Map.of("label", List.of("list=me", "from=image")), true)).hasSize(1);
    assertThat(ids(Map.of("exited", List.of("42"), "label", List.of("list")), false)).hasSize(1);
    assertThat(ids(Map.of("ancestor", List.of("busybox"), "label", List.of("list")), true))
        .hasSize(1);
    assertThat(ids(Map.of("name", List.of("^/" + container.snapshot().name() + "$")), true))
        .hasSize(1);
    assertThatThrownBy(() -> ids(Map.of("status", List.of("asleep")), true))
        .isInstanceOf(BadParameter.class);
    assertThatThrownBy(() -> ids(Map.of("bogus", List.of("x")), true))
        .isInstanceOf(BadParameter.class);
  }

  private static List<String> ids(Map<String, List<String>> filters, boolean all)
      throws IOException {
    return engine.containers.list(new ListRequest(all, 0, false, Filters.of(filters))).stream()
        .map(ContainerSummary::id)
        .toList();
  }

  @Test
  void theNextEngineTakesEverythingOver() throws Exception {
    try (var own = new TestEngine(directory.resolve("adopted"))) {
      TestEngine shared = engine;
      engine = own;
      try {
        Container running = create(_ -> {}, "sleep", "100");
        Container ending = create(_ -> {}, "sh", "-c", "sleep 100");
        Container never = create(_ -> {}, "true");
        own.containers.start(running);
        own.containers.start(ending);
        long pid = running.snapshot().running().orElseThrow().process().pid();

        own.restart(() -> {
          Processes.kill(ending.snapshot().running().orElseThrow().process().pid(), Signal.KILL);
          Awaitility.await()
              .atMost(LIMIT)
              .until(() -> Files.exists(own.run.resolve("exits").resolve(ending.id().value())));
        });

        ContainerSnapshot adopted = own.containers.find(running.id().value()).snapshot();
        assertThat(adopted.running().orElseThrow().process().pid()).isEqualTo(pid);
        ContainerSnapshot ended = own.containers.find(ending.id().value()).snapshot();
        assertThat(ended.state()).isInstanceOf(ContainerState.Exited.class);
        assertThat(ended.lastEnding().map(Ending::code)).contains(137);
        assertThat(own.containers.find(never.id().value()).snapshot().state())
            .isEqualTo(new ContainerState.Created());
        own.containers.stop(
            own.containers.find(running.id().value()), Optional.empty(), Optional.of(0));
      } finally {
        engine = shared;
      }
    }
  }
}
