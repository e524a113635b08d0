package dev.plimsoll.engine.runtime;

import dev.plimsoll.oci.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Describes further processes of a container, which begin with what its first one had. */
public final class ExecProcess {
  private ExecProcess() {}

  /**
   * Writes the description of a process that differs from the container's own in its command line
   * and has no terminal.
   *
   * @param name of the file in the bundle; one that exists is replaced
   */
  public static Path write(Bundle bundle, String name, List<String> args) throws IOException {
    JsonNode own = Json.tree(Files.readAllBytes(bundle.config())).path("process");
    if (!(own instanceof ObjectNode process)) {
      throw new IOException("the bundle has no process: " + bundle.directory());
    }
    process.put("terminal", false);
    process.remove("consoleSize");
    process.set("args", Json.mapper().valueToTree(args));
    Path file = bundle.directory().resolve(name + ".json");
    Files.write(file, Json.write(process));
    return file;
  }

  /** Limits as the runtime's {@code update} reads them. */
  public static Path writeLimits(Bundle bundle, Map<String, Object> resources) throws IOException {
    Path file = bundle.directory().resolve("limits.json");
    Files.write(file, Json.write(resources));
    return file;
  }
}
