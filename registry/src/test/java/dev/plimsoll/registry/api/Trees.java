package dev.plimsoll.registry.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.plimsoll.oci.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Directories that a {@link Deed} is done to, or with. */
final class Trees {
  private Trees() {}

  /** Makes the directory of a docker-registry with the images e and f. */
  static Path ofImages(Path root) throws IOException {
    Path place = root.resolve("tree/docker/registry/v2");
    for (String image : List.of("e", "f")) {
      for (byte[] bytes : List.of(Deed.layer(image), Deed.config(image), Deed.image(image))) {
        String hex = Digest.sha256(bytes).hex();
        write(place.resolve("blobs/sha256/" + hex.substring(0, 2) + "/" + hex + "/data"), bytes);
      }
      Path manifests = place.resolve("repositories/moved/_manifests");
      String hex = Deed.digest(image).hex();
      byte[] link = Deed.digest(image).toString().getBytes(UTF_8);
      write(manifests.resolve("revisions/sha256/" + hex + "/link"), link);
      write(manifests.resolve("tags/" + image + "/current/link"), link);
      write(manifests.resolve("tags/" + image + "/index/sha256/" + hex + "/link"), link);
    }
    return root.resolve("tree");
  }

  private static void write(Path file, byte[] bytes) throws IOException {
    Files.createDirectories(file.getParent());
    Files.write(file, bytes);
  }

  static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path each : all.toList()) {
        Files.copy(each, to.resolve(from.relativize(each)));
      }
    }
  }

  /** Deletes it; nothing happens if it is not there. */
  static void delete(Path directory) throws IOException {
    if (Files.exists(directory)) {
      try (Stream<Path> all = Files.walk(directory)) {
        for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(each);
        }
      }
    }
  }
}
