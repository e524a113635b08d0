package dev.plimsoll.engine;

import dev.plimsoll.linux.Command;
import dev.plimsoll.linux.Processes;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** What {@code docker save} would write of an image that holds busybox and little else. */
public final class BusyboxArchive {
  private static final Path BUSYBOX = Path.of("/bin/busybox");
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final List<String> APPLETS =
      List.of("cat", "df", "echo", "false", "id", "ls", "nc", "sh", "sleep", "touch", "true");

  private BusyboxArchive() {}

  /** Writes the archive below the directory; its image is {@code busybox:latest}. */
  public static Path in(Path directory) throws IOException, InterruptedException {
    Path root = Files.createDirectories(directory.resolve("root"));
    Files.createDirectories(root.resolve("bin"));
    Files.createDirectories(root.resolve("data"));
    Files.createDirectories(root.resolve("etc"));
    Files.copy(BUSYBOX, root.resolve("bin/busybox"));
    for (String applet : APPLETS) {
      Files.createSymbolicLink(root.resolve("bin").resolve(applet), Path.of("busybox"));
    }
    Files.writeString(root.resolve("data/file"), "of the image\n");
    Files.writeString(root.resolve("etc/passwd"), "root:x:0:0:root:/:/bin/sh\n");
    Files.writeString(root.resolve("etc/group"), "root:x:0:\n");

    Path image = Files.createDirectories(directory.resolve("image"));
    tar(root, image.resolve("layer.tar"));
    byte[] config =
        Json.write(
            Map.of(
                "architecture",
                System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64",
                "os",
                "linux",
                "config",
                Map.of("Cmd", List.of("sh"), "Env", List.of("PATH=/bin")),
                "rootfs",
                Map.of(
                    "type",
                    "layers",
                    "diff_ids",
                    List.of(
                        Digest.sha256(Files.readAllBytes(image.resolve("layer.tar")))
                            .toString()))));
    String name = Digest.sha256(config).hex() + ".json";
    Files.write(image.resolve(name), config);
    Files.write(
        image.resolve("manifest.json"),
        Json.write(
            List.of(
                Map.of(
                    "Config", name,
                    "RepoTags", List.of("busybox:latest"),
                    "Layers", List.of("layer.tar")))));
    Path archive = directory.resolve("busybox.tar");
    tar(image, archive);
    return archive;
  }

  private static void tar(Path directory, Path archive) throws IOException, InterruptedException {
    var result =
        Processes.run(
            Command.of(
                Processes.find("tar").orElseThrow(),
                "-C",
                directory.toString(),
                "-cf",
                archive.toString(),
                "."),
            LIMIT);
    if (!Files.exists(archive)) {
      throw new IOException(result.error());
    }
  }
}
