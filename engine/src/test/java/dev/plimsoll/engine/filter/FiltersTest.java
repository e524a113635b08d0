package dev.plimsoll.engine.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.engine.refusal.EngineException.BadParameter;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FiltersTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"label\":[\"a=b\",\"c\"]}",
        "{\"label\":{\"a=b\":true,\"c\":true}}",
        " {\"label\": {\"c\": false, \"a=b\": true}}"
      })
  void bothFormsThatClientsSendMeanTheSame(String json) {
    Filters filters = Filters.parse(json);

    assertThat(filters.all("label")).containsExactly("a=b", "c");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "  ", "{}"})
  void nothingFiltersNothing(String json) {
    Filters filters = Filters.parse(json);

    assertThat(filters.isEmpty()).isTrue();
    assertThat(filters.matchesExactly("name", "anything")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"[", "[]", "1", "\"label\"", "{\"a\":1}", "{\"a\":[1]}", "{\"a\":{\"b\":\"c\"}}"})
  void anythingElseIsRefused(String json) {
    assertThatThrownBy(() -> Filters.parse(json))
        .isInstanceOf(BadParameter.class)
        .hasMessageStartingWith("invalid filter");
  }

  @Test
  void aNameThatTheListDoesNotKnowIsRefusedByName() {
    Filters filters = Filters.parse("{\"unused-for\":[\"1h\"]}");

    assertThatThrownBy(() -> filters.allowOnly(Set.of("label")))
        .isInstanceOf(BadParameter.class)
        .hasMessage("invalid filter 'unused-for'");
  }

  @ParameterizedTest
  @CsvSource({"web, true", "web-1, true", "my-web, true", "db, false"})
  void aPatternMatchesAnywhereInTheName(String name, boolean matches) {
    Filters filters = Filters.of(Map.of("name", List.of("web")));

    assertThat(filters.matchesPattern("name", name)).isEqualTo(matches);
  }

  @Test
  void aPatternMayBeAnchored() {
    Filters filters = Filters.of(Map.of("name", List.of("^web$")));

    assertThat(filters.matchesPattern("name", "web")).isTrue();
    assertThat(filters.matchesPattern("name", "web-1")).isFalse();
  }

  @Test
  void whatIsNoPatternIsRefusedAndNamed() {
    Filters filters = Filters.of(Map.of("name", List.of("we(b")));

    assertThatThrownBy(() -> filters.matchesPattern("name", "web"))
        .isInstanceOf(BadParameter.class)
        .hasMessageContaining("we(b");
  }

  @Test
  void everyLabelAskedForMustBeThere() {
    Filters filters = Filters.of(Map.of("label", List.of("a", "b=1")));

    assertThat(filters.matchesLabels(Map.of("a", "", "b", "1"))).isTrue();
    assertThat(filters.matchesLabels(Map.of("a", "", "b", "2"))).isFalse();
    assertThat(filters.matchesLabels(Map.of("b", "1"))).isFalse();
  }

  @Test
  void theNegativeLabelTurnsAwayWhatItMatches() {
    Filters filters = Filters.of(Map.of("label!", List.of("keep")));

    assertThat(filters.matchesLabels(Map.of("keep", "yes"))).isFalse();
    assertThat(filters.matchesLabels(Map.of("other", ""))).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"1, true", "true, true", "0, false", "false, false"})
  void yesAndNoAreReadAsDockerReadsThem(String text, boolean expected) {
    assertThat(Filters.of(Map.of("dangling", List.of(text))).flag("dangling")).contains(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"yes", "True", ""})
  void anotherWordForYesIsRefused(String text) {
    Filters filters = Filters.of(Map.of("dangling", List.of(text)));

    assertThatThrownBy(() -> filters.flag("dangling"))
        .isInstanceOf(BadParameter.class)
        .hasMessage("invalid filter 'dangling=[" + text + "]'");
  }

  @Test
  void yesAndNoAtOnceAreRefused() {
    Filters filters = Filters.of(Map.of("dangling", List.of("true", "false")));

    assertThatThrownBy(() -> filters.flag("dangling")).isInstanceOf(BadParameter.class);
  }

  @Test
  void addingAndTakingAwayLeaveTheOriginalAlone() {
    Filters one = Filters.of(Map.of("label", List.of("a")));

    Filters two = one.with("all", "true").without("label");

    assertThat(one.all("label")).containsExactly("a");
    assertThat(two.has("label")).isFalse();
    assertThat(two.flag("all")).contains(true);
  }
}
