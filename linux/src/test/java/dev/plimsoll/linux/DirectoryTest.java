package dev.plimsoll.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.linux.ffi.FileName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryTest {
  private static final Instant LONG_AGO = Instant.ofEpochSecond(86_400, 123_456_789);

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
  void aFileGetsOwnerPermissionsTimesAndBytes() throws IOException {
    try (FileDescriptor file = directory.create("sudo", 0600)) {
      file.write("#!".getBytes(StandardCharsets.US_ASCII), 0, 2);
      file.setOwner(12, 34);
      file.setPermissions(04755);
      file.setTimes(Instant.EPOCH, LONG_AGO);
    }

    FileStatus status = directory.status("sudo");

    assertThat(status.type()).isEqualTo(FileType.REGULAR);
    assertThat(status.permissions()).isEqualTo(04755);
    assertThat(status.mode()).isEqualTo(0104755);
    assertThat(status.uid()).isEqualTo(12);
    assertThat(status.gid()).isEqualTo(34);
    assertThat(status.sizeBytes()).isEqualTo(2);
    assertThat(status.links()).isEqualTo(1);
    assertThat(status.accessed()).isEqualTo(Instant.EPOCH);
    assertThat(status.modified()).isEqualTo(LONG_AGO);
    assertThat(status.inode()).isEqualTo(Files.getAttribute(root.resolve("sudo"), "unix:ino"));
  }

  @Test
  void createRefusesANameThatIsTakenEvenByADanglingLink() throws IOException {
    directory.makeSymlink("name", "/nowhere");

    assertThatThrownBy(() -> directory.create("name", 0644))
        .isInstanceOf(LinuxException.class)
        .hasMessage("openat " + root + "/name: File exists (EEXIST)");
  }

  @Test
  void openDoesNotFollowALinkInTheLastPlace() throws IOException {
    directory.makeSymlink("link", "/etc/passwd");

    assertThatThrownBy(() -> directory.open("link", 0)).hasMessageContaining("ELOOP");
    assertThatThrownBy(() -> directory.directory("link")).isInstanceOf(LinuxException.class);
  }

  @Test
  void aLinkIsReadOwnedAndTimedItself() throws IOException {
    directory.makeSymlink("link", "no/such/target");

    directory.setOwner("link", 5, 6);
    directory.setTimes("link", LONG_AGO, LONG_AGO);

    FileStatus status = directory.status("link");
    assertThat(directory.readLink("link")).isEqualTo("no/such/target");
    assertThat(status.type()).isEqualTo(FileType.SYMLINK);
    assertThat(status.uid()).isEqualTo(5);
    assertThat(status.modified()).isEqualTo(LONG_AGO);
  }

  @Test
  void permissionsOfALinkAreRefusedOnNewKernelsAndOnOld() throws IOException {
    directory.makeDirectory("sub", 0700);
    directory.makeSymlink("link", "sub");

    assertThatThrownBy(() -> directory.setPermissions("link", 0777))
        .hasMessageContaining("EOPNOTSUPP");
    assertThatThrownBy(() -> directory.setPermissionsBefore66("link", 0777))
        .hasMessageContaining("EOPNOTSUPP");
    assertThat(directory.status("sub").permissions()).isEqualTo(0700);
  }

  @Test
  void permissionsIgnoreTheUmaskOnNewKernelsAndOnOld() throws IOException {
    directory.makeDirectory("sub", 0700);

    directory.setPermissions("sub", 01777);
    assertThat(directory.status("sub").permissions()).isEqualTo(01777);
    directory.setPermissionsBefore66("sub", 02777);
    assertThat(directory.status("sub").permissions()).isEqualTo(02777);
  }

  @Test
  void hardLinksAreOneFile() throws IOException {
    directory.create("first", 0644).close();
    directory.makeDirectory("sub", 0755);
    try (Directory sub = directory.directory("sub")) {
      sub.makeLink("second", directory, "first");

      assertThat(sub.status("second").sameFile(directory.status("first"))).isTrue();
      assertThat(sub.status("second").links()).isEqualTo(2);
    }
  }

  @Test
  void aWhiteoutIsACharacterDeviceZeroZero() throws IOException {
    directory.makeWhiteout("gone");
    directory.makeNode("null", FileType.CHARACTER_DEVICE, 0666, new Device(1, 3));
    directory.makeNode("pipe", FileType.FIFO, 0600, new Device(0, 0));

    assertThat(directory.status("gone").isWhiteout()).isTrue();
    assertThat(directory.status("null").isWhiteout()).isFalse();
    assertThat(directory.status("null").special()).isEqualTo(new Device(1, 3));
    assertThat(directory.status("pipe").type()).isEqualTo(FileType.FIFO);
  }

  @Test
  void largeDeviceNumbersAreKept() throws IOException {
    Device device = new Device(4095, 0xABCDE);

    directory.makeNode("disk", FileType.BLOCK_DEVICE, 0600, device);

    assertThat(directory.status("disk").special()).isEqualTo(device);
  }

  @Test
  void extendedAttributesOfFilesDirectoriesAndLinks() throws IOException {
    byte[] capability = {1, 0, 0, 2, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    directory.makeDirectory("opaque", 0755);
    directory.makeSymlink("link", "opaque");
    try (FileDescriptor file = directory.create("ping", 0755)) {
      file.setAttribute("security.capability", capability);
      assertThat(file.attribute("security.capability")).hasValue(capability);
      assertThat(file.attributes()).contains("security.capability");
    }

    directory.setAttribute("opaque", "trusted.overlay.opaque", new byte[] {'y'});
    directory.setAttribute("link", "trusted.note", new byte[0]);

    assertThat(directory.attribute("ping", "security.capability")).hasValue(capability);
    assertThat(directory.attribute("opaque", "trusted.overlay.opaque")).hasValue(new byte[] {'y'});
    assertThat(directory.attribute("opaque", "trusted.note")).isEmpty();
    assertThat(directory.attributes("link")).containsExactly("trusted.note");
    directory.removeAttribute("link", "trusted.note");
    assertThat(directory.attributes("link")).isEmpty();
  }

  @Test
  void renameReplacesRenameNewRefusesExchangeSwaps() throws IOException {
    Files.writeString(root.resolve("a"), "A");
    Files.writeString(root.resolve("b"), "B");

    assertThatThrownBy(() -> directory.renameNew("a", directory, "b"))
        .hasMessage("renameat2 %s/a to %s/b: File exists (EEXIST)", root, root);
    directory.exchange("a", directory, "b");
    assertThat(root.resolve("a")).hasContent("B");
    directory.rename("a", directory, "b");

    assertThat(root.resolve("b")).hasContent("B");
    assertThat(directory.find("a")).isEmpty();
  }

  @Test
  void aThousandNamesAreListedWithTheirTypes() throws IOException {
    for (int i = 0; i < 3000; i++) {
      directory.create("a-file-with-a-rather-long-name-number-" + i, 0644).close();
    }
    directory.makeDirectory("sub", 0755);

    assertThat(directory.list())
        .hasSize(3001)
        .anyMatch(entry -> entry.name().equals("sub") && entry.type() == FileType.DIRECTORY)
        .anyMatch(entry -> entry.name().endsWith("-2999") && entry.type() == FileType.REGULAR);
    assertThat(directory.list()).hasSize(3001);
  }

  @Test
  void aNameThatIsNotUtf8IsListedOpenedAndRemoved() throws IOException {
    byte[] latin1 = {'c', 'a', 'f', (byte) 0xE9};
    directory.create(FileName.decode(latin1), 0644).close();
    directory.create("caf\u00e9", 0644).close();

    assertThat(directory.list())
        .extracting(DirectoryEntry::name)
        .containsExactlyInAnyOrder("caf\udce9", "caf\u00e9");
    directory.remove("caf\udce9");
    assertThat(directory.list()).extracting(DirectoryEntry::name).containsExactly("caf\u00e9");
  }

  @Test
  void aNameWithANulIsRefusedAndNotCutShort() {
    assertThatThrownBy(() -> directory.create("safe\0../../etc", 0644))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("NUL");
  }

  @Test
  void inRootAnAbsoluteLinkAndParentsStayInside() throws IOException {
    Files.createDirectories(root.resolve("etc"));
    Files.writeString(root.resolve("etc/passwd"), "inside");
    directory.makeSymlink("absolute", "/etc/passwd");
    directory.makeSymlink("climbing", "../../../../etc/passwd");

    for (String path : new String[] {"absolute", "climbing", "/etc/passwd", "../../etc/passwd"}) {
      try (FileDescriptor file = directory.open(path, Resolution.IN_ROOT, 0)) {
        assertThat(file.status().inode()).isEqualTo(directory.status("etc/passwd").inode());
      }
    }
  }

  @Test
  void beneathRefusesWhatLeadsOut() throws IOException {
    directory.makeSymlink("absolute", "/etc");
    directory.makeSymlink("climbing", "..");
    directory.makeSymlink("sideways", "sub");
    directory.makeDirectory("sub", 0755);

    assertThatThrownBy(() -> directory.directory("absolute", Resolution.BENEATH))
        .hasMessageContaining("EXDEV");
    assertThatThrownBy(() -> directory.directory("climbing", Resolution.BENEATH))
        .hasMessageContaining("EXDEV");
    directory.directory("sideways", Resolution.BENEATH).close();
    assertThatThrownBy(() -> directory.directory("sideways", Resolution.BENEATH_NO_SYMLINKS))
        .hasMessageContaining("ELOOP");
  }

  @Test
  void noResolutionFollowsAMagicLink() throws IOException {
    try (Directory proc = Directory.open(Path.of("/proc/self"))) {
      for (Resolution resolution : Resolution.values()) {
        assertThatThrownBy(() -> proc.open("exe", resolution, 0))
            .isInstanceOf(LinuxException.class)
            .hasMessageContaining("ELOOP");
      }
    }
  }

  @Test
  void openInRootCreatesWithPermissions() throws IOException {
    directory.makeSymlink("link", "/new");
    try (FileDescriptor file =
        directory.open("link", Resolution.IN_ROOT, 0640, OpenFlag.WRITE, OpenFlag.CREATE)) {
      file.write("x".getBytes(StandardCharsets.US_ASCII), 0, 1);
    }

    assertThat(directory.status("new").permissions()).isEqualTo(0640);
  }

  @Test
  void aClosedDirectoryAnswersEbadfAndClosesNothingElse() throws IOException {
    Directory closed = Directory.open(root);
    closed.close();
    try (Directory next = Directory.open(root)) { // most likely gets the same number
      closed.close();

      assertThatThrownBy(() -> closed.makeDirectory("x", 0755)).hasMessageContaining("EBADF");
      next.makeDirectory("x", 0755);
    }
  }

  @Test
  void linkLeadsToTheDirectoryAfterItsRename() throws IOException {
    Path moved = Files.createDirectory(root.resolve("before"));
    try (Directory held = Directory.open(moved)) {
      directory.rename("before", directory, "after");

      Files.writeString(held.link().resolve("file"), "x");
    }

    assertThat(root.resolve("after/file")).hasContent("x");
  }
}
