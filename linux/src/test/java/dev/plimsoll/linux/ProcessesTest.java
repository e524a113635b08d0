package dev.plimsoll.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class ProcessesTest {
  private static final Path SH = Path.of("/bin/sh");
  private static final Duration LIMIT = Duration.ofSeconds(20);

  @TempDir Path root;

  @Test
  void exitCodesAndSignalsAreTold() throws Exception {
    assertThat(sh("exit 42").waitFor()).isEqualTo(new ExitStatus.Exited(42));
    assertThat(sh("kill -9 $$").waitFor()).isEqualTo(new ExitStatus.Killed(Signal.KILL));
    assertThat(new ExitStatus.Killed(Signal.TERM).code()).isEqualTo(143);
  }

  @Test
  void manyChildrenAreCollectedWithoutWaiting() throws Exception {
    List<ChildProcess> children = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      children.add(sh("exit " + i));
    }
    for (int i = 0; i < 50; i++) {
      assertThat(children.get(i).exit().get(20, TimeUnit.SECONDS).code()).isEqualTo(i);
      assertThat(Path.of("/proc/" + children.get(i).pid())).doesNotExist();
    }
  }

  @Test
  void aProgramThatIsMissingIsNamed() {
    assertThatThrownBy(() -> Processes.start(Command.of(Path.of("/no/such/program"))))
        .hasMessage("posix_spawn /no/such/program: No such file or directory (ENOENT)");
    assertThatThrownBy(
            () -> Processes.start(Command.of(SH, "-c", "true").directory(Path.of("/nowhere"))))
        .hasMessageContaining("/bin/sh in /nowhere");
  }

  @Test
  void theProgramHasOnlyTheDescriptorsItWasGiven() throws Exception {
    try (Pipe pipe = Pipe.open();
        Directory inherited = Directory.open(root)) {
      assertThat(inherited.number()).isPositive();
      Command command =
          Command.of(Path.of("/bin/ls"), "/proc/self/fd")
              .descriptor(1, pipe.writer())
              .descriptor(7, pipe.writer());

      assertThat(Processes.start(command).waitFor().code()).isZero();

      // 3 is the directory that ls itself has opened
      assertThat(read(pipe.reader())).isEqualTo("0\n1\n2\n3\n7\n");
    }
  }

  @Test
  void descriptorsMayChangePlaces() throws Exception {
    Path a = Files.writeString(root.resolve("a"), "A");
    Path b = Files.writeString(root.resolve("b"), "B");
    try (Pipe out = Pipe.open();
        FileDescriptor first = FileDescriptor.open(a, 0);
        FileDescriptor second = FileDescriptor.open(b, 0)) {
      int low = Math.min(first.number(), second.number());
      int high = Math.max(first.number(), second.number());
      FileDescriptor lowFile = low == first.number() ? first : second;
      FileDescriptor highFile = low == first.number() ? second : first;
      String script = "cat /proc/self/fd/%d /proc/self/fd/%d".formatted(low, high);

      Command command =
          Command.of(SH, "-c", script)
              .descriptor(1, out.writer())
              .descriptor(low, highFile)
              .descriptor(high, lowFile);
      assertThat(Processes.start(command).waitFor().code()).isZero();

      assertThat(read(out.reader())).isEqualTo(low == first.number() ? "BA" : "AB");
    }
  }

  @Test
  void environmentDirectoryAndSessionAreAsTold() throws Exception {
    Command command =
        Command.of(SH, "-c", "echo $ONLY $HOME; pwd; cut -d' ' -f6 /proc/$$/stat; echo $$")
            .environment(Map.of("ONLY", "this"))
            .directory(root);

    assertThat(Processes.run(command, LIMIT).output()).startsWith("this\n" + root + "\n");

    Path sessionFile = root.resolve("session");
    Command session =
        Command.of(SH, "-c", "cut -d' ' -f5,6 /proc/$$/stat > " + sessionFile).ownSession();
    ChildProcess child = Processes.start(session);
    child.waitFor();
    assertThat(sessionFile).hasContent(child.pid() + " " + child.pid());
  }

  @Test
  void noSignalIsBlockedOrIgnored() throws Exception {
    Command command = Command.of(Path.of("/bin/grep"), "-E", "Sig(Blk|Ign)", "/proc/self/status");

    assertThat(Processes.run(command, LIMIT).output())
        .isEqualTo("SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
  }

  @Test
  void aRunGivesInputAndBothOutputs() throws Exception {
    byte[] input = "x".repeat(300_000).getBytes(StandardCharsets.US_ASCII);

    ShortRun.Result result =
        Processes.run(Command.of(SH, "-c", "cat; echo trouble >&2; exit 3"), input, LIMIT);

    assertThat(result.output()).hasSize(300_000);
    assertThat(result.error()).isEqualTo("trouble\n");
    assertThat(result.status().code()).isEqualTo(3);
    assertThat(result.succeeded()).isFalse();
  }

  @Test
  void aRunThatReadsNoInputAndOneThatSaysTooMuchEnd() throws Exception {
    byte[] input = new byte[1_000_000];
    assertThat(Processes.run(Command.of(SH, "-c", "exit 0"), input, LIMIT).succeeded()).isTrue();

    Command loud = Command.of(SH, "-c", "head -c 3000000 /dev/zero");
    assertThat(Processes.run(loud, LIMIT).output()).hasSize(ShortRun.STREAM_BYTES_MAX);
  }

  @Test
  void aRunOverItsLimitIsKilledWithItsChildren() throws Exception {
    Path pidFile = root.resolve("pid");
    Command command =
        Command.of(SH, "-c", "sleep 100 & echo $! > " + pidFile + "; echo so >&2; wait");

    assertThatThrownBy(() -> Processes.run(command, Duration.ofMillis(700)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("still ran after PT0.7S")
        .hasMessageContaining("so");
    long left = Long.parseLong(Files.readString(pidFile).strip());
    await().until(() -> Processes.startTime(left).isEmpty());
  }

  @Test
  void aDaemonLeftBehindWithTheOutputOpenDoesNotHoldTheRunUp() throws Exception {
    Path pidFile = root.resolve("pid");

    ShortRun.Result result =
        Processes.run(
            Command.of(SH, "-c", "setsid sleep 100 & echo $! > " + pidFile + "; echo done"), LIMIT);

    assertThat(result.output()).isEqualTo("done\n");
    long pid = Long.parseLong(Files.readString(pidFile).strip());
    try (ProcessHold left = ProcessHold.of(pid).orElseThrow()) {
      assertThat(left.kill(Signal.KILL)).isTrue();
      assertThat(left.ended().get(20, TimeUnit.SECONDS)).isEqualTo(pid);
    }
  }

  @Test
  void anInterruptedRunKillsItsProgram() throws Exception {
    Path pidFile = root.resolve("pid");
    Command command =
        Command.of(
            SH,
            "-c",
            "echo $$ > " + pidFile + ".new; mv " + pidFile + ".new " + pidFile + "; sleep 100");
    var outcome = new CompletableFuture<Throwable>();
    Thread thread =
        Thread.ofVirtual()
            .start(() -> {
              try {
                Processes.run(command, LIMIT);
              } catch (IOException | InterruptedException e) {
                outcome.complete(e);
              }
            });
    await().until(() -> Files.exists(pidFile));
    thread.interrupt();

    assertThat(outcome.get(20, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
    assertThat(Processes.startTime(Long.parseLong(Files.readString(pidFile).strip()))).isEmpty();
  }

  @Test
  void aProcessIsKnownByPidAndStartTime() throws Exception {
    ChildProcess child = sh("exec sleep 100");
    long start = Processes.startTime(child.pid()).orElseThrow();

    assertThat(Processes.startTime(child.pid())).hasValue(start);
    assertThat(child.waitFor(Duration.ofMillis(1))).isEmpty();
    assertThat(child.kill(Signal.TERM)).isTrue();
    assertThat(child.waitFor()).isEqualTo(new ExitStatus.Killed(Signal.TERM));

    assertThat(Processes.startTime(child.pid())).isEmpty();
    assertThat(child.kill(Signal.TERM)).isFalse();
    assertThat(Processes.bootId()).hasSize(36);
  }

  @Test
  void theStartTimeIsFoundBehindANameWithBracketsAndSpaces() throws IOException {
    String tail = " S 1 7 7 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 12345 999 1";

    assertThat(Processes.startTime("7 (a) (b c) )" + tail)).hasValue(12345);
    assertThat(Processes.startTime("7 (dead)" + tail.replace(" S ", " Z "))).isEmpty();
    assertThatThrownBy(() -> Processes.startTime("7 torn")).isInstanceOf(IOException.class);
  }

  @Test
  void programsAreFoundInThePath() {
    assertThat(Processes.find("sh")).isPresent();
    assertThat(Processes.find("no-such-program-anywhere")).isEmpty();
  }

  @Test
  void killRefusesWhatIsNoPid() {
    assertThatThrownBy(() -> Processes.kill(0, Signal.KILL)).hasMessage("no pid: 0");
    assertThatThrownBy(() -> Processes.killGroup(1, Signal.KILL))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static ChildProcess sh(String script) throws IOException {
    return Processes.start(Command.of(SH, "-c", script));
  }

  private static String read(FileDescriptor reader) throws IOException {
    ByteBuffer text = ByteBuffer.allocate(1000);
    int length = reader.read(text);
    return new String(text.array(), 0, length, StandardCharsets.US_ASCII);
  }
}
