package dev.plimsoll.engine.layer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.engine.layer.UnpackTree.Missing;
import dev.plimsoll.engine.tar.TarEntry;
import dev.plimsoll.engine.tar.TarType;
import dev.plimsoll.linux.Directory;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What unpacked layers look like through the kernel's own overlayfs. */
class OverlaySemanticsTest {
  @TempDir private Path directory;

  @Test
  void whiteoutsAndOpaqueDirectoriesHideWhatIsBelow() throws Exception {
    Path lower =
        unpack(
            "lower",
            List.of(),
            directory("etc/"),
            file("etc/removed", "x"),
            file("etc/kept", "x"),
            directory("var/"),
            file("var/old", "x"),
            directory("opt/"),
            file("opt/old", "x"));
    Path upper =
        unpack(
            "upper",
            List.of(lower),
            directory("etc/"),
            file("etc/.wh.removed", ""),
            directory("var/"),
            file("var/.wh..wh..opq", ""),
            file("var/new", "y"),
            file(".wh.opt", ""),
            directory("opt/"),
            file("opt/new", "y"));

    Path merged = mount(List.of(upper, lower));
    try {
      assertThat(merged.resolve("etc").toFile().list()).containsExactly("kept");
      assertThat(merged.resolve("var").toFile().list()).containsExactly("new");
      assertThat(merged.resolve("opt").toFile().list()).containsExactly("new");
    } finally {
      run("umount", merged.toString());
    }
  }

  @Test
  void aLayerThatLeansKeepsTheModeOfItsParentsBelow() throws Exception {
    Path lower =
        unpack(
            "lower",
            List.of(),
            new TestArchive.Member(
                new TarEntry(
                    "root/",
                    TarType.DIRECTORY,
                    0700,
                    0,
                    5,
                    0,
                    Instant.EPOCH,
                    "",
                    0,
                    0,
                    Map.of(),
                    false),
                ""),
            file("root/tool", "tool"));
    Path upper =
        unpack(
            "upper",
            List.of(lower),
            file("root/new", "y"),
            new TestArchive.Member(
                new TarEntry(
                    "root/alias",
                    TarType.HARD_LINK,
                    0644,
                    0,
                    0,
                    0,
                    Instant.EPOCH,
                    "root/tool",
                    0,
                    0,
                    Map.of(),
                    false),
                ""));

    Path merged = mount(List.of(upper, lower));
    try (Directory root = Directory.open(merged);
        Directory home = root.directory("root")) {
      assertThat(root.status("root").permissions()).isEqualTo(0700);
      assertThat(root.status("root").gid()).isEqualTo(5);
      assertThat(home.status("alias").sameFile(home.status("tool"))).isTrue();
      assertThat(merged.resolve("root/alias")).hasContent("tool");
    } finally {
      run("umount", merged.toString());
    }
  }

  private Path unpack(String name, List<Path> lower, TestArchive.Member... members)
      throws IOException {
    Path fs = Files.createDirectory(directory.resolve(name));
    byte[] archive = new TestArchive().add(members).bytes();
    try (Directory root = Directory.open(fs);
        LowerLayers below = LowerLayers.open(lower);
        var unpacker =
            new LayerUnpacker(root, below, Missing.TAKE_FROM_LOWER, LayerLimits.DEFAULT)) {
      unpacker.unpack(new ByteArrayInputStream(archive));
    }
    return fs;
  }

  private Path mount(List<Path> topFirst) throws Exception {
    Path merged = Files.createDirectory(directory.resolve("merged"));
    String lower = String.join(":", topFirst.stream().map(Path::toString).toList());
    run("mount", "-t", "overlay", "overlay", "-o", "ro,lowerdir=" + lower, merged.toString());
    return merged;
  }

  private static void run(String... command) throws Exception {
    assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
  }

  private static TestArchive.Member directory(String name) {
    return new TestArchive.Member(TarEntry.directory(name, Instant.EPOCH), "");
  }

  private static TestArchive.Member file(String name, String content) {
    int size = content.getBytes(StandardCharsets.UTF_8).length;
    return new TestArchive.Member(TarEntry.file(name, size, Instant.EPOCH), content);
  }
}
