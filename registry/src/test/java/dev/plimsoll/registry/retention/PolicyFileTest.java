package dev.plimsoll.registry.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.foundation.settings.SettingsException;
import dev.plimsoll.foundation.settings.YamlValue;
import java.time.Duration;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyFileTest {
  private static final String HEAD = "rules:\n- name: old\n  repositories: [team/*]\n";

  private static Policy read(String text) {
    return PolicyFile.read(YamlValue.parse("retention.yaml", text));
  }

  @Test
  void aRuleSaysWhatStays() {
    Policy policy =
        read(HEAD + "  tags: [v*]\n  keep: {newest: 10, order: version, pulled-within: 90d}\n");

    Rule rule = policy.rules().getFirst();
    assertThat(rule.line()).isEqualTo(2);
    assertThat(rule.keep())
        .isInstanceOfSatisfying(
            Keep.These.class,
            these -> {
              assertThat(these.newest()).isEqualTo(OptionalInt.of(10));
              assertThat(these.order()).isEqualTo(Keep.Order.VERSION);
              assertThat(these.pulledWithin()).contains(Duration.ofDays(90));
            });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "tags: [v*]                              | line 2 | rule \"old\" would delete everything",
        "tags: [v*]\\n  keep: {}                 | line 2 | would delete everything",
        "tags: [v*]\\n  keep: {newest: 0}        | line 5 | newest is \"0\"",
        "tags: [v*]\\n  keep: {newest: many}     | line 5 | newest is \"many\"",
        "tags: [v*]\\n  keep: {pushed-within: 0} | line 5 | would delete what was just pushed",
        "tags: [v*]\\n  keep: {pushed-within: 30s} | line 5 | \"30s\" is less than 1h",
        "tags: [v*]\\n  keep: {pulled-within: 30m} | line 5 | \"30m\" is less than 1h",
        "tags: [v*]\\n  keep: {age: 3d}          | line 5 | there is no key \"age\" here",
        "tags: [v*]\\n  keep: all                | line 5 | it must be everything",
        "tags: [v*]\\n  keep: {order: version}   | line 5 | it needs newest",
        "tags: [v*]\\n  keep: {untagged-within: 1d} | line 5 | no key \"untagged-within\"",
        "tags: []\\n  keep: everything           | line 4 | this list is empty",
        "untagged: true\\n  tags: [v*]           | line 2 | must be about tags",
        "keep: everything                        | line 2 | must be about tags",
        "untagged: false\\n  keep: everything    | line 4 | untagged can only be true",
        "untagged: true\\n  except: [a]\\n  keep: everything | line 5 | except takes tags out",
        "tags: ['a b']\\n  keep: everything      | line 4 | is no pattern",
      })
  void anythingElseIsRefusedWithLineAndReason(String more, String line, String reason) {
    assertThatThrownBy(() -> read(HEAD + "  " + more.strip().replace("\\n", "\n") + "\n"))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("retention.yaml, " + line.strip())
        .hasMessageContaining(reason.strip());
  }

  @Test
  void twoRulesOfOneNameAreRefused() {
    String rule = HEAD + "  tags: [v*]\n  keep: everything\n";

    assertThatThrownBy(() -> read(rule + rule.replace("rules:\n", "")))
        .hasMessageContaining("line 6: there is a rule \"old\" already");
    assertThatThrownBy(() -> read("rule: []")).hasMessageContaining("there is no key \"rule\"");
    assertThatThrownBy(() -> read("")).hasMessageContaining("rules is missing here");
  }

  @Test
  void aTrialTakesARuleThatDeletesEverythingAndSaysSo() {
    Policy policy =
        PolicyFile.readForTrial(YamlValue.parse("retention.yaml", HEAD + "  tags: [v*]\n"));

    assertThat(policy.doubts()).singleElement().asString().startsWith("line 2: rule \"old\" would");
    assertThat(policy.rules().getFirst().keep()).isEqualTo(Keep.These.NOTHING);
  }

  @Test
  void aTrialTakesARuleThatDeletesWhatWasJustPushedAndSaysSo() {
    Policy policy =
        PolicyFile.readForTrial(
            YamlValue.parse(
                "retention.yaml", HEAD + "  tags: [v*]\n  keep: {pushed-within: 30s}\n"));

    assertThat(policy.doubts())
        .singleElement()
        .asString()
        .startsWith("line 5: rule \"old\" would delete what was just pushed");
  }
}
