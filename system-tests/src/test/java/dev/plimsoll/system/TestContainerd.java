package dev.plimsoll.system;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Debian's containerd with directories of its own, and what to tell {@code ctr} to reach it. */
final class TestContainerd implements AutoCloseable {
  private static final Duration READY_WITHIN = Duration.ofSeconds(30);

  private final Process process;
  private final Path socket;

  private TestContainerd(Process process, Path socket) {
    this.process = process;
    this.socket = socket;
  }

  /** Starts one whose sockets are in {@code run}, which has to be short. */
  static TestContainerd start(Path directory, Path run) throws IOException {
    Path socket = run.resolve("containerd.sock");
    Path settings =
        Files.writeString(
            directory.resolve("containerd.toml"),
            """
            version = 2
            root = "%1$s/containerd"
            state = "%2$s/containerd"
            disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.internal.v1.opt"]
            [grpc]
              address = "%3$s"
            """
                .formatted(directory, run, socket));
    Process process =
        new ProcessBuilder("containerd", "--config", settings.toString(), "--log-level", "warn")
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("containerd.log").toFile())
            .start();
    var containerd = new TestContainerd(process, socket);
    await()
        .atMost(READY_WITHIN)
        .until(
            () -> Program.of("ctr", "--address", socket.toString(), "version").run().code() == 0);
    return containerd;
  }

  Path socket() {
    return socket;
  }

  @Override
  public void close() {
    process.destroy();
    try {
      process.onExit().get(20, TimeUnit.SECONDS);
    } catch (Exception e) {
      process.destroyForcibly();
      throw new AssertionError("containerd did not end on SIGTERM", e);
    }
  }
}
