package dev.plimsoll.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MountsTest {
  @TempDir Path root;
  private Path target;

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

  @Test
  void aBindShowsOneFileSystemATreeBindAll() throws IOException {
    Path source = layer("source", "file", "x");
    Path inner = Files.createDirectory(source.resolve("inner"));
    Mounts.tmpfs(inner, "size=64k");
    Files.writeString(inner.resolve("below"), "x");

    Mounts.bind(source, target);
    assertThat(target.resolve("file")).exists();
    assertThat(target.resolve("inner")).isEmptyDirectory();
    Mounts.unmount(target);

    Mounts.bindTree(source, target);
    assertThat(target.resolve("inner/below")).exists();
  }

  @Test
  void restrictMakesReadOnlyAndKeepsOtherFlags() throws IOException {
    Mounts.tmpfs(target, "size=64k,mode=0700", MountFlag.NO_SUID, MountFlag.NO_EXEC);

    Mounts.restrict(target, MountFlag.READ_ONLY);

    assertThat(MountTable.read().at(target).orElseThrow().options())
        .contains("ro", "nosuid", "noexec");
    assertThatThrownBy(() -> Files.writeString(target.resolve("f"), "x"))
        .hasMessageContaining("Read-only");
  }

  @Test
  void restrictWorksOnKernelsWithoutMountSetattr() throws IOException {
    Mounts.tmpfs(target, "size=64k", MountFlag.NO_DEVICES, MountFlag.NO_ACCESS_TIMES);

    Mounts.restrictBefore512(target, MountFlag.READ_ONLY);

    assertThat(MountTable.read().at(target).orElseThrow().options())
        .contains("ro", "nodev", "noatime");
  }

  @Test
  void restrictTreeReachesWhatIsMountedBelow() throws IOException {
    Mounts.tmpfs(target, "size=64k");
    Path inner = Files.createDirectory(target.resolve("inner"));
    Mounts.tmpfs(inner, "size=64k");

    Mounts.restrictTree(target, MountFlag.READ_ONLY, MountFlag.NO_ACCESS_TIMES);

    assertThat(MountTable.read().at(inner).orElseThrow().options()).contains("ro", "noatime");
  }

  @Test
  void propagationIsSetForOneAndForAll() throws IOException {
    Mounts.tmpfs(target, "size=64k");
    Path inner = Files.createDirectory(target.resolve("inner"));
    Mounts.tmpfs(inner, "size=64k");

    Mounts.propagate(target, Propagation.SHARED);
    assertThat(tags(target)).anyMatch(tag -> tag.startsWith("shared:"));
    Mounts.propagateTree(target, Propagation.SHARED);
    assertThat(tags(inner)).anyMatch(tag -> tag.startsWith("shared:"));
    Mounts.propagateTree(target, Propagation.PRIVATE);
    assertThat(tags(target)).isEmpty();
    assertThat(tags(inner)).isEmpty();
    Mounts.propagate(target, Propagation.UNBINDABLE);
    assertThat(tags(target)).containsExactly("unbindable");
  }

  @Test
  void aBusyMountIsRefusedByUnmountAndReleased() throws IOException {
    Mounts.tmpfs(target, "size=64k");
    Mounts.tmpfs(target, "size=64k"); // one above the other
    Path file = Files.writeString(target.resolve("file"), "x");
    try (var held = Files.newByteChannel(file, StandardOpenOption.READ)) {
      assertThatThrownBy(() -> Mounts.unmount(target))
          .isInstanceOfSatisfying(
              LinuxException.class, e -> assertThat(e.is(Errno.EBUSY)).isTrue());

      Mounts.release(target);

      assertThat(MountTable.read().at(target)).isEmpty();
      assertThat(held.size()).isOne();
    }
    Mounts.release(target);
    Mounts.release(root.resolve("nothing-here"));
  }

  @Test
  void aFileSystemThatDoesNotExistIsNamed() {
    assertThatThrownBy(() -> Mounts.mount("nosuchfs", "none", target, ""))
        .hasMessage("mount none at " + target + ": No such device (ENODEV)");
  }

  private static Iterable<String> tags(Path path) throws IOException {
    return MountTable.read().at(path).orElseThrow().tags();
  }

  private Path layer(String name, String file, String content) throws IOException {
    Path layer = Files.createDirectories(root.resolve(name));
    Files.writeString(layer.resolve(file), content);
    return layer;
  }
}
