package dev.plimsoll.cli.machine;

import dev.plimsoll.content.DurableFile;
import dev.plimsoll.content.LocalDisk;
import dev.plimsoll.engine.EngineSettings;
import dev.plimsoll.foundation.settings.Settings;
import dev.plimsoll.oci.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * A data directory and everything that follows from it, so that two installations never touch each
 * other. The default one has the well-known places; any other gets places named after it.
 *
 * @param data absolute
 */
public record Installation(Path data) {
  public static final Path DEFAULT_DATA = Path.of("/var/lib/plimsoll");

  public Installation {
    data = data.toAbsolutePath().normalize();
  }

  /** The servers that {@code up} started here, as last written down. */
  public record Servers(Optional<RunningServer> registry, Optional<RunningServer> engine) {
    static final Servers NONE = new Servers(Optional.empty(), Optional.empty());
  }

  /** Sockets and other things that do not outlive a boot. Short: a socket's path has 107 bytes. */
  public Path runDirectory() {
    return settings().run();
  }

  public Path socket() {
    return settings().socket();
  }

  private EngineSettings settings() {
    return EngineSettings.from(
        Settings.load(
            Optional.empty(),
            Map.of(),
            Map.of("engine.data", data.toString()),
            EngineSettings.ALL));
  }

  public Path log(String server) {
    return data.resolve("log").resolve(server + ".log");
  }

  /** What was written down by the last {@code up}; nothing if there was none. */
  public Servers servers() throws IOException {
    Path note = note();
    if (!Files.exists(note)) {
      return Servers.NONE;
    }
    try {
      return Json.read(Files.readAllBytes(note), Servers.class);
    } catch (IllegalArgumentException e) {
      throw new IOException("%s cannot be read: %s".formatted(note, e.getMessage()), e);
    }
  }

  void write(Servers servers) throws IOException {
    new DurableFile(new LocalDisk()).replace(note(), Json.write(servers));
  }

  private Path note() {
    return data.resolve("servers.json");
  }
}
