package dev.plimsoll.engine.crash;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32;

/** What an engine with a data directory of its own has on this machine, by the names it gives. */
record TestHost(Path data, Path run) {
  private static final Path CGROUPS = Path.of("/sys/fs/cgroup");

  String suffix() {
    CRC32 sum = new CRC32();
    sum.update(data.toAbsolutePath().normalize().toString().getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().toHexDigits((int) sum.getValue());
  }

  String bridge() {
    return "pl-" + suffix();
  }

  String table() {
    return "plimsoll_" + suffix();
  }

  /** The groups of this engine in every hierarchy, parents before children. */
  List<Path> cgroups() throws IOException {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> hierarchies =
        Files.newDirectoryStream(CGROUPS, Files::isDirectory)) {
      for (Path hierarchy : hierarchies) {
        for (String end : List.of("", "-conmon")) {
          Path top = hierarchy.resolve("plimsoll-" + suffix() + end);
          if (Files.isDirectory(top)) {
            try (Stream<Path> tree = Files.walk(top)) {
              found.addAll(tree.filter(Files::isDirectory).toList());
            }
          }
        }
      }
    }
    return found;
  }

  /** Processes whose command line names the run directory, and those in this engine's groups. */
  List<ProcessHandle> processes() throws IOException {
    List<ProcessHandle> found = new ArrayList<>();
    String mine = run.toString() + "/";
    for (ProcessHandle each : ProcessHandle.allProcesses().toList()) {
      if (commandLine(each.pid()).contains(mine) && each.pid() != ProcessHandle.current().pid()) {
        found.add(each);
      }
    }
    for (Path group : cgroups()) {
      for (String pid : lines(group.resolve("cgroup.procs"))) {
        ProcessHandle.of(Long.parseLong(pid)).ifPresent(found::add);
      }
    }
    return found.stream().distinct().toList();
  }

  static String commandLine(long pid) {
    try {
      return Files.readString(
              Path.of("/proc", Long.toString(pid), "cmdline"), StandardCharsets.ISO_8859_1)
          .replace('\0', ' ');
    } catch (IOException e) {
      return ""; // it has ended
    }
  }

  private static List<String> lines(Path file) throws IOException {
    try {
      return Files.readAllLines(file);
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      if (Files.exists(file)) {
        throw e;
      }
      return List.of();
    }
  }

  /** Ends whatever runs, as a power cut does, and takes away what dies with a boot. */
  void wipe() throws IOException, InterruptedException {
    List<ProcessHandle> running = processes();
    running.forEach(ProcessHandle::destroyForcibly);
    for (ProcessHandle each : running) {
      each.onExit().join();
    }
    String script =
        """
        awk '{print $2}' /proc/self/mounts | grep -e '^%1$s/' -e '^%5$s/' | tac | xargs -r -n1 umount -l
        ip link delete %2$s
        nft delete table inet %3$s
        find /sys/fs/cgroup -depth -type d -path '*/plimsoll-%4$s*' -exec rmdir {} ';'
        rm -rf --one-file-system %1$s
        exit 0
        """
            .formatted(run, bridge(), table(), suffix(), data);
    new ProcessBuilder("bash", "-c", script)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }
}
