package dev.plimsoll.oci;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DigestTest {

  @Test
  void equalContentHasEqualText() {
    Digest hello = Digest.sha256("hello".getBytes(UTF_8));

    assertThat(hello)
        .hasToString("sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824")
        .isEqualTo(Digest.parse(hello.toString()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "sha256",
        "sha256:",
        "sha256:E3B0",
        "md5:d41d8cd98f00b204e9800998ecf8427e",
        "sha256:../../../../etc/passwd",
        "sha512:00"
      })
  void anythingElseIsRefusedWithTheTextInTheMessage(String text) {
    assertThatThrownBy(() -> Digest.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(text.substring(text.indexOf(':') + 1));
  }

  @Test
  void aColonTellsADigestFromATag() {
    Digest digest = Digest.of(Digest.Algorithm.SHA512, new byte[0]);

    assertThat(Reference.parse(digest.toString())).isEqualTo(digest);
    assertThat(Reference.parse("v1.0_rc-1")).isEqualTo(new Tag("v1.0_rc-1"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".a", "-a", "a b", "a/b", "é"})
  void aTagKeepsToItsGrammar(String text) {
    assertThatThrownBy(() -> new Tag(text)).hasMessageContaining(text);
  }
}
