package dev.plimsoll.system;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * Debian's dockerd, unpacked and not installed, with directories, mounts and processes of its own
 * and no network for its containers. Whatever it started ends with it.
 */
final class TestDockerd implements AutoCloseable {
  private static final Duration READY_WITHIN = Duration.ofSeconds(60);

  private final Process process;
  private final Path root;
  private final Path socket;
  private final String controlGroup;

  private TestDockerd(Process process, Path root, Path socket, String controlGroup) {
    this.process = process;
    this.root = root;
    this.socket = socket;
    this.controlGroup = controlGroup;
  }

  /** Unpacks the packages below {@code work}; returns the root of what was in them. */
  static Path unpack(Path work) throws IOException, InterruptedException {
    new Shell(Map.of("W", work.toString()))
        .out(
            """
            set -e; mkdir $W/debs $W/root; cd $W/debs
            apt-get download -qq docker.io containerd tini >apt.log 2>&1 || { cat apt.log; exit 1; }
            for deb in *.deb; do dpkg -x $deb $W/root; done\
            """);
    return work.resolve("root");
  }

  static TestDockerd start(Places places) throws IOException, InterruptedException {
    return start(places, "");
  }

  /** One for which the files of {@code etc} are in {@code /etc}, with whatever it writes there. */
  static TestDockerd start(Places places, Path etc) throws IOException, InterruptedException {
    Path overlay = Files.createDirectory(places.data().resolve("etc-work"));
    return start(
        places,
        "mount -t overlay overlay -o lowerdir=/etc,upperdir=%s,workdir=%s /etc && "
            .formatted(etc, overlay));
  }

  /**
   * Starts it.
   *
   * @param first what is done before in its mount namespace
   */
  private static TestDockerd start(Places places, String first)
      throws IOException, InterruptedException {
    Path root = unpack(places.scratch());
    Path socket = places.run().resolve("docker.sock");
    String controlGroup = places.run().getFileName().toString();
    String line =
        """
        export PATH=%1$s/usr/bin:%1$s/usr/sbin:$PATH
        exec unshare --mount --pid --fork --kill-child --mount-proc sh -c '%6$s exec catatonit -- \
          dockerd --data-root %2$s/docker --exec-root %3$s/docker --pidfile %3$s/docker.pid \
          --cgroup-parent /%4$s --bridge none --iptables=false --ip-forward=false --ip-masq=false \
          --log-level warn -H unix://%5$s'\
        """
            .formatted(root, places.data(), places.run(), controlGroup, socket, first);
    Process process =
        new ProcessBuilder("bash", "-c", line)
            .redirectErrorStream(true)
            .redirectOutput(Files.createFile(places.scratch().resolve("dockerd.log")).toFile())
            .start();
    var dockerd = new TestDockerd(process, root, socket, controlGroup);
    await()
        .atMost(READY_WITHIN)
        .until(() -> {
          if (!process.isAlive()) {
            throw new AssertionError(Files.readString(places.scratch().resolve("dockerd.log")));
          }
          return dockerd.shell().run("docker version").code() == 0;
        });
    return dockerd;
  }

  Path socket() {
    return socket;
  }

  /** One whose {@code docker} talks to it. */
  Shell shell() {
    return new Shell(Map.of("DOCKER_HOST", "unix://" + socket));
  }

  /** One whose {@code docker} is the one that comes with it. */
  Shell stockShell() {
    return shell().with("PATH", root.resolve("usr/bin") + ":" + System.getenv("PATH"));
  }

  @Override
  public void close() throws IOException {
    try {
      endAll();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void endAll() throws IOException, InterruptedException {
    shell().run("docker ps -aq | xargs -r docker rm -f");
    process.destroyForcibly().waitFor();
    Program.of(
            "bash",
            "-c",
            "find /sys/fs/cgroup -depth -type d -path '*/%s*' -exec rmdir {} ';'"
                .formatted(controlGroup))
        .run();
  }
}
