package dev.plimsoll.oci;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TagTest {
  /** As the distribution specification has it. */
  private static final Pattern GRAMMAR = Pattern.compile("[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}");

  @Test
  void aTagIsWhatTheGrammarAllows() {
    Stream<String> everyCharacter =
        IntStream.rangeClosed(0, 0x250)
            .mapToObj(Character::toString)
            .flatMap(c -> Stream.of(c, "a" + c, c + "a"));
    Stream<String> others =
        Stream.of("", "v1.10.0-rc.1_x", "a".repeat(128), "a".repeat(129), "...", "1\n");

    assertThat(Stream.concat(everyCharacter, others))
        .allSatisfy(text -> assertThat(isTag(text)).isEqualTo(GRAMMAR.matcher(text).matches()));
  }

  private static boolean isTag(String text) {
    try {
      return new Tag(text).value().equals(text);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
