package dev.plimsoll.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LauncherIT {

  @Test
  void theVersionIsToldOnStandardOutputAlone() throws Exception {
    Program.Result result = Program.plimsoll("--version").run();

    assertThat(result.succeeded()).matches("plimsoll \\d+\\.\\d+\\.\\d+");
    assertThat(result.err()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"frobnicate", "--frobnicate"})
  void anUnknownCommandIsWrongUsage(String word) throws Exception {
    Program.Result result = Program.plimsoll(word).run();

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).contains(word).doesNotContain("Exception");
  }

  @Test
  void theLauncherWorksFromAnywhereAndThroughALink() throws IOException, InterruptedException {
    String script = "cd / && d=$(mktemp -d) && ln -s \"$0\" $d/p && $d/p --version; rm -r $d";

    Program.Result result = Program.of("bash", "-c", script, Program.launcher().toString()).run();

    assertThat(result.succeeded()).startsWith("plimsoll ");
  }
}
