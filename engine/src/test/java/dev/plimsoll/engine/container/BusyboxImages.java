package dev.plimsoll.engine.container;

import dev.plimsoll.engine.image.Image;
import dev.plimsoll.engine.image.ImageHold;
import dev.plimsoll.engine.image.ImageId;
import dev.plimsoll.engine.image.Images;
import dev.plimsoll.engine.refusal.EngineException;
import dev.plimsoll.linux.Command;
import dev.plimsoll.linux.Processes;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.ImageConfig;
import dev.plimsoll.oci.ImageName;
import dev.plimsoll.oci.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One image, {@code busybox}, made of Debian's static busybox: two layers that are mounted as any. */
final class BusyboxImages implements Images {
  static final Path BUSYBOX = Path.of("/bin/busybox");

  private final Path base;
  private final Path top;
  private final Image image;

  BusyboxImages(Path directory) throws IOException, InterruptedException {
    base = Files.createDirectories(directory.resolve("base"));
    top = Files.createDirectories(directory.resolve("top"));
    for (String name : List.of("bin", "etc", "tmp", "root", "proc", "sys", "dev", "var")) {
      Files.createDirectories(base.resolve(name));
    }
    Files.copy(BUSYBOX, base.resolve("bin/busybox"));
    Processes.run(
        Command.of(base.resolve("bin/busybox"), "--install", "-s", base.resolve("bin").toString()),
        Duration.ofSeconds(20));
    try (var links = Files.newDirectoryStream(base.resolve("bin"))) {
      for (Path link : links) {
        if (Files.isSymbolicLink(link)) {
          Files.delete(link);
          Files.createSymbolicLink(link, Path.of("busybox"));
        }
      }
    }
    Files.writeString(
        base.resolve("etc/passwd"),
        "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/home:/bin/false\n"
            + "app:x:1000:1000:app:/home/app:/bin/sh\n");
    Files.writeString(
        base.resolve("etc/group"), "root:x:0:\nnogroup:x:65534:\napp:x:1000:\nextra:x:2000:app\n");
    Files.createDirectories(top.resolve("data"));
    Files.writeString(top.resolve("data/seed"), "from the image\n");
    byte[] config =
        Json.write(
            Map.of(
                "architecture", "amd64",
                "os", "linux",
                "config",
                    Map.of(
                        "Cmd", List.of("sh"),
                        "Env", List.of("PATH=/bin", "IMAGE=busybox"),
                        "Labels", Map.of("from", "image"))));
    image =
        new Image(
            new ImageId(Digest.sha256(config)),
            ImageConfig.parse(config),
            List.of(ImageName.parse("busybox:latest")),
            List.of(),
            Files.size(BUSYBOX),
            Optional.empty(),
            Instant.EPOCH,
            Optional.empty(),
            Instant.EPOCH,
            Optional.empty(),
            "test",
            Optional.empty());
  }

  @Override
  public Image find(String name) {
    if (List.of("busybox", "busybox:latest", image.id().toString(), image.id().shortText())
        .contains(name)) {
      return image;
    }
    throw new EngineException.NotFound("No such image: " + name);
  }

  @Override
  public Image get(ImageId id) {
    return image;
  }

  @Override
  public List<Path> lowerDirectories(ImageId id) {
    return List.of(top, base);
  }

  @Override
  public Path rootDirectory(ImageId id) {
    return base;
  }

  @Override
  public ImageHold hold(ImageId id) {
    return () -> {};
  }

  @Override
  public void markUsed(ImageId id) {
    // Nothing here is ever cleaned up for not being used.
  }

  @Override
  public void released(ImageId id) {
    // The layers stay.
  }
}
