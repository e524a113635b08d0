package dev.plimsoll.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * An image made here, as an archive for {@code docker load}: the host's static busybox with all its
 * commands, and whatever layers and defaults a test adds. Immutable.
 */
record TestImage(String name, List<byte[]> layers, Map<String, Object> defaults) {
  private static final JsonMapper JSON = new JsonMapper();

  /** The one most tests run: {@code busybox:latest} with a shell as its command. */
  static TestImage busybox() throws IOException, InterruptedException {
    Tar files = new Tar();
    for (String directory :
        List.of("bin/", "dev/", "etc/", "home/", "proc/", "root/", "sys/", "var/")) {
      files.directory(directory);
    }
    files.entry("tmp/", '5', 01777, "", new byte[0]);
    files.file(
        "etc/passwd",
        """
        root:x:0:0:root:/root:/bin/sh
        sailor:x:1000:1000::/home:/bin/sh
        """);
    files.file("etc/group", "root:x:0:\nsailor:x:1000:\ndeck:x:2000:sailor\n");
    files.file("bin/busybox", 0755, Files.readAllBytes(program()));
    Program.of("busybox", "--list")
        .run()
        .succeeded()
        .lines()
        .filter(command -> !command.equals("busybox"))
        .forEach(command -> files.symbolicLink("bin/" + command, "busybox"));
    return new TestImage(
        "busybox:latest",
        List.of(files.bytes()),
        Map.of("Cmd", List.of("sh"), "Env", List.of("PATH=/usr/local/bin:/usr/bin:/bin:/sbin")));
  }

  private static Path program() throws IOException, InterruptedException {
    return Path.of(Program.of("bash", "-c", "command -v busybox").run().succeeded()).toRealPath();
  }

  TestImage named(String newName) {
    return new TestImage(newName, layers, defaults);
  }

  /** With one more layer on top. */
  TestImage layer(Tar layer) {
    return layer(layer.bytes());
  }

  TestImage layer(byte[] layer) {
    List<byte[]> all = new ArrayList<>(layers);
    all.add(layer);
    return new TestImage(name, all, defaults);
  }

  /** With a field of the image's {@code config}, such as {@code Entrypoint}. */
  TestImage with(String field, Object value) {
    Map<String, Object> all = new LinkedHashMap<>(defaults);
    all.put(field, value);
    return new TestImage(name, layers, all);
  }

  /** The image's configuration: its digest is the image's id. */
  byte[] config() {
    return JSON.writeValueAsBytes(
        Map.of(
            "architecture", "amd64",
            "os", "linux",
            "created", "2024-02-29T12:00:00Z",
            "config", defaults,
            "rootfs",
                Map.of(
                    "type",
                    "layers",
                    "diff_ids",
                    layers.stream().map(layer -> "sha256:" + sha256(layer)).toList())));
  }

  String id() {
    return "sha256:" + sha256(config());
  }

  /** As {@code docker save} writes it. */
  byte[] archive() {
    Tar archive = new Tar();
    byte[] config = config();
    String configName = sha256(config) + ".json";
    archive.file(configName, 0644, config);
    List<String> layerNames = new ArrayList<>();
    for (byte[] layer : layers) {
      String layerName = sha256(layer) + ".tar";
      layerNames.add(layerName);
      archive.file(layerName, 0644, layer);
    }
    archive.file(
        "manifest.json",
        0644,
        JSON.writeValueAsBytes(
            List.of(
                Map.of("Config", configName, "RepoTags", List.of(name), "Layers", layerNames))));
    return archive.bytes();
  }

  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
  }
}
