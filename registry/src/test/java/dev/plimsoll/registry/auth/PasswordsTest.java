package dev.plimsoll.registry.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import at.favre.lib.crypto.bcrypt.BCrypt;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PasswordsTest {
  private final Passwords passwords = new Passwords();

  private static String hash(int cost, String password) {
    return new String(
        BCrypt.with(BCrypt.Version.VERSION_2Y)
            .hash(cost, password.getBytes(StandardCharsets.UTF_8)),
        StandardCharsets.US_ASCII);
  }

  @Test
  void knowsItsOwnHashes() throws Exception {
    String hash = passwords.hash("correct horse");

    assertThat(passwords.matches("correct horse", hash, Passwords.COST)).isTrue();
    assertThat(passwords.matches("correct hors", hash, Passwords.COST)).isFalse();
  }

  /** An unknown user (0) and users with hashes of all costs. */
  @ParameterizedTest
  @ValueSource(ints = {0, 4, 5, 8, 10, 11})
  void everyFailureTakesTheSameWork(int cost) throws Exception {
    int level = 11;

    boolean matched =
        passwords.matches("wrong-password", cost == 0 ? null : hash(cost, "right"), level);

    assertThat(matched).isFalse();
    assertThat(passwords.work()).isEqualTo(1L << level);
  }

  @Test
  void aPasswordThatBcryptWouldCutIsNone() throws Exception {
    String longest = "x".repeat(72);
    String hash = passwords.hash(longest);

    assertThat(passwords.matches(longest, hash, Passwords.COST)).isTrue();
    assertThat(passwords.matches(longest + "y", hash, Passwords.COST)).isFalse();
    assertThatThrownBy(() -> passwords.hash(longest + "y"))
        .isInstanceOf(AccessException.Invalid.class);
    assertThatThrownBy(() -> passwords.hash("short")).isInstanceOf(AccessException.Invalid.class);
  }
}
