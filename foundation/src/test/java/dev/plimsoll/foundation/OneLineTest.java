package dev.plimsoll.foundation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OneLineTest {

  @ParameterizedTest
  @CsvSource({
    "'Ada L\u00f6velace', 'Ada L\u00f6velace'",
    "'a\nb\r\tc', 'a\\nb\\r\\tc'",
    "'\u001b[31mred', '\\u001b[31mred'",
    "'right \u202eto left', 'right \\u202eto left'",
    "'one\u2028two\u0085three', 'one\\u2028two\\u0085three'",
    "'\ud83d\udea2', '\ud83d\udea2'",
    "'', ''"
  })
  void whatEndsALineOrChangesHowItIsShownIsEscaped(String text, String shown) {
    assertThat(OneLine.of(text)).isEqualTo(shown);
  }
}
