package dev.plimsoll.engine;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** Which build this is, as the build has written it down. */
final class EngineVersion {
  private static final Properties BUILD = load();

  static final String TEXT = BUILD.getProperty("version", "unknown");
  static final String COMMIT = BUILD.getProperty("commit", "unknown");
  static final String BUILT = BUILD.getProperty("built", "");

  private EngineVersion() {}

  private static Properties load() {
    Properties properties = new Properties();
    try (InputStream file = EngineVersion.class.getResourceAsStream("version.properties")) {
      if (file != null) {
        properties.load(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties;
  }
}
