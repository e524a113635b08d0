package dev.plimsoll.engine.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PathPatternTest {
  private static Optional<Map<String, String>> match(String pattern, String path) {
    return PathPattern.parse(pattern).match(PathPattern.split(path));
  }

  @Test
  void aNameIsOneSegment() {
    assertThat(match("/containers/{id}/json", "/containers/web/json"))
        .contains(Map.of("id", "web"));
    assertThat(match("/containers/{id}/json", "/containers/a/b/json")).isEmpty();
    assertThat(match("/containers/{id}/json", "/containers//json")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "/images/busybox/json, busybox",
    "/images/localhost:5000/team/app/json, localhost:5000/team/app",
    "/images/json/json, json",
    "/images/a%2Fb/json, a/b",
    "/images/a+b@sha256:00/json, a+b@sha256:00",
  })
  void aNameWithDotsSpansSlashes(String path, String name) {
    assertThat(match("/images/{name...}/json", path)).contains(Map.of("name", name));
  }

  @ParameterizedTest
  @CsvSource({"/images/json", "/images//json", "/images/a/b", "/images/a/json/", "/"})
  void aPathThatLooksOtherwiseDoesNotMatch(String path) {
    assertThat(match("/images/{name...}/json", path)).isEmpty();
  }

  @Test
  void anEncodedSlashIsPartOfTheName() {
    assertThat(match("/containers/{id}/json", "/containers/a%2fjson/json"))
        .contains(Map.of("id", "a/json"));
  }

  @ParameterizedTest
  @CsvSource({"/containers/%/json", "/containers/%zz/json", "/containers/a%2/json"})
  void brokenEncodingIsRefused(String path) {
    assertThatThrownBy(() -> match("/containers/{id}/json", path))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void twoNamesThatSpanSlashesCannotBeToldApart() {
    assertThatThrownBy(() -> PathPattern.parse("/{a...}/x/{b...}"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
