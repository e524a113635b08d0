package dev.plimsoll.engine.volume;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.database.Database;
import dev.plimsoll.engine.event.Events;
import dev.plimsoll.linux.Device;
import dev.plimsoll.linux.Directory;
import dev.plimsoll.linux.FileType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VolumeFillingTest {
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final FileTime OLD = FileTime.from(Instant.parse("2001-02-03T04:05:06.789Z"));

  @TempDir private Path root;
  private Path image;
  private Database database;
  private Volumes volumes;
  private Volume volume;

  @BeforeEach
  void open() throws IOException {
    database = Database.open(root.resolve("engine.db"), "db/engine");
    volumes = Volumes.open(root.resolve("volumes"), database, new Events(() -> NOON), () -> NOON);
    volume = volumes.acquire("c1", "data", "", Map.of(), Map.of());
    image = Files.createDirectories(root.resolve("image"));
    Files.createDirectories(image.resolve("srv/app"));
  }

  @AfterEach
  void close() throws IOException {
    database.close();
  }

  @Test
  void everythingOfTheImageIsInTheVolumeAsItWas() throws IOException {
    Path app = image.resolve("srv/app");
    Files.writeString(app.resolve("file"), "text");
    Files.createLink(app.resolve("hard"), app.resolve("file"));
    Files.createSymbolicLink(app.resolve("soft"), Path.of("/etc/passwd"));
    Files.createDirectories(app.resolve("sub/deep"));
    Files.createLink(app.resolve("sub/deep/hard"), app.resolve("file"));
    try (Directory directory = Directory.open(app)) {
      directory.makeNode("pipe", FileType.FIFO, 0640, new Device(0, 0));
      directory.makeNode("null", FileType.CHARACTER_DEVICE, 0666, new Device(1, 3));
      directory.setOwner("file", 1000, 2000);
      directory.setPermissions("file", 04751);
      directory.setAttribute("file", "user.note", "x".getBytes(StandardCharsets.UTF_8));
      directory.setOwner("soft", 7, 8);
      directory.setOwner("sub", 33, 33);
      directory.setPermissions("sub", 02770);
    }
    Files.setLastModifiedTime(app.resolve("file"), OLD);
    Files.setLastModifiedTime(app.resolve("sub"), OLD);

    volumes.fill("data", image, "/srv/app");

    Path data = volume.mountpoint();
    assertThat(data.resolve("file")).hasContent("text");
    try (Directory directory = Directory.open(data)) {
      assertThat(directory.status("file").uid()).isEqualTo(1000);
      assertThat(directory.status("file").gid()).isEqualTo(2000);
      assertThat(directory.status("file").permissions()).isEqualTo(04751);
      assertThat(directory.status("file").links()).isEqualTo(3);
      assertThat(directory.attribute("file", "user.note")).hasValue(new byte[] {'x'});
      assertThat(directory.status("hard").sameFile(directory.status("file"))).isTrue();
      assertThat(directory.readLink("soft")).isEqualTo("/etc/passwd");
      assertThat(directory.status("soft").uid()).isEqualTo(7);
      assertThat(directory.status("sub").permissions()).isEqualTo(02770);
      assertThat(directory.status("sub").modified()).isEqualTo(OLD.toInstant());
      assertThat(directory.status("file").modified()).isEqualTo(OLD.toInstant());
      assertThat(directory.status("pipe").type()).isEqualTo(FileType.FIFO);
      assertThat(directory.status("null").special()).isEqualTo(new Device(1, 3));
    }
  }

  @Test
  void theVolumeItselfLooksLikeTheDirectoryOfTheImage() throws IOException {
    try (Directory parent = Directory.open(image.resolve("srv"))) {
      parent.setOwner("app", 999, 998);
      parent.setPermissions("app", 01730);
    }

    volumes.fill("data", image, "/srv/app");

    try (Directory parent = Directory.open(volume.mountpoint().resolve(".."))) {
      assertThat(parent.status("_data").uid()).isEqualTo(999);
      assertThat(parent.status("_data").gid()).isEqualTo(998);
      assertThat(parent.status("_data").permissions()).isEqualTo(01730);
    }
  }

  @Test
  void aVolumeThatHoldsSomethingIsLeftAlone() throws IOException {
    Files.writeString(volume.mountpoint().resolve("mine"), "kept");
    Files.writeString(image.resolve("srv/app/file"), "text");

    volumes.fill("data", image, "/srv/app");

    assertThat(volume.mountpoint().resolve("mine")).hasContent("kept");
    assertThat(volume.mountpoint().resolve("file")).doesNotExist();
  }

  @Test
  void aVolumeThatARunningContainerSeesIsFilledWhereItIs() throws IOException {
    Path seen = volumes.mount("data", "c1");
    Files.writeString(image.resolve("srv/app/file"), "text");

    try (Directory before = Directory.open(seen)) {
      volumes.fill("data", image, "/srv/app");

      assertThat(before.find("file")).isPresent();
    }
    volumes.unmount("data", "c1");
  }

  @Test
  void aPlaceThatTheImageDoesNotHaveLeavesTheVolumeEmpty() throws IOException {
    Files.writeString(image.resolve("file"), "no directory");
    Files.createSymbolicLink(image.resolve("loop"), Path.of("loop"));

    volumes.fill("data", image, "/absent");
    volumes.fill("data", image, "/file");
    volumes.fill("data", image, "/file/below");
    volumes.fill("data", image, "/loop");

    assertThat(volume.mountpoint()).isEmptyDirectory();
  }

  @Test
  void aLinkInTheImageLeadsNowhereOutsideOfIt() throws IOException {
    Path outside = Files.createDirectories(root.resolve("outside"));
    Files.writeString(outside.resolve("secret"), "secret");
    Files.createSymbolicLink(image.resolve("up"), Path.of("../../outside"));
    Files.createSymbolicLink(image.resolve("absolute"), outside);
    Files.createSymbolicLink(image.resolve("inside"), Path.of("/srv/app"));
    Files.writeString(image.resolve("srv/app/file"), "text");

    volumes.fill("data", image, "/up");
    volumes.fill("data", image, "/absolute");
    volumes.fill("data", image, "/../outside");
    assertThat(volume.mountpoint()).isEmptyDirectory();

    volumes.fill("data", image, "/inside");
    assertThat(volume.mountpoint().resolve("file")).hasContent("text");
  }

  @Test
  void nothingIsLeftBesideTheVolume() throws IOException {
    Files.writeString(image.resolve("srv/app/file"), "text");

    volumes.fill("data", image, "/srv/app");

    assertThat(root.resolve("volumes").toFile().list()).containsExactly("data");
  }
}
