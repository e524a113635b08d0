package dev.plimsoll.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Values in the log are quoted by the log alone, which escapes what is in them. */
class LogPatternsTest {
  private static final String QUOTED = "=\\\"{}";

  @Test
  void noPatternQuotesItsValuesItself() throws IOException {
    try (Stream<Path> modules = Files.list(Path.of(".."))) {
      List<Path> sources =
          modules
              .map(module -> module.resolve("src/main/java"))
              .filter(Files::isDirectory)
              .toList();
      assertThat(sources).hasSizeGreaterThan(5);
      for (Path source : sources) {
        try (Stream<Path> files = Files.walk(source)) {
          assertThat(files.filter(file -> file.toString().endsWith(".java")))
              .allSatisfy(file -> assertThat(Files.readString(file)).doesNotContain(QUOTED));
        }
      }
    }
  }
}
