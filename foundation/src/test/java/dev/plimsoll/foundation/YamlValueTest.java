package dev.plimsoll.foundation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.foundation.settings.SettingsException;
import dev.plimsoll.foundation.settings.YamlValue;
import org.junit.jupiter.api.Test;

class YamlValueTest {
  private static YamlValue parse(String text) {
    return YamlValue.parse("rules.yaml", text);
  }

  @Test
  void readsMapsListsAndTexts() {
    YamlValue value = parse("keep: 7\nnames: [a, b]\none: c\n");

    var fields = value.fields("keep", "names", "one");

    assertThat(fields.get("keep").<Integer>as(Integer::parseInt)).isEqualTo(7);
    assertThat(fields.get("names").items()).extracting(YamlValue::text).containsExactly("a", "b");
    assertThat(fields.get("one").items()).extracting(YamlValue::text).containsExactly("c");
  }

  @Test
  void nothingIsAnEmptyMap() {
    assertThat(parse("").entries()).isEmpty();
    assertThat(parse("# only a remark\n").entries()).isEmpty();
  }

  @Test
  void anUnknownKeyIsRefusedWithItsLineAndTheKnownOnes() {
    assertThatThrownBy(() -> parse("keep: 7\nkep:\n  - 8\n").fields("keep", "drop"))
        .isInstanceOf(SettingsException.class)
        .hasMessage("rules.yaml, line 2: there is no key \"kep\" here; these are: keep, drop");
  }

  @Test
  void aKeyThatStandsTwiceIsRefused() {
    assertThatThrownBy(() -> parse("a: 1\nb: 2\na: 3\n").entries())
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("rules.yaml, line 3");
  }

  @Test
  void aKeyWithoutValueAndAnEmptyItemAreRefused() {
    assertThatThrownBy(() -> parse("a: 1\nb:\n").entries())
        .hasMessage("rules.yaml, line 2: b has no value");
    assertThatThrownBy(() -> parse("a:\n  - 1\n  -\n").entries().get("a").items())
        .hasMessageStartingWith("rules.yaml, line ")
        .hasMessageEndingWith(": an item of this list is empty");
  }

  @Test
  void theWrongKindOfValueIsRefused() {
    assertThatThrownBy(() -> parse("- a\n").entries())
        .hasMessage("rules.yaml, line 1: a map of keys and values must stand here");
    assertThatThrownBy(() -> parse("a: {b: c}\n").entries().get("a").text())
        .hasMessage("rules.yaml, line 1: a single value must stand here");
    assertThatThrownBy(() -> parse("a: x\n").entries().get("a").as(Integer::parseInt))
        .hasMessageStartingWith("rules.yaml, line 1: ")
        .hasMessageContaining("x");
  }

  @Test
  void whatIsNotYamlIsRefusedWithThePlace() {
    assertThatThrownBy(() -> parse("a: [1\nb: 2\n"))
        .isInstanceOf(SettingsException.class)
        .hasMessageStartingWith("rules.yaml is not YAML")
        .hasMessageContaining("line 2");
  }
}
