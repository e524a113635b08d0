package dev.plimsoll.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @ParameterizedTest
  @ValueSource(strings = {"--version", "-V", "version"})
  void theVersionIsThatOfTheBuild(String word) throws IOException {
    int code = run(word);

    assertThat(code).isZero();
    assertThat(Files.readString(Path.of("..", "pom.xml")))
        .contains("<version>%s</version>".formatted(out.toString().strip().split(" ")[1]));
  }

  @Test
  void withoutAWordTheHelpIsShown() {
    int code = run();

    assertThat(code).isZero();
    assertThat(out.toString()).startsWith("Usage: plimsoll COMMAND");
  }

  @Test
  void anUnknownCommandIsNamedAndUsageIsTwo() {
    int code = run("frobnicate");

    assertThat(code).isEqualTo(2);
    assertThat(err.toString()).contains("no command \"frobnicate\"");
  }

  private int run(String... arguments) {
    return Main.run(arguments, new PrintWriter(out, true), new PrintWriter(err, true));
  }
}
