package dev.plimsoll.engine.host;

import dev.plimsoll.content.DurableFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/** The name of an installation, made at its first start and kept in its data directory. */
public final class Identity {
  private Identity() {}

  /** Reads the file, or writes it with a new name. */
  public static String of(Path file, DurableFile writer) throws IOException {
    if (Files.exists(file)) {
      return Files.readString(file).strip();
    }
    String made = UUID.randomUUID().toString();
    writer.replace(file, (made + "\n").getBytes(StandardCharsets.UTF_8));
    return made;
  }
}
