package dev.plimsoll.engine.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.plimsoll.docker.StreamFrames;
import dev.plimsoll.docker.container.CreateRequest;
import dev.plimsoll.docker.container.ExecCreateRequest;
import dev.plimsoll.docker.container.ExecInspectReply;
import dev.plimsoll.engine.container.Container;
import dev.plimsoll.engine.container.Containers;
import dev.plimsoll.engine.container.TestEngine;
import dev.plimsoll.engine.event.EventFilter;
import dev.plimsoll.engine.event.Subscription;
import dev.plimsoll.engine.refusal.EngineException.Conflict;
import dev.plimsoll.engine.refusal.EngineException.NotFound;
import dev.plimsoll.engine.runtime.RuntimeFailure;
import dev.plimsoll.linux.Directory;
import dev.plimsoll.linux.Processes;
import dev.plimsoll.linux.Signal;
import dev.plimsoll.oci.Json;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** Runs real processes in a real container. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class ExecsTest {
  private Path directory;
  private TestEngine engine;
  private Execs execs;
  private Container container;

  @BeforeAll
  void begin() throws Exception {
    directory = Files.createTempDirectory("execs");
    engine = new TestEngine(directory);
    execs = Execs.open(engine.containers, engine.run, InstantSource.system());
    container = run(Map.of());
  }

  @AfterAll
  void end() throws IOException {
    engine.close();
    try (Directory parent = Directory.open(directory.resolve(".."))) {
      parent.removeTree(directory.getFileName().toString());
    }
  }

  private Container run(Map<String, Object> more) throws Exception {
    Map<String, Object> body = new LinkedHashMap<>(more);
    body.put("Image", "busybox");
    body.put("Cmd", List.of("sleep", "1000"));
    body.put("HostConfig", Map.of("NetworkMode", "none"));
    var request = Json.read(Json.write(body), CreateRequest.class);
    Containers.Created created = engine.containers.create(Optional.empty(), request, "");
    Container made = engine.containers.find(created.id().value());
    engine.containers.start(made);
    return made;
  }

  private static ExecSettings settings(Map<String, Object> wanted) {
    Map<String, Object> body = new LinkedHashMap<>(wanted);
    body.putIfAbsent("AttachStdout", true);
    body.putIfAbsent("AttachStderr", true);
    return ExecSettings.of(Json.read(Json.write(body), ExecCreateRequest.class));
  }

  private static ExecSettings shell(String script) {
    return settings(Map.of("Cmd", List.of("sh", "-c", script)));
  }

  private record Ran(String out, String err, ExecInspectReply end) {}

  private Ran run(ExecSettings settings, InputStream in) throws Exception {
    Exec exec = execs.find(execs.create(container, settings).value());
    var bytes = new ByteArrayOutputStream();
    execs.claim(exec);
    execs.start(exec, Optional.empty(), new ExecSession(true, in, bytes));
    Map<StreamFrames.Stream, ByteArrayOutputStream> streams = new LinkedHashMap<>();
    var frames = new ByteArrayInputStream(bytes.toByteArray());
    for (var frame = StreamFrames.read(frames);
        frame.isPresent();
        frame = StreamFrames.read(frames)) {
      streams
          .computeIfAbsent(frame.get().stream(), _ -> new ByteArrayOutputStream())
          .write(frame.get().bytes());
    }
    return new Ran(
        text(streams, StreamFrames.Stream.STDOUT),
        text(streams, StreamFrames.Stream.STDERR),
        execs.inspect(exec));
  }

  private static String text(
      Map<StreamFrames.Stream, ByteArrayOutputStream> streams, StreamFrames.Stream stream) {
    return streams
        .getOrDefault(stream, new ByteArrayOutputStream())
        .toString(StandardCharsets.UTF_8);
  }

  private Ran run(ExecSettings settings) throws Exception {
    return run(settings, InputStream.nullInputStream());
  }

  @Test
  void bothStreamsAndTheExitCodeComeOut() throws Exception {
    Ran ran = run(shell("echo said; echo complained >&2; exit 7"));

    assertThat(ran.out()).isEqualTo("said\n");
    assertThat(ran.err()).isEqualTo("complained\n");
    assertThat(ran.end().exitCode()).isEqualTo(7);
    assertThat(ran.end().running()).isFalse();
    assertThat(ran.end().pid()).isPositive();
    assertThat(ran.end().containerId()).isEqualTo(container.id().value());
    assertThat(ran.end().processConfig().entrypoint()).isEqualTo("sh");
  }

  @Test
  void muchOutputComesOutWhole() throws Exception {
    Ran ran = run(shell("dd if=/dev/zero bs=65536 count=300 2>/dev/null | tr '\\0' x"));

    assertThat(ran.out()).hasSize(300 * 65536);
  }

  @Test
  void theEndOfTheClientsInputEndsTheProcessInput() throws Exception {
    byte[] input = "a\nb\nc\n".repeat(50_000).getBytes(StandardCharsets.UTF_8);

    Ran ran =
        run(
            settings(Map.of("Cmd", List.of("wc", "-c"), "AttachStdin", true)),
            new ByteArrayInputStream(input));

    assertThat(ran.out().strip()).isEqualTo(Integer.toString(input.length));
    assertThat(ran.end().exitCode()).isZero();
  }

  @Test
  void aProcessEndedByASignalHasItsNumber() throws Exception {
    assertThat(run(shell("kill -9 $$")).end().exitCode()).isEqualTo(137);
  }

  @Test
  void anUnknownCommandIsRefusedInDockersWords() throws Exception {
    Exec exec =
        execs.find(execs.create(container, settings(Map.of("Cmd", List.of("nosuch")))).value());
    execs.claim(exec);

    assertThatThrownBy(() ->
            execs.start(
                exec,
                Optional.empty(),
                new ExecSession(
                    true, InputStream.nullInputStream(), OutputStream.nullOutputStream())))
        .isInstanceOf(RuntimeFailure.class)
        .hasMessage(
            "OCI runtime exec failed: exec failed: unable to start container process: exec:"
                + " \"nosuch\": executable file not found in $PATH: unknown");
    assertThat(execs.inspect(exec).exitCode()).isEqualTo(127);
    assertThat(execs.inspect(exec).running()).isFalse();
    assertNothingLeft();
  }

  private void assertNothingLeft() {
    assertThat(engine.run.resolve("x")).isEmptyDirectory();
  }

  @Test
  void aFileThatCannotBeExecutedEndsWith126() throws Exception {
    Exec exec =
        execs.find(
            execs.create(container, settings(Map.of("Cmd", List.of("/etc/passwd")))).value());
    execs.claim(exec);

    assertThatThrownBy(() -> execs.startDetached(exec, Optional.empty()))
        .hasMessageContaining("permission denied");
    assertThat(execs.inspect(exec).exitCode()).isEqualTo(126);
  }

  @Test
  void environmentUserAndDirectoryAreAsAsked() throws Exception {
    Ran ran =
        run(
            settings(
                Map.of(
                    "Cmd",
                    List.of("sh", "-c", "id -u; id -G; pwd; echo $A $IMAGE"),
                    "Env",
                    List.of("A=1"),
                    "User",
                    "app",
                    "WorkingDir",
                    "/tmp")));

    assertThat(ran.out().lines()).containsExactly("1000", "1000 2000", "/tmp", "1 busybox");
  }

  @Test
  void aPrivilegedExecHasMoreCapabilities() throws Exception {
    String script = "grep CapEff /proc/self/status";
    Ran plain = run(shell(script));
    Ran privileged = run(settings(Map.of("Cmd", List.of("sh", "-c", script), "Privileged", true)));

    assertThat(privileged.out()).isNotEqualTo(plain.out());
  }

  @Test
  void aTerminalHasTheSizeThatWasAskedFor() throws Exception {
    var settings =
        settings(
            Map.of(
                "Cmd", List.of("sh", "-c", "stty size; tty; echo $TERM; exit 3"),
                "Tty", true,
                "ConsoleSize", List.of(33, 77)));
    Exec exec = execs.find(execs.create(container, settings).value());
    var shown = new ByteArrayOutputStream();
    execs.claim(exec);

    execs.start(
        exec, Optional.empty(), new ExecSession(false, InputStream.nullInputStream(), shown));

    assertThat(shown.toString(StandardCharsets.UTF_8).lines().toList()).first().isEqualTo("33 77");
    assertThat(shown.toString(StandardCharsets.UTF_8)).contains("/dev/").contains("xterm");
    assertThat(execs.inspect(exec).exitCode()).isEqualTo(3);
  }

  /** A shell on a terminal, typed at by the test. */
  private final class Typing implements AutoCloseable {
    final PipedOutputStream keyboard = new PipedOutputStream();
    final ByteArrayOutputStream screen = new ByteArrayOutputStream();
    final Exec exec;
    final Thread client;

    Typing() throws Exception {
      var settings = settings(Map.of("Cmd", List.of("sh"), "Tty", true, "AttachStdin", true));
      exec = execs.find(execs.create(container, settings).value());
      var in = new PipedInputStream(keyboard);
      execs.claim(exec);
      client =
          Thread.startVirtualThread(() -> {
            try {
              execs.start(exec, Optional.empty(), new ExecSession(false, in, screen));
            } catch (IOException | InterruptedException e) {
              throw new IllegalStateException(e);
            }
          });
    }

    void type(String text) throws IOException {
      keyboard.write(text.getBytes(StandardCharsets.UTF_8));
      keyboard.flush();
    }

    void awaitShown(String text) {
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> screen.toString(StandardCharsets.UTF_8).contains(text));
    }

    @Override
    public void close() throws IOException {
      keyboard.close();
    }
  }

  @Test
  void aTerminalIsTypedAtResizedAndLeft() throws Exception {
    try (var typing = new Typing()) {
      typing.type("echo typ''ed\n");
      typing.awaitShown("typed");
      execs.resize(typing.exec, new ExecSettings.Size(11, 22));
      typing.type("stty size\n");
      typing.awaitShown("11 22");
      typing.type("exit 5\n");
      typing.client.join();

      assertThat(execs.inspect(typing.exec).exitCode()).isEqualTo(5);
    }
  }

  @Test
  void theDetachKeysLeaveTheProcessRunning() throws Exception {
    try (var typing = new Typing()) {
      typing.type("echo here''now\n");
      typing.awaitShown("herenow");
      typing.type("\u0010\u0011");
      typing.client.join();

      ExecInspectReply after = execs.inspect(typing.exec);
      assertThat(after.running()).isTrue();
      assertThat(execs.ids(container)).contains(typing.exec.id().value());
      Processes.kill(after.pid(), Signal.KILL);
      awaitEnd(typing.exec);
    }
  }

  private void awaitEnd(Exec exec) {
    await().atMost(Duration.ofSeconds(20)).until(() -> exec.state() instanceof ExecState.Ended);
  }

  @Test
  void aDetachedExecRunsAndItsExitCodeIsKept() throws Exception {
    Exec exec = execs.find(execs.create(container, shell("exit 9")).value());
    execs.claim(exec);

    execs.startDetached(exec, Optional.empty());

    awaitEnd(exec);
    assertThat(execs.inspect(exec).exitCode()).isEqualTo(9);
    assertNothingLeft();
  }

  @Test
  void aChildLeftBehindDoesNotHoldTheClientForLong() throws Exception {
    Ran ran = run(shell("sleep 60 & echo said"));

    assertThat(ran.out()).isEqualTo("said\n");
    assertThat(ran.end().exitCode()).isZero();
  }

  @Test
  void itStartsOnce() throws Exception {
    Exec exec = execs.find(execs.create(container, shell("true")).value());
    execs.claim(exec);
    execs.startDetached(exec, Optional.empty());
    awaitEnd(exec);

    assertThatThrownBy(() -> execs.claim(exec)).isInstanceOf(Conflict.class);
  }

  @Test
  void aContainerThatDoesNotRunOrIsPausedHasNone() throws Exception {
    Container other = run(Map.of());
    engine.containers.pause(other);
    assertThatThrownBy(() -> execs.create(other, shell("true")))
        .isInstanceOf(Conflict.class)
        .hasMessage(
            "Container %s is paused, unpause the container before exec"
                .formatted(other.snapshot().name()));
    engine.containers.unpause(other);
    engine.containers.kill(other, Signal.KILL);
    assertThatThrownBy(() -> execs.create(other, shell("true")))
        .isInstanceOf(Conflict.class)
        .hasMessage("container %s is not running".formatted(other.id()));
  }

  @Test
  void theEndOfTheContainerEndsIt() throws Exception {
    Container other = run(Map.of());
    Exec exec = execs.find(execs.create(other, shell("sleep 1000")).value());
    execs.claim(exec);
    execs.startDetached(exec, Optional.empty());

    engine.containers.kill(other, Signal.KILL);

    awaitEnd(exec);
    assertThat(execs.inspect(exec).exitCode()).isEqualTo(137);
  }

  @Test
  void itTellsOfItsLife() throws Exception {
    List<String> actions = new ArrayList<>();
    try (Subscription all = engine.events.subscribe(EventFilter.ALL)) {
      Ran ran = run(shell("exit 4"));
      while (!actions.contains("exec_die")) {
        var event = all.next(Duration.ofSeconds(10)).orElseThrow();
        if (ran.end().id().equals(event.attributes().get("execID"))) {
          actions.add(event.action());
        }
        if (event.action().equals("exec_die")) {
          assertThat(event.attributes()).containsKey("exitCode");
        }
      }
    }
    assertThat(actions)
        .containsExactly("exec_create: sh -c exit 4", "exec_start: sh -c exit 4", "exec_die");
  }

  @Test
  void whatAKilledEngineLeftIsRemovedAtTheNextStart() throws Exception {
    Path left = Files.createDirectories(engine.run.resolve("x/0123456789abcdef"));
    Files.writeString(left.resolve("pid"), "1");

    Execs.open(engine.containers, engine.run, InstantSource.system());

    assertThat(left).doesNotExist();
  }

  @Test
  void anUnknownOneIsNotFound() {
    assertThatThrownBy(() -> execs.find("nosuch"))
        .isInstanceOf(NotFound.class)
        .hasMessage("No such exec instance: nosuch");
  }
}
