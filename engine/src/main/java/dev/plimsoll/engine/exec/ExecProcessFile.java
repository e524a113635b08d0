package dev.plimsoll.engine.exec;

import dev.plimsoll.engine.container.Container;
import dev.plimsoll.engine.container.ContainerEnvironment;
import dev.plimsoll.engine.container.ContainerSettings;
import dev.plimsoll.engine.container.ContainerUsers;
import dev.plimsoll.engine.runtime.Bundle;
import dev.plimsoll.engine.runtime.ProcessUser;
import dev.plimsoll.oci.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the runtime is told of an exec: the container's own first process as its bundle describes it,
 * with what the exec wants otherwise. So limits and capabilities are the container's.
 */
final class ExecProcessFile {
  private final Bundle bundle;
  private final Path rootfs;
  private final Collection<String> allCapabilities;

  /**
   * @param rootfs where user names are looked up
   * @param allCapabilities what a privileged exec gets
   */
  ExecProcessFile(Bundle bundle, Path rootfs, Collection<String> allCapabilities) {
    this.bundle = bundle;
    this.rootfs = rootfs;
    this.allCapabilities = allCapabilities;
  }

  void write(Path file, Container container, ExecSettings exec) throws IOException {
    Files.write(file, Json.write(process(container.snapshot().settings(), exec)));
  }

  private Map<String, Object> process(ContainerSettings container, ExecSettings exec)
      throws IOException {
    Map<String, Object> process = new LinkedHashMap<>(ownProcess());
    process.put("args", exec.command());
    process.put("env", environment(container, exec));
    process.put("terminal", exec.terminal());
    process.remove("consoleSize");
    exec.size()
        .filter(_ -> exec.terminal())
        .ifPresent(size ->
            process.put("consoleSize", Map.of("height", size.height(), "width", size.width())));
    if (!exec.workingDirectory().isEmpty()) {
      process.put("cwd", exec.workingDirectory());
    }
    if (!exec.user().isEmpty()) {
      process.put("user", user(exec.user(), container.host().groupAdd()));
    }
    if (exec.privileged()) {
      List<String> all = List.copyOf(allCapabilities);
      process.put("capabilities", Map.of("bounding", all, "effective", all, "permitted", all));
    }
    return process;
  }

  @SuppressWarnings("unchecked") // the engine wrote it
  private Map<String, Object> ownProcess() throws IOException {
    Map<String, Object> spec = Json.read(Files.readAllBytes(bundle.config()), Map.class);
    Object process = spec.get("process");
    if (process == null) {
      throw new IOException("no process in " + bundle.config());
    }
    return (Map<String, Object>) process;
  }

  private Map<String, Object> user(String text, List<String> groups) throws IOException {
    ProcessUser user = ContainerUsers.resolve(rootfs, text, groups);
    Map<String, Object> written = new LinkedHashMap<>();
    written.put("uid", user.uid());
    written.put("gid", user.gid());
    if (!user.additionalGids().isEmpty()) {
      written.put("additionalGids", user.additionalGids());
    }
    return written;
  }

  /** The container's, with {@code TERM} where the exec has a terminal, overridden by the exec's. */
  private static List<String> environment(ContainerSettings container, ExecSettings exec) {
    Map<String, String> variables = new LinkedHashMap<>();
    for (String variable :
        ContainerEnvironment.of(container.config(), container.config().hostname())) {
      int equals = variable.indexOf('=');
      variables.put(variable.substring(0, equals), variable.substring(equals + 1));
    }
    boolean ownTerm = container.config().env().stream().anyMatch(v -> v.startsWith("TERM="));
    if (!ownTerm) {
      variables.remove("TERM");
      if (exec.terminal()) {
        variables.put("TERM", "xterm");
      }
    }
    for (String variable : exec.env()) {
      int equals = variable.indexOf('=');
      if (equals < 0) {
        variables.remove(variable);
      } else {
        variables.put(variable.substring(0, equals), variable.substring(equals + 1));
      }
    }
    List<String> list = new ArrayList<>();
    variables.forEach((name, value) -> list.add(name + "=" + value));
    return list;
  }
}
