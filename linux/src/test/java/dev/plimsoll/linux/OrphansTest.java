package dev.plimsoll.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class OrphansTest {
  private static final Path SHELL = Path.of("/bin/sh");

  /** Starts a process whose parent leaves at once. */
  private static long leaveBehind(String script) throws Exception {
    var told =
        Processes.run(
            Command.of(SHELL, "-c", "(" + script + ") </dev/null >/dev/null 2>&1 & echo $!"),
            Duration.ofSeconds(20));
    return Long.parseLong(told.output().strip());
  }

  @Test
  void theExitCodeOfAClaimedOneIsLearnt() throws Exception {
    try (Orphans.Expectation expected = Orphans.expect()) {
      ChildProcess orphan = expected.claim(leaveBehind("sleep 0.1; exit 7"));

      assertThat(orphan.waitFor().code()).isEqualTo(7);
    }
  }

  @Test
  void oneThatEndedBeforeItsClaimIsNotLost() throws Exception {
    try (Orphans.Expectation expected = Orphans.expect()) {
      long pid = leaveBehind("sleep 0.2; exit 8");
      await().until(() -> Processes.startTime(pid).isEmpty());

      assertThat(expected.claim(pid).waitFor().code()).isEqualTo(8);
    }
  }

  @Test
  void whatNobodyClaimsLeavesNoZombie() throws Exception {
    Orphans.expect().close();
    long pid = leaveBehind("sleep 0.2; exit 9");

    await().atMost(Duration.ofSeconds(30)).until(() -> !Files.exists(Path.of("/proc/" + pid)));
  }
}
