package dev.plimsoll.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AuthConfigTest {
  private static final AuthConfig ANNE =
      new AuthConfig("anne", "sécret?>", "", "registry.example:5000", "", "");

  @Test
  void whatIsEncodedIsRead() {
    assertThat(AuthConfig.decode(ANNE.encode())).isEqualTo(ANNE);
  }

  @Test
  void eitherAlphabetIsTakenPaddedOrNot() {
    byte[] json =
        "{\"username\":\"anne\",\"password\":\"?>?>~~\"}".getBytes(StandardCharsets.UTF_8);

    for (var encoder :
        new Base64.Encoder[] {
          Base64.getEncoder(),
          Base64.getUrlEncoder(),
          Base64.getEncoder().withoutPadding(),
          Base64.getUrlEncoder().withoutPadding()
        }) {
      assertThat(AuthConfig.decode(encoder.encodeToString(json)).password()).isEqualTo("?>?>~~");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "e30=", "e30"})
  void anEmptyHeaderIsNobody(String header) {
    assertThat(AuthConfig.decode(header)).isEqualTo(AuthConfig.NONE);
    assertThat(AuthConfig.decode(header).isAnonymous()).isTrue();
  }

  @Test
  void aPairInTheAuthFieldIsTakenApart() {
    String pair = Base64.getEncoder().encodeToString("anne:a:b".getBytes(StandardCharsets.UTF_8));

    var auth = new AuthConfig("", "", pair, "", "", "");

    assertThat(auth.username()).isEqualTo("anne");
    assertThat(auth.password()).isEqualTo("a:b");
  }

  @ParameterizedTest
  @ValueSource(strings = {"!!!", "bm90IGpzb24=", "WzFd"})
  void garbageIsRefused(String header) {
    assertThatThrownBy(() -> AuthConfig.decode(header))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void noTextFormShowsASecret() {
    assertThat(ANNE.toString()).contains("anne").doesNotContain("sécret");
  }
}
