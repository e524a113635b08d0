package dev.plimsoll.system;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.zip.CRC32;

/**
 * The directories of one engine under test.
 *
 * @param data on the disk, for overlayfs does not stack on itself
 * @param run short, because a socket's path has 107 bytes
 */
record Places(Path data, Path run) {

  static Places make() throws IOException {
    String name = "pl-" + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
    Places places = new Places(Path.of("/var/tmp", name), Path.of("/run", name));
    Files.createDirectories(places.client());
    Files.createDirectories(places.scratch());
    Files.createDirectories(places.run());
    return places;
  }

  /** What docker's client remembers: logins. */
  Path client() {
    return data.resolve("client");
  }

  Path scratch() {
    return data.resolve("scratch");
  }

  /** Fails if a container's filesystem or namespace is still mounted. */
  void requireNothingMounted() throws IOException {
    List<String> left = mounts();
    if (!left.isEmpty()) {
      throw new AssertionError("left behind: " + left);
    }
  }

  /** Fails if the engine that was here left a bridge, a rule or a control group on the host. */
  void requireNothingOnTheHost() throws IOException, InterruptedException {
    String suffix = suffix();
    String left =
        Program.of(
                "bash",
                "-c",
                """
                ip -o link show | grep -ow pl-%1$s
                nft list tables | grep -w plimsoll_%1$s
                nft list ruleset | grep -w pl-%1$s
                find /sys/fs/cgroup -maxdepth 2 -type d -name 'plimsoll-%1$s'
                """
                    .formatted(suffix))
            .run()
            .out();
    if (!left.isBlank()) {
      throw new AssertionError("left on the host: " + left);
    }
  }

  /** The digits in the names of what belongs to this data directory: docs/engine/host.md. */
  private String suffix() {
    CRC32 sum = new CRC32();
    sum.update(data.toString().getBytes(UTF_8));
    return HexFormat.of().toHexDigits((int) sum.getValue());
  }

  private List<String> mounts() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/mounts")).stream()
        .map(line -> line.split(" ")[1])
        .filter(path -> path.startsWith(data + "/") || path.startsWith(run + "/"))
        .toList();
  }

  /** Takes away whatever is here, and the bridge and rules that are named after it. */
  void remove() throws IOException {
    String suffix = suffix();
    List<String> mounted = mounts().reversed();
    String script =
        """
        for mounted in %s; do umount -l "$mounted"; done
        ip link delete pl-%s
        nft delete table inet plimsoll_%s
        find /sys/fs/cgroup -depth -type d -path '*/plimsoll-%s*' -exec rmdir {} ';'
        rm -rf --one-file-system %s %s
        """
            .formatted(String.join(" ", mounted), suffix, suffix, suffix, data, run);
    try {
      Program.of("bash", "-c", script).run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
