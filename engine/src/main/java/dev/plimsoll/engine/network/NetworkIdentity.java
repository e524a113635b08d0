package dev.plimsoll.engine.network;

import dev.plimsoll.content.DurableFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;

/** The id of a network that is always there: chosen once, then kept. */
final class NetworkIdentity {
  private static final int ID_BYTES = 32;

  private NetworkIdentity() {}

  static String of(Path file, DurableFile files) throws IOException {
    if (!Files.exists(file)) {
      byte[] id = new byte[ID_BYTES];
      new SecureRandom().nextBytes(id);
      files.replace(file, HexFormat.of().formatHex(id).getBytes(StandardCharsets.US_ASCII));
    }
    return Files.readString(file).strip();
  }
}
