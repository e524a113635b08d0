package dev.plimsoll.engine.host;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What this engine is: settled when it starts.
 *
 * @param id of this installation, kept in its data directory
 * @param dataDirectory where images, containers and volumes are
 * @param backingFileSystem the type of the file system below the layers, such as {@code ext4}
 * @param runtimes path of each OCI runtime that was found, by name
 * @param askedTools the programs containers need, with their versions; asked when somebody wants
 *     to know, for it takes a while
 * @param registryMirrors URLs asked before Docker Hub
 * @param insecureRegistries hosts and networks reached without verified TLS
 */
public record EngineFacts(
    String id,
    String version,
    String commit,
    String buildTime,
    Path dataDirectory,
    String backingFileSystem,
    String defaultRuntime,
    Map<String, String> runtimes,
    Supplier<List<Tool>> askedTools,
    List<String> registryMirrors,
    List<String> insecureRegistries,
    Proxies proxies) {
  public EngineFacts {
    runtimes = Map.copyOf(runtimes);
    registryMirrors = List.copyOf(registryMirrors);
    insecureRegistries = List.copyOf(insecureRegistries);
  }

  /** A program that the engine starts; an empty version if it did not tell one. */
  public record Tool(String name, String version) {}

  /** How the engine itself reaches registries, without passwords. */
  public record Proxies(String http, String https, String none) {
    public static final Proxies NONE = new Proxies("", "", "");
  }

  /** The programs containers need, with their versions. */
  public List<Tool> tools() {
    return askedTools.get();
  }

  /** The version of one of the tools, "N/A" if it is not there. */
  public String versionOf(String tool) {
    return tools().stream()
        .filter(found -> found.name().equals(tool) && !found.version().isEmpty())
        .map(Tool::version)
        .findFirst()
        .orElse("N/A");
  }
}
