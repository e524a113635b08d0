package dev.plimsoll.engine.layer;

import dev.plimsoll.linux.Directory;
import dev.plimsoll.linux.DirectoryEntry;
import dev.plimsoll.linux.FileDescriptor;
import dev.plimsoll.linux.FileSystems;
import dev.plimsoll.linux.OpenFlag;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * Where layers lie: {@code NAME/fs} and {@code NAME/layer.json} for each, {@code staging/} for those
 * that are being made, {@code trash/} for those that go, and {@code empty/} below images that have no
 * layers. Names begin with twelve digits of the
 * layer's id, for people, and end with eight that chance gave.
 */
final class LayerDirectories {
  static final int FORMAT = 1;
  private static final String STAGING = "staging";
  private static final String TRASH = "trash";
  private static final String EMPTY = "empty";
  private static final String FS = "fs";
  private static final String DESCRIPTION = "layer.json";
  private static final int DESCRIPTION_BYTES_MAX = 1 << 20;
  private static final int PRIVATE = 0710; // containers' users never need to pass through here
  private static final int ROOT_PERMISSIONS = 0755;

  private final Path root;
  private final SecureRandom random = new SecureRandom();

  private LayerDirectories(Path root) {
    this.root = root;
  }

  static LayerDirectories open(Path root) throws IOException {
    Files.createDirectories(root.resolve(STAGING));
    Files.createDirectories(root.resolve(TRASH));
    Files.createDirectories(root.resolve(EMPTY));
    try (Directory directory = Directory.open(root)) {
      directory.setPermissions(EMPTY, ROOT_PERMISSIONS);
      directory.descriptor().setPermissions(PRIVATE);
      directory.sync();
    }
    return new LayerDirectories(root);
  }

  /** A directory that is being filled; staging is emptied at every start. */
  record Staged(String name, Path path, Path fs) {}

  Staged stage(Digest id) throws IOException {
    byte[] suffix = new byte[4];
    random.nextBytes(suffix);
    String name = id.hex().substring(0, 12) + "-" + HexFormat.of().formatHex(suffix);
    try (Directory staging = Directory.open(root.resolve(STAGING))) {
      staging.makeDirectory(name, PRIVATE);
      try (Directory made = staging.directory(name)) {
        made.makeDirectory(FS, ROOT_PERMISSIONS);
        made.setPermissions(FS, ROOT_PERMISSIONS);
      }
    }
    Path path = root.resolve(STAGING).resolve(name);
    return new Staged(name, path, path.resolve(FS));
  }

  /** Makes a staged layer durable under its name: bytes first, the name last. */
  void publish(Staged staged, Layer layer) throws IOException {
    Files.write(staged.path.resolve(DESCRIPTION), description(layer));
    try (Directory staging = Directory.open(root.resolve(STAGING));
        Directory layers = Directory.open(root)) {
      FileSystems.sync(staging);
      staging.renameNew(staged.name, layers, staged.name);
      layers.sync();
    }
  }

  /** What a lost database could be made anew from; it never changes. */
  private static byte[] description(Layer layer) {
    return Json.write(
        Map.of(
            "format", FORMAT,
            "id", layer.id().toString(),
            "diffId", layer.diffId().toString(),
            "entries", layer.entries(),
            "sizeBytes", layer.sizeBytes(),
            "sum", layer.sum(),
            "leans", layer.leans(),
            "rootListed", layer.rootListed()));
  }

  /** What a directory's own description says; empty if there is none that this release reads. */
  Optional<Layer> describe(String name) {
    Path file = root.resolve(name).resolve(DESCRIPTION);
    try {
      if (Files.size(file) > DESCRIPTION_BYTES_MAX) {
        return Optional.empty();
      }
      JsonNode text = Json.tree(Files.readAllBytes(file));
      return text.path("format").asInt(0) == FORMAT
          ? Optional.of(
              new Layer(
                  Digest.parse(text.path("id").asString("")),
                  Digest.parse(text.path("diffId").asString("")),
                  name,
                  text.path("entries").asLong(),
                  text.path("sizeBytes").asLong(),
                  text.path("sum").asString(""),
                  text.path("leans").asBoolean(),
                  text.path("rootListed").asBoolean()))
          : Optional.empty();
    } catch (IOException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  Path fs(String name) {
    return root.resolve(name).resolve(FS);
  }

  Path empty() {
    return root.resolve(EMPTY);
  }

  /** Removes what is being filled. */
  void discard(Staged staged) throws IOException {
    try (Directory staging = Directory.open(root.resolve(STAGING))) {
      staging.removeTree(staged.name);
    }
  }

  /** Takes a layer away at once; its bytes go with {@link #emptyTrash}. */
  void trash(String name) throws IOException {
    try (Directory layers = Directory.open(root);
        Directory trash = Directory.open(root.resolve(TRASH))) {
      if (layers.find(name).isPresent()) {
        layers.rename(name, trash, name);
      }
    }
  }

  /** Everything that has a name here, whole or not. */
  List<String> names() throws IOException {
    try (Directory layers = Directory.open(root)) {
      return layers.list().stream()
          .map(DirectoryEntry::name)
          .filter(name -> !Set.of(STAGING, TRASH, EMPTY).contains(name))
          .toList();
    }
  }

  /** Throws away what a crash has left in staging; its bytes go with {@link #emptyTrash}. */
  void clearStaging() throws IOException {
    try (Directory staging = Directory.open(root.resolve(STAGING));
        Directory trash = Directory.open(root.resolve(TRASH))) {
      for (DirectoryEntry entry : staging.list()) {
        staging.rename(entry.name(), trash, entry.name());
      }
    }
  }

  /** Deletes the bytes of what was taken away; slow, and can be broken off and begun again. */
  void emptyTrash() throws IOException {
    try (Directory trash = Directory.open(root.resolve(TRASH))) {
      for (DirectoryEntry entry : trash.list()) {
        trash.removeTree(entry.name());
      }
    }
  }

  /** Free and total bytes of the file system that layers are on. */
  FileSystems.Usage usage() throws IOException {
    try (FileDescriptor directory = FileDescriptor.open(root, 0, OpenFlag.PATH)) {
      return FileSystems.usage(directory);
    }
  }
}
