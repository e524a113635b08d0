package dev.plimsoll.engine.container;

import dev.plimsoll.oci.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A container's {@code container.json}: what it was created with, and the name it had then.
 *
 * @param name empty in files of releases that did not write it
 */
record ContainerDescription(ContainerSettings settings, Optional<ContainerName> name) {
  private static final Logger log = LoggerFactory.getLogger(ContainerDescription.class);
  private static final int BYTES_MAX = 16 << 20;
  private static final String NAME = "name";

  static byte[] bytes(ContainerSettings settings, ContainerName name) {
    ObjectNode text = (ObjectNode) Json.tree(Json.write(settings));
    text.put(NAME, name.value());
    return Json.write(text);
  }

  /** What the file says; empty if there is none that this release reads. */
  static Optional<ContainerDescription> read(Path file) throws IOException {
    try {
      if (Files.size(file) > BYTES_MAX) {
        return Optional.empty();
      }
      ObjectNode text = (ObjectNode) Json.tree(Files.readAllBytes(file));
      String name = text.path(NAME).asString("");
      text.remove(NAME);
      ContainerSettings settings = Json.convert(text, ContainerSettings.class);
      return settings.format() == ContainerSettings.FORMAT
          ? Optional.of(
              new ContainerDescription(
                  settings,
                  name.isEmpty() ? Optional.empty() : Optional.of(new ContainerName(name))))
          : Optional.empty();
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IllegalArgumentException | ClassCastException e) {
      log.warn("container description unreadable file={} cause={}", file, e.getMessage());
      return Optional.empty();
    }
  }
}
