package dev.plimsoll.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ApiVersionTest {
  @Test
  void versionsAreNumbersAndNotText() {
    assertThat(ApiVersion.parse("1.9")).isLessThan(ApiVersion.parse("1.24"));
    assertThat(ApiVersion.parse("2.0")).isGreaterThan(ApiVersion.NEWEST);
    assertThat(ApiVersion.parse("1.42").atLeast(42)).isTrue();
    assertThat(ApiVersion.parse("1.41").atLeast(42)).isFalse();
    assertThat(ApiVersion.NEWEST).hasToString("1.51");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1", "1.", ".1", "1.24.0", "v1.24", "1.-4", "1.99999999999"})
  void anythingElseIsRefusedWithTheTextInTheMessage(String text) {
    assertThatThrownBy(() -> ApiVersion.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"" + text + "\"");
  }
}
