package dev.plimsoll.engine.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The machine, as {@code docker info} tells it. What cannot be read is empty or 0: nobody's
 * container depends on it.
 *
 * @param cgroupVersion 1 also for the hybrid form, where the controllers are in version 1
 * @param controllers the cgroup controllers that containers can be limited by
 * @param swapLimit whether swap can be limited beside memory
 */
public record HostFacts(
    String hostname,
    String kernelVersion,
    String operatingSystem,
    String osVersion,
    String architecture,
    int cpus,
    long memoryBytes,
    int cgroupVersion,
    Set<String> controllers,
    boolean swapLimit,
    boolean ipv4Forwarding) {
  private static final String UNIFIED = "sys/fs/cgroup/cgroup.controllers";

  /** The facts now, read below {@code /}. */
  public static HostFacts read() {
    return read(Path.of("/"));
  }

  static HostFacts read(Path root) {
    Map<String, String> release = pairs(root.resolve("etc/os-release"));
    boolean unified = Files.exists(root.resolve(UNIFIED));
    return new HostFacts(
        text(root.resolve("proc/sys/kernel/hostname")),
        text(root.resolve("proc/sys/kernel/osrelease")),
        release.getOrDefault("PRETTY_NAME", "Linux"),
        release.getOrDefault("VERSION_ID", ""),
        System.getProperty("os.arch", "").equals("amd64")
            ? "x86_64"
            : System.getProperty("os.arch", ""),
        Runtime.getRuntime().availableProcessors(),
        memoryBytes(root.resolve("proc/meminfo")),
        unified ? 2 : 1,
        controllers(root, unified),
        unified || Files.exists(root.resolve("sys/fs/cgroup/memory/memory.memsw.limit_in_bytes")),
        text(root.resolve("proc/sys/net/ipv4/ip_forward")).equals("1"));
  }

  private static Set<String> controllers(Path root, boolean unified) {
    if (unified) {
      return Set.of(text(root.resolve(UNIFIED)).split("\\s+", -1));
    }
    Set<String> mounted = new HashSet<>();
    for (String name : List.of("memory", "cpu", "cpuset", "pids", "blkio", "freezer", "devices")) {
      if (Files.isDirectory(root.resolve("sys/fs/cgroup").resolve(name))) {
        mounted.add(name);
      }
    }
    return Set.copyOf(mounted);
  }

  private static long memoryBytes(Path meminfo) {
    for (String line : lines(meminfo)) {
      if (line.startsWith("MemTotal:")) {
        return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
      }
    }
    return 0;
  }

  private static Map<String, String> pairs(Path file) {
    Map<String, String> found = new HashMap<>();
    for (String line : lines(file)) {
      int equals = line.indexOf('=');
      if (equals > 0) {
        found.put(line.substring(0, equals), line.substring(equals + 1).replaceAll("^\"|\"$", ""));
      }
    }
    return found;
  }

  private static String text(Path file) {
    return String.join("\n", lines(file)).strip();
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      return List.of(); // a fact that this machine does not tell
    }
  }
}
