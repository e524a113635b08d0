package dev.plimsoll.registry.retention;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VersionTest {
  /** From Semantic Versioning 2.0.0, 11, and what tags add to it. */
  private static final List<String> IN_ORDER =
      List.of(
          "0.9",
          "1.0.0-alpha",
          "1.0.0-alpha.1",
          "1.0.0-alpha.beta",
          "1.0.0-beta",
          "1.0.0-beta.2",
          "1.0.0-beta.11",
          "1.0.0-rc.1",
          "v1.0.0",
          "1.0.1",
          "1.2",
          "v1.10.0",
          "2",
          "2.0.0.1",
          "20260101120000",
          "99999999999999999999999999.0");

  private static Version version(String tag) {
    return Version.of(tag).orElseThrow();
  }

  @Test
  void versionsHaveTheirOrder() {
    List<String> shuffled = new ArrayList<>(IN_ORDER);
    Collections.shuffle(shuffled, new Random(1));

    assertThat(shuffled.stream().sorted((a, b) -> version(a).compareTo(version(b))))
        .containsExactlyElementsOf(IN_ORDER);
  }

  @Test
  void whatIsWrittenTwoWaysIsTheSame() {
    assertThat(version("v1.0")).isEqualByComparingTo(version("1.0.0"));
    assertThat(version("1.0.0_build.5")).isEqualByComparingTo(version("1.0.0"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"latest", "v", "1.", "1.2.3.4.5", "release-1.0", "1.0-", "sha256-00ff.sig"})
  void otherTagsAreNoVersions(String tag) {
    assertThat(Version.of(tag)).isEmpty();
  }
}
