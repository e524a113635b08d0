package dev.plimsoll.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * The engine on a machine where Docker's daemon runs, which drops whatever is forwarded and not its
 * own: in a network namespace that both share, with a machine outside of it.
 */
class BesideDockerIT {
  @Test
  void bothRunContainersThatReachTheWorldAndAreReached() throws Exception {
    Places places = Places.make();
    try {
      Path work = places.scratch();
      Path archive = work.resolve("busybox.tar");
      Files.write(archive, TestImage.busybox().archive());
      Program.Result result =
          new Shell(Map.of("W", work.toString()))
              .line(
                  """
                  exec unshare --mount --net --pid --fork --kill-child --mount-proc catatonit -- \
                    sh %s %s $W %s $W/busybox.tar\
                  """
                      .formatted(
                          Path.of("src/test/resources/beside-docker.sh").toAbsolutePath(),
                          Program.launcher(),
                          TestDockerd.unpack(work)))
              .run();
      assertThat(result.out().lines())
          .as(result.err())
          .containsExactly(
              "published there: from inside",
              "published here: from inside",
              "outbound there: from outside",
              "outbound here: from outside",
              "without dockerd: from inside",
              "rules of ours left: 0");
    } finally {
      places.remove();
    }
  }
}
