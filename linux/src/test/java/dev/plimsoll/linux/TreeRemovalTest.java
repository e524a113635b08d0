package dev.plimsoll.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TreeRemovalTest {
  @TempDir Path root;
  private Directory directory;

  @BeforeEach
  void open() throws IOException {
    directory = Directory.open(root);
  }

  @AfterEach
  void close() {
    directory.close();
  }

  @Test
  void aTreeGoesAndWhatItsLinksPointAtStays() throws IOException {
    Path kept = Files.createDirectories(root.resolve("kept"));
    Files.writeString(kept.resolve("file"), "x");
    Files.createDirectories(root.resolve("tree/a/b/c"));
    Files.writeString(root.resolve("tree/a/file"), "x");
    Files.createSymbolicLink(root.resolve("tree/a/link"), kept);
    Files.createSymbolicLink(root.resolve("tree/b"), Path.of("/nowhere"));

    directory.removeTree("tree");

    assertThat(root.resolve("tree")).doesNotExist();
    assertThat(kept.resolve("file")).hasContent("x");
  }

  @Test
  void aLinkAFileAndNothingAreTreesToo() throws IOException {
    Path kept = Files.createDirectories(root.resolve("kept/sub"));
    Files.createSymbolicLink(root.resolve("link"), kept);
    Files.writeString(root.resolve("file"), "x");

    directory.removeTree("link");
    directory.removeTree("file");
    directory.removeTree("nothing");

    assertThat(directory.list()).extracting(DirectoryEntry::name).containsExactly("kept");
    assertThat(kept).exists();
  }

  @Test
  void aTreeDeeperThanAPathMayBeLongGoes() throws IOException {
    String name = "a".repeat(200);
    Directory at = Directory.open(root);
    for (int i = 0; i < 300; i++) {
      at.makeDirectory(name, 0755);
      Directory next = at.directory(name);
      at.close();
      at = next;
    }
    at.close();

    directory.removeTree(name);

    assertThat(directory.list()).isEmpty();
  }

  @Test
  void whatIsMountedBelowIsLeftAndSaid() throws Exception {
    Path kept = Files.createDirectories(root.resolve("kept"));
    Files.writeString(kept.resolve("file"), "x");
    Path target = Files.createDirectories(root.resolve("tree/sub/mounted"));
    Files.writeString(root.resolve("tree/file"), "x");
    run("mount", "--bind", kept.toString(), target.toString());
    try {
      assertThatThrownBy(() -> directory.removeTree("tree"))
          .isInstanceOf(LinuxException.class)
          .hasMessageContaining("mounted")
          .hasMessageContaining("EXDEV");
    } finally {
      run("umount", target.toString());
    }

    assertThat(kept.resolve("file")).hasContent("x");
    assertThat(root.resolve("tree/file")).doesNotExist();
    directory.removeTree("tree");
    assertThat(root.resolve("tree")).doesNotExist();
  }

  private static void run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).inheritIO().start();
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
  }
}
