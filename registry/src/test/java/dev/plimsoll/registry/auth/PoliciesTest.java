package dev.plimsoll.registry.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.foundation.settings.SettingsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PoliciesTest {
  @TempDir private Path directory;
  private final AtomicLong nanos = new AtomicLong();
  private Path file;

  @BeforeEach
  void setUp() {
    file = directory.resolve("access.yaml");
  }

  private void passes(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  @Test
  void aChangedFileIsInForceWithinASecond() throws Exception {
    Files.writeString(file, "groups: {a: [x]}\n");
    Policies policies = Policies.of(file, nanos::get);

    Files.writeString(file, "groups: {a: [x, y]}\n");
    assertThat(policies.current().groups().get("a")).containsExactly("x");
    passes(Duration.ofSeconds(1));

    assertThat(policies.current().groups().get("a")).containsExactlyInAnyOrder("x", "y");
  }

  @Test
  void aFileThatCannotBeUsedLeavesTheLastOneInForceAndSaysWhy() throws Exception {
    Files.writeString(file, "groups: {a: [x]}\n");
    Policies policies = Policies.of(file, nanos::get);

    Files.writeString(file, "grups: {a: [x]}\n");
    passes(Duration.ofSeconds(1));

    assertThat(policies.current().groups()).containsKey("a");
    assertThat(policies.trouble().orElseThrow()).contains("line 1").contains("grups");

    Files.writeString(file, "groups: {bb: [x]}\n");
    passes(Duration.ofSeconds(1));
    assertThat(policies.current().groups()).containsOnlyKeys("bb");
    assertThat(policies.trouble()).isEmpty();
  }

  @Test
  void aFileThatIsGoneLeavesTheLastOneInForceAndSaysSo() throws Exception {
    Files.writeString(file, "groups: {a: [x]}\n");
    Policies policies = Policies.of(file, nanos::get);

    Files.delete(file);
    passes(Duration.ofSeconds(1));

    assertThat(policies.current().groups()).containsKey("a");
    assertThat(policies.trouble().orElseThrow()).contains("cannot be read");
  }

  @Test
  void theFirstFileMustBeGood() throws Exception {
    assertThatThrownBy(() -> Policies.of(file, nanos::get)).isInstanceOf(SettingsException.class);
    Files.writeString(file, "groups: 3\n");
    assertThatThrownBy(() -> Policies.of(file, nanos::get))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("line 1");
  }
}
