package dev.plimsoll.engine.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.engine.refusal.EngineException.BadParameter;
import java.util.List;
import org.junit.jupiter.api.Test;

class UserDatabaseTest {
  private final UserDatabase users =
      new UserDatabase(
          "root:x:0:0:root:/root:/bin/sh\nbroken line\napp:x:1000:1001::/home/app:\n",
          "root:x:0:\nteam:x:1001:\nextra:x:2000:someone,app\n");

  @Test
  void nothingMeansRoot() {
    assertThat(users.resolve("", List.of())).isEqualTo(new ProcessUser(0, 0, List.of(0L), "/root"));
  }

  @Test
  void aNameBringsItsGroups() {
    assertThat(users.resolve("app", List.of()))
        .isEqualTo(new ProcessUser(1000, 1001, List.of(1001L, 2000L), "/home/app"));
  }

  @Test
  void aNumberThatNobodyHasIsTakenAsItIs() {
    assertThat(users.resolve("4242", List.of()))
        .isEqualTo(new ProcessUser(4242, 0, List.of(0L), "/"));
    assertThat(users.resolve("4242:team", List.of()).gid()).isEqualTo(1001);
  }

  @Test
  void groupsAreAddedByNameAndNumber() {
    assertThat(users.resolve("app:7", List.of("extra", "9")).additionalGids())
        .containsExactly(7L, 9L, 2000L);
  }

  @Test
  void anUnknownNameIsRefusedByName() {
    assertThatThrownBy(() -> users.resolve("ghost", List.of()))
        .isInstanceOf(BadParameter.class)
        .hasMessage("unable to find user ghost: no matching entries in passwd file");
    assertThatThrownBy(() -> users.resolve("app:ghosts", List.of()))
        .hasMessage("unable to find group ghosts: no matching entries in group file");
    assertThatThrownBy(() -> users.resolve("99999999999", List.of()))
        .isInstanceOf(BadParameter.class);
  }
}
