package dev.plimsoll.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageNameTest {
  private static final String HASH = "a".repeat(64);

  @ParameterizedTest
  @CsvSource({
    "busybox, docker.io/library/busybox, busybox",
    "busybox:1.36, docker.io/library/busybox:1.36, busybox:1.36",
    "team/app, docker.io/team/app, team/app",
    "docker.io/busybox, docker.io/library/busybox, busybox",
    "index.docker.io/library/busybox, docker.io/library/busybox, busybox",
    "docker.io/library/team/app, docker.io/library/team/app, library/team/app",
    "localhost/app, localhost/app, localhost/app",
    "localhost:5000/app:1, localhost:5000/app:1, localhost:5000/app:1",
    "127.0.0.1:5000/a/b/c, 127.0.0.1:5000/a/b/c, 127.0.0.1:5000/a/b/c",
    "[::1]:5000/app, [::1]:5000/app, [::1]:5000/app",
    "Registry/app, Registry/app, Registry/app",
  })
  void aNameIsNormalisedAsDockerDoes(String text, String full, String familiar) {
    ImageName name = ImageName.parse(text);

    assertThat(name).hasToString(full);
    assertThat(name.familiar()).isEqualTo(familiar);
    assertThat(ImageName.parse(full)).isEqualTo(name);
  }

  @Test
  void aDigestWinsOverTheTag() {
    ImageName name = ImageName.parse("busybox:1@sha256:" + HASH);

    assertThat(name.reference()).isEqualTo(Digest.parse("sha256:" + HASH));
    assertThat(name.tag()).contains(new Tag("1"));
  }

  @Test
  void latestIsAddedOnlyWhereNothingWasWritten() {
    assertThat(ImageName.parse("busybox").withDefaultTag().familiar()).isEqualTo("busybox:latest");
    assertThat(ImageName.parse("busybox:1").withDefaultTag().familiar()).isEqualTo("busybox:1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":",
        "a:",
        "a@",
        "UPPER",
        "a/UPPER",
        "a//b",
        "/a",
        "a/",
        "a b",
        "../a",
        "a/../b",
        "host:port/a",
        "a:t/x",
        "a@sha256:12",
        "-a",
        "a..b"
      })
  void anythingElseIsRefusedInDockersWords(String text) {
    assertThatThrownBy(() -> ImageName.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("invalid reference format: \"" + text + "\"");
  }

  @Test
  void aBareHashIsNoName() {
    assertThatThrownBy(() -> ImageName.parse(HASH)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aHostileNameCostsOnePass() {
    assertThatThrownBy(() -> ImageName.parse("a-".repeat(120) + "!"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
