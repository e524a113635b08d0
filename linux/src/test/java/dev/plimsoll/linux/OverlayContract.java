package dev.plimsoll.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The promises of an overlay mount, whichever calls it is made by. */
abstract class OverlayContract {
  @TempDir Path root;
  Path target;

  @BeforeEach
  void makeTarget() throws IOException {
    target = Files.createDirectory(root.resolve("target"));
  }

  @AfterEach
  void releaseAll() throws IOException {
    for (MountTable.Entry entry : MountTable.read().below(root)) {
      Mounts.detach(Path.of(entry.target()));
    }
  }

  abstract void mount(Overlay overlay, Path target) throws IOException;

  @Test
  void theTopLayerIsSeenFirstAndChangesGoToTheUpper() throws IOException {
    Path top = layer("top", "same", "top");
    Path bottom = layer("bottom", "same", "bottom");
    Files.writeString(bottom.resolve("deep"), "bottom");
    Path upper = Files.createDirectory(root.resolve("upper"));
    Path work = Files.createDirectory(root.resolve("work"));

    mount(Overlay.writable(List.of(top, bottom), upper, work), target);
    Files.writeString(target.resolve("new"), "n");
    Files.delete(target.resolve("deep"));

    assertThat(target.resolve("same")).hasContent("top");
    assertThat(upper.resolve("new")).hasContent("n");
    try (Directory directory = Directory.open(upper)) {
      assertThat(directory.status("deep").isWhiteout()).isTrue();
    }
    assertThat(MountTable.read().at(target)).get().extracting("type").isEqualTo("overlay");
  }

  @Test
  void handMadeWhiteoutsAndOpaqueDirectoriesHide() throws IOException {
    Path top = Files.createDirectories(root.resolve("top"));
    Path bottom = layer("bottom", "gone", "x");
    Files.createDirectories(bottom.resolve("dir/below"));
    try (Directory directory = Directory.open(top)) {
      directory.makeWhiteout("gone");
      directory.makeDirectory("dir", 0755);
      directory.setAttribute(
          "dir", "trusted.overlay.opaque", "y".getBytes(StandardCharsets.US_ASCII));
    }

    mount(Overlay.readOnly(List.of(top, bottom)), target);

    try (Directory merged = Directory.open(target)) {
      assertThat(merged.list()).extracting(DirectoryEntry::name).containsExactly("dir");
      assertThat(target.resolve("dir/below")).doesNotExist();
    }
  }

  @Test
  void aPathWithColonCommaBackslashAndSpaceIsOneLayer() throws IOException {
    Path odd = layer("a:b,c\\d e", "file", "odd");
    Path other = layer("other", "file", "other");
    Path upper = Files.createDirectory(root.resolve("up:per,x"));
    Path work = Files.createDirectory(root.resolve("wo:rk,x"));

    mount(Overlay.writable(List.of(odd, other), upper, work), target);

    assertThat(target.resolve("file")).hasContent("odd");
    Files.writeString(target.resolve("written"), "x");
    assertThat(upper.resolve("written")).exists();
  }

  @Test
  void volatileMarksTheWorkDirectory() throws IOException {
    Path upper = Files.createDirectory(root.resolve("upper"));
    Path work = Files.createDirectory(root.resolve("work"));
    Overlay overlay = Overlay.writable(List.of(layer("l", "f", "x")), upper, work);

    mount(overlay.volatileUpper(), target);

    assertThat(work.resolve("work/incompat/volatile")).exists();
  }

  @Test
  void aMissingLayerIsNamed() {
    Path missing = root.resolve("missing");

    assertThatThrownBy(() -> mount(Overlay.readOnly(List.of(missing, target)), target))
        .isInstanceOf(LinuxException.class)
        .hasMessageContaining("ENOENT");
    assertThat(target).isEmptyDirectory();
  }

  @Test
  void anUnknownOptionIsRefused() throws IOException {
    Overlay overlay = Overlay.readOnly(List.of(layer("a", "f", "x"), layer("b", "f", "x")));

    assertThatThrownBy(() -> mount(overlay.option("no-such-option"), target))
        .isInstanceOf(LinuxException.class);
  }

  Path layer(String name, String file, String content) throws IOException {
    Path layer = Files.createDirectories(root.resolve(name));
    Files.writeString(layer.resolve(file), content);
    return layer;
  }
}
