package dev.plimsoll.foundation.settings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Secrets of settings, each given as a text or, better, as the name of a file that holds it. */
public final class SecretText {
  private SecretText() {}

  /**
   * The secret, from {@code key} or from {@code key-file}; its text is in no message.
   *
   * @throws IllegalArgumentException with a sentence if both are set, or the file cannot be read
   */
  public static Optional<String> of(String key, Optional<String> text, Optional<String> fileName) {
    if (text.isPresent() && fileName.isPresent()) {
      throw new IllegalArgumentException("%s and %s-file are both set".formatted(key, key));
    }
    return text.or(() -> fileName.map(name -> read(key, Path.of(name))));
  }

  private static String read(String key, Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "%s-file names %s, which cannot be read".formatted(key, file), e);
    }
  }
}
