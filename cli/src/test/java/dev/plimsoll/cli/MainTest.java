package dev.plimsoll.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.cli.verb.Verb;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
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

  @Test
  void theHelpListsEveryCommand() {
    run("--help");

    Commands.ALL.stream()
        .flatMap(group -> group.verbs().stream())
        .forEach(verb -> assertThat(out.toString()).contains(verb.name(), verb.summary()));
  }

  @Test
  void everyCommandExplainsItselfByItsFullName() {
    List<Verb> all = Commands.ALL.stream().flatMap(group -> group.verbs().stream()).toList();
    for (Verb verb : all) {
      List<String> words = new ArrayList<>(List.of(verb.name().split(" ")));
      words.add("--help");

      int code = run(words.toArray(String[]::new));

      assertThat(code).as(verb.name()).isZero();
      assertThat(out.toString()).contains("Usage: plimsoll " + verb.name());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"registry", "engine"})
  void aGroupListsItsVerbsAndWithoutOneIsWrongUsage(String word) {
    int bare = run(word);
    int help = run(word, "--help");

    assertThat(bare).isEqualTo(2);
    assertThat(err.toString()).contains("plimsoll %s: say what to do".formatted(word));
    assertThat(help).isZero();
    assertThat(out.toString()).contains("Usage: plimsoll %s VERB".formatted(word), word + " serve");
  }

  @Test
  void anUnknownVerbIsNamedWithItsGroup() {
    int code = run("registry", "frobnicate");

    assertThat(code).isEqualTo(2);
    assertThat(err.toString()).contains("no command \"registry frobnicate\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "registry gc --data",
        "registry backup --to",
        "registry restore --data /nowhere --from",
        "registry import --from",
        "registry serve --data",
        "down --data",
      })
  void anUnsetVariableIsNotTheDirectoryAtHand(String words) {
    int code =
        run(Stream.concat(Stream.of(words.split(" ")), Stream.of("")).toArray(String[]::new));

    assertThat(code).isEqualTo(2);
    assertThat(err.toString()).contains("is empty; name ").hasLineCount(2);
  }

  private int run(String... arguments) {
    return Main.run(arguments, new PrintWriter(out, true), new PrintWriter(err, true));
  }
}
