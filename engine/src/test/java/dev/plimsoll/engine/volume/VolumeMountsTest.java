package dev.plimsoll.engine.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.database.Database;
import dev.plimsoll.engine.event.Events;
import dev.plimsoll.engine.filter.Filters;
import dev.plimsoll.linux.Mounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Volumes whose options say what to mount; real mounts, so as root. */
class VolumeMountsTest {
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final Map<String, String> TMPFS =
      Map.of("type", "tmpfs", "device", "tmpfs", "o", "size=1m,noexec,rw");

  @TempDir private Path root;
  private Database database;
  private Volumes volumes;

  @BeforeEach
  void open() throws IOException {
    database = Database.open(root.resolve("engine.db"), "db/engine");
    volumes = reopened();
  }

  private Volumes reopened() throws IOException {
    return Volumes.open(root.resolve("volumes"), database, new Events(() -> NOON), () -> NOON);
  }

  @AfterEach
  void close() throws IOException {
    for (Volume volume : volumes.list(Filters.NONE)) {
      Mounts.release(volume.mountpoint());
    }
    database.close();
  }

  private static String typeOf(Path path) throws IOException {
    return Files.getFileStore(path).type();
  }

  private static Map<String, String> bind(Path host, String options) {
    return Map.of("type", "none", "device", host.toString(), "o", options);
  }

  @Test
  void itIsMountedFromTheFirstContainerToTheLast() throws IOException {
    volumes.acquire("c1", "data", "", TMPFS, Map.of());
    volumes.acquire("c2", "data", "", TMPFS, Map.of());

    Path mounted = volumes.mount("data", "c1");
    volumes.mount("data", "c2");
    volumes.mount("data", "c2");
    assertThat(typeOf(mounted)).isEqualTo("tmpfs");

    volumes.unmount("data", "c2");
    assertThat(typeOf(mounted)).isEqualTo("tmpfs");

    volumes.unmount("data", "c1");
    assertThat(typeOf(mounted)).isNotEqualTo("tmpfs");
    volumes.unmount("data", "c1");
  }

  @Test
  void aDirectoryOfTheHostIsBoundWithItsFlags() throws IOException {
    Path host = Files.createDirectories(root.resolve("host"));
    Files.writeString(host.resolve("file"), "text");
    volumes.acquire("c1", "data", "", bind(host, "bind,ro"), Map.of());

    Path mounted = volumes.mount("data", "c1");

    assertThat(mounted.resolve("file")).hasContent("text");
    assertThatThrownBy(() -> Files.writeString(mounted.resolve("new"), "x"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("Read-only");
    volumes.unmount("data", "c1");
    assertThat(host.resolve("file")).hasContent("text");
  }

  @Test
  void whatCannotBeMountedIsSaidWithTheReason() throws IOException {
    volumes.acquire("c1", "data", "", bind(root.resolve("absent"), "bind"), Map.of());

    assertThatThrownBy(() -> volumes.mount("data", "c1"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("error while mounting volume '" + root)
        .hasMessageContaining("failed to mount local volume")
        .rootCause()
        .hasMessageContaining("No such file or directory");
  }

  @Test
  void aDaemonThatComesBackFindsTheMountAndTakesItAwayInTime() throws IOException {
    volumes.acquire("c1", "data", "", TMPFS, Map.of());
    Path mounted = volumes.mount("data", "c1");
    Files.writeString(mounted.resolve("file"), "kept");

    volumes = reopened();
    volumes.mount("data", "c1");
    volumes.releaseAllExcept(List.of("c1"));
    assertThat(mounted.resolve("file")).hasContent("kept");

    volumes.unmount("data", "c1");
    assertThat(typeOf(mounted)).isNotEqualTo("tmpfs");
  }

  @Test
  void aMountWhoseContainerEndedWhileNobodyLookedIsTakenAway() throws IOException {
    volumes.acquire("c1", "data", "", TMPFS, Map.of());
    Path mounted = volumes.mount("data", "c1");

    volumes = reopened();
    volumes.releaseAllExcept(List.of("c1"));

    assertThat(typeOf(mounted)).isNotEqualTo("tmpfs");
  }

  @Test
  void removingTakesALeftMountAwayAndNotWhatIsInIt() throws IOException {
    Path host = Files.createDirectories(root.resolve("host"));
    Files.writeString(host.resolve("file"), "kept");
    volumes.create("data", "", bind(host, "bind"), Map.of());
    volumes.mount("data", "c1");

    volumes.remove("data");

    assertThat(host.resolve("file")).hasContent("kept");
    assertThat(root.resolve("volumes")).isEmptyDirectory();
  }
}
