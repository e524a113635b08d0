package dev.plimsoll.engine.runtime;

import dev.plimsoll.linux.Command;
import dev.plimsoll.linux.Processes;
import dev.plimsoll.oci.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Finds the runtime that works here by making a container that does nothing: crun first, because it
 * is faster, then runc. On hosts with hybrid control groups older cruns refuse; that is learnt here
 * and not by a user.
 */
public final class RuntimeProbe {
  private static final List<String> CANDIDATES = List.of("crun", "runc");
  private static final Duration LIMIT = Duration.ofSeconds(20);

  /**
   * What was found.
   *
   * @param refused why each candidate before the chosen one, or all, did not do
   */
  public record Found(Optional<OciRuntime> runtime, Map<String, String> refused) {}

  private RuntimeProbe() {}

  /**
   * Tries the candidates in order, or recalls what came of it earlier in this boot.
   *
   * @param run a directory of this engine that dies with the boot
   * @param cgroupParent where the trial's control group goes, as {@code /plimsoll}
   */
  public static Found find(Path run, String cgroupParent) throws IOException, InterruptedException {
    var memory = new ProbeMemory(run);
    Optional<String> remembered = memory.recall(CANDIDATES);
    if (remembered.isPresent()) {
      String name = remembered.get();
      return new Found(Processes.find(name).map(program -> at(program, name, run)), Map.of());
    }
    Map<String, String> refused = new LinkedHashMap<>();
    for (String name : CANDIDATES) {
      Optional<Path> program = Processes.find(name);
      if (program.isEmpty()) {
        refused.put(name, "not installed");
        continue;
      }
      OciRuntime runtime = at(program.get(), name, run);
      Optional<String> trouble = trouble(runtime, run, cgroupParent);
      if (trouble.isEmpty()) {
        memory.keep(name, CANDIDATES);
        return new Found(Optional.of(runtime), refused);
      }
      refused.put(name, trouble.get());
    }
    return new Found(Optional.empty(), refused);
  }

  private static OciRuntime at(Path program, String name, Path run) {
    return new OciRuntime(name, program, run.resolve(name));
  }

  private static Optional<String> trouble(OciRuntime runtime, Path run, String cgroupParent)
      throws IOException, InterruptedException {
    String id = "probe-" + UUID.randomUUID();
    Path bundle = run.resolve(id);
    Path rootfs = bundle.resolve("rootfs");
    Files.createDirectories(rootfs);
    try {
      Files.write(bundle.resolve("config.json"), Json.write(spec(rootfs, cgroupParent + "/" + id)));
      List<String> create = new ArrayList<>(runtime.globalArguments());
      // A container that is created and never started: nothing of the empty root is executed.
      create.addAll(List.of("create", "--bundle", bundle.toString(), id));
      var result = Processes.run(Command.of(runtime.program(), create), LIMIT);
      String said = result.error();
      runtime.delete(id);
      // The empty root has no program: a runtime that gets as far as missing it has done the rest.
      boolean works =
          result.status().code() == 0
              || said.contains("no such file")
              || said.contains("No such file")
              || said.contains("not found");
      return works ? Optional.empty() : Optional.of(RuntimeFailure.sentence(said));
    } finally {
      Files.deleteIfExists(bundle.resolve("config.json"));
      deleteEmptyTree(rootfs);
      Files.deleteIfExists(bundle);
    }
  }

  private static void deleteEmptyTree(Path directory) throws IOException {
    try (var entries = Files.walk(directory)) {
      for (Path path : entries.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }

  private static Map<String, Object> spec(Path rootfs, String cgroupsPath) {
    return Map.of(
        "ociVersion", "1.0.2",
        "process",
            Map.of(
                "user", Map.of("uid", 0, "gid", 0),
                "args", List.of("/nothing"),
                "env", List.of("PATH=/"),
                "cwd", "/"),
        "root", Map.of("path", rootfs.toString()),
        "mounts",
            List.of(
                Map.of(
                    "destination", "/proc",
                    "type", "proc",
                    "source", "proc",
                    "options", List.of("nosuid", "noexec", "nodev"))),
        "linux",
            Map.of(
                "cgroupsPath", cgroupsPath,
                "resources", Map.of("pids", Map.of("limit", 10)),
                "namespaces",
                    List.of(
                        Map.of("type", "mount"),
                        Map.of("type", "pid"),
                        Map.of("type", "ipc"),
                        Map.of("type", "uts"),
                        Map.of("type", "network"))));
  }
}
