package dev.plimsoll.engine.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.engine.layer.LayerUnpacker.Unpacked;
import dev.plimsoll.engine.layer.UnpackTree.Missing;
import dev.plimsoll.engine.tar.TarEntry;
import dev.plimsoll.engine.tar.TarType;
import dev.plimsoll.linux.Directory;
import dev.plimsoll.linux.FileStatus;
import dev.plimsoll.linux.FileType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LayerUnpackerTest {
  private static final Instant SOME_TIME = Instant.parse("2024-05-06T07:08:09.123456789Z");

  @TempDir private Path directory;
  private Path fs;
  private Path outside;
  private final TestArchive archive = new TestArchive();

  @BeforeEach
  void makeTheDirectories() throws IOException {
    fs = Files.createDirectory(directory.resolve("fs"));
    outside = Files.createDirectory(directory.resolve("outside"));
    Files.writeString(outside.resolve("secret"), "untouched");
  }

  private Unpacked unpack() throws IOException {
    return unpack(Missing.TAKE_FROM_LOWER, List.of());
  }

  private Unpacked unpack(Missing missing, List<Path> lower) throws IOException {
    try (Directory root = Directory.open(fs);
        LowerLayers below = LowerLayers.open(lower);
        LayerUnpacker unpacker = new LayerUnpacker(root, below, missing, LayerLimits.DEFAULT)) {
      return unpacker.unpack(new ByteArrayInputStream(archive.bytes()));
    }
  }

  private FileStatus status(String path) throws IOException {
    Path file = fs.resolve(path);
    try (Directory parent = Directory.open(Objects.requireNonNull(file.getParent()))) {
      return parent.status(file.getFileName().toString());
    }
  }

  private void nothingOutsideHasChanged() {
    assertThat(outside).isDirectoryContaining(p -> p.endsWith("secret"));
    assertThat(outside.toFile().list()).containsExactly("secret");
    assertThat(outside.resolve("secret")).hasContent("untouched");
    assertThat(directory.toFile().list()).containsExactlyInAnyOrder("fs", "outside");
  }

  @Test
  void filesHaveTheirOwnerModeTimeAndContent() throws IOException {
    archive.add(
        entry("bin/", TarType.DIRECTORY, 0755),
        entry("bin/su", TarType.FILE, 04755, 3_000_000, 100, "x"));

    unpack();

    FileStatus status = status("bin/su");
    assertThat(status.permissions()).isEqualTo(04755);
    assertThat(status.uid()).isEqualTo(3_000_000);
    assertThat(status.gid()).isEqualTo(100);
    assertThat(status.modified()).isEqualTo(SOME_TIME);
    assertThat(status("bin").modified()).isEqualTo(SOME_TIME);
    assertThat(fs.resolve("bin/su")).hasContent("x");
  }

  @Test
  void aNewFileInADirectoryWithSetGidKeepsTheGroupOfTheArchive() throws IOException {
    archive.add(
        entry("mail/", TarType.DIRECTORY, 02775, 0, 8, ""),
        entry("mail/root", TarType.FILE, 0640, 0, 0, "x"));

    unpack();

    assertThat(status("mail").permissions()).isEqualTo(02775);
    assertThat(status("mail/root").gid()).isZero();
  }

  @Test
  void capabilitiesSurviveByteForByte() throws IOException {
    byte[] netRaw = {1, 0, 0, 2, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte) 0};
    archive.add(
        withAttributes(
            entry("ping", TarType.FILE, 0755, 0, 0, "x"), Map.of("security.capability", netRaw)));

    unpack();

    try (Directory root = Directory.open(fs)) {
      assertThat(root.attribute("ping", "security.capability")).contains(netRaw);
    }
  }

  @Test
  void overlaysOwnAttributesAreNotTakenFromAnArchive() throws IOException {
    archive.add(
        withAttributes(
            entry("dir/", TarType.DIRECTORY, 0755),
            Map.of("trusted.overlay.redirect", "/etc".getBytes(StandardCharsets.UTF_8))));

    unpack();

    try (Directory root = Directory.open(fs)) {
      assertThat(root.attributes("dir")).isEmpty();
    }
  }

  @Test
  void devicesFifosAndLinksAreMade() throws IOException {
    archive.add(
        new TarEntry(
            "null", TarType.CHARACTER_DEVICE, 0666, 0, 0, 0, SOME_TIME, "", 1, 3, Map.of(), false),
        entry("pipe", TarType.FIFO, 0600),
        entry("a", TarType.FILE, 0644, 0, 0, "same"),
        link("b", TarType.HARD_LINK, "a"),
        link("c", TarType.SYMBOLIC_LINK, "/nowhere/at/all"));

    unpack();

    assertThat(status("null").type()).isEqualTo(FileType.CHARACTER_DEVICE);
    assertThat(status("null").permissions()).isEqualTo(0666);
    assertThat(status("pipe").type()).isEqualTo(FileType.FIFO);
    assertThat(status("b").sameFile(status("a"))).isTrue();
    assertThat(status("c").modified()).isEqualTo(SOME_TIME);
    assertThat(Files.readSymbolicLink(fs.resolve("c"))).hasToString("/nowhere/at/all");
  }

  @Test
  void aWhiteoutIsADeviceAndAnOpaqueDirectoryHasTheAttribute() throws IOException {
    archive.add(
        entry("etc/", TarType.DIRECTORY, 0755),
        entry("etc/.wh.passwd", TarType.FILE, 0),
        entry("var/", TarType.DIRECTORY, 0755),
        entry("var/.wh..wh..opq", TarType.FILE, 0));

    unpack();

    assertThat(status("etc/passwd").isWhiteout()).isTrue();
    assertThat(opaque("var")).isTrue();
    assertThat(fs.resolve("var").toFile().list()).isEmpty();
  }

  @Test
  void aWhiteoutBesideADirectoryOfTheSameLayerMakesItOpaque() throws IOException {
    archive.add(
        entry(".wh.before", TarType.FILE, 0),
        entry("before/", TarType.DIRECTORY, 0755),
        entry("before/new", TarType.FILE, 0644),
        entry("after/", TarType.DIRECTORY, 0755),
        entry("after/new", TarType.FILE, 0644),
        entry(".wh.after", TarType.FILE, 0));

    unpack();

    assertThat(opaque("before")).isTrue();
    assertThat(opaque("after")).isTrue();
    assertThat(fs.resolve("before/new")).exists();
    assertThat(fs.resolve("after/new")).exists();
  }

  private boolean opaque(String name) throws IOException {
    try (Directory root = Directory.open(fs)) {
      return root.attribute(name, LowerLayers.OPAQUE).isPresent();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"../outside/secret", "a/../../outside/secret", "./../x"})
  void aNameThatClimbsOutIsRefused(String name) {
    archive.add(entry(name, TarType.FILE, 0644, 0, 0, "evil"));

    assertThatThrownBy(this::unpack)
        .isInstanceOf(LayerFormatException.class)
        .hasMessage("\"%s\" is outside of the layer", name);
    nothingOutsideHasChanged();
  }

  @Test
  void anAbsoluteNameStaysInside() throws IOException {
    archive.add(
        entry("/etc/", TarType.DIRECTORY, 0755),
        entry("/../etc/x", TarType.FILE, 0644, 0, 0, "in"));

    unpack();

    assertThat(fs.resolve("etc/x")).hasContent("in");
    nothingOutsideHasChanged();
  }

  @ParameterizedTest
  @ValueSource(strings = {"%s", "../outside", "../../../../../../../../..%s", "here/../../outside"})
  void writingThroughALinkStaysInside(String target) throws IOException {
    archive.add(
        entry("here/", TarType.DIRECTORY, 0755),
        link("out", TarType.SYMBOLIC_LINK, target.formatted(outside)),
        entry("out/secret", TarType.FILE, 0644, 0, 0, "evil"),
        entry("out/deep/er", TarType.FILE, 0644, 0, 0, "evil"),
        entry("out/.wh.secret2", TarType.FILE, 0),
        entry("out/.wh..wh..opq", TarType.FILE, 0));

    unpack();

    nothingOutsideHasChanged();
    assertThat(Files.isSymbolicLink(fs.resolve("out"))).isTrue();
  }

  @Test
  void aDirectoryEntryOverALinkReplacesTheLink() throws IOException {
    archive.add(
        link("dir", TarType.SYMBOLIC_LINK, outside.toString()),
        entry("dir/", TarType.DIRECTORY, 0700),
        entry("dir/secret", TarType.FILE, 0644, 0, 0, "in"));

    unpack();

    assertThat(Files.isDirectory(fs.resolve("dir"), LinkOption.NOFOLLOW_LINKS)).isTrue();
    nothingOutsideHasChanged();
  }

  @Test
  void aFileEntryOverALinkReplacesTheLink() throws IOException {
    archive.add(
        link("file", TarType.SYMBOLIC_LINK, outside.resolve("secret").toString()),
        entry("file", TarType.FILE, 0644, 0, 0, "in"));

    unpack();

    assertThat(fs.resolve("file")).hasContent("in");
    nothingOutsideHasChanged();
  }

  @Test
  void aDirectoryThatBecomesALinkDoesNotLeadTheTimesOut() throws IOException {
    Instant before = Files.getLastModifiedTime(outside).toInstant();
    archive.add(
        entry("a/", TarType.DIRECTORY, 0755),
        entry("a/outside/", TarType.DIRECTORY, 0755),
        link("a", TarType.SYMBOLIC_LINK, directory.toString()));

    unpack();

    assertThat(Files.getLastModifiedTime(outside).toInstant()).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(strings = {"../outside/secret", "../../etc/passwd"})
  void aHardLinkThatClimbsOutIsRefused(String target) {
    archive.add(link("mine", TarType.HARD_LINK, target));

    assertThatThrownBy(this::unpack).isInstanceOf(LayerFormatException.class);
    nothingOutsideHasChanged();
  }

  @Test
  void aHardLinkThroughALinkStaysInside() {
    archive.add(
        link("out", TarType.SYMBOLIC_LINK, outside.toString()),
        link("mine", TarType.HARD_LINK, "out/secret"),
        entry("mine", TarType.FILE, 0644, 0, 0, "evil"));

    assertThatThrownBy(this::unpack)
        .isInstanceOf(LayerFormatException.class)
        .hasMessageContaining("out/secret");
    nothingOutsideHasChanged();
  }

  @ParameterizedTest
  @ValueSource(strings = {".wh.", ".wh...", ".wh..", "a/.wh..."})
  void aWhiteoutOfNothingOrOfAParentIsRefused(String name) {
    archive.add(entry("a/", TarType.DIRECTORY, 0755), entry(name, TarType.FILE, 0));

    assertThatThrownBy(this::unpack).isInstanceOf(LayerFormatException.class);
  }

  @Test
  void linksThatLeadInACircleAreRefused() {
    archive.add(
        link("a", TarType.SYMBOLIC_LINK, "b"),
        link("b", TarType.SYMBOLIC_LINK, "a"),
        entry("a/x", TarType.FILE, 0644));

    assertThatThrownBy(this::unpack)
        .isInstanceOf(LayerFormatException.class)
        .hasMessageContaining("too many links");
  }

  @Test
  void theRootOfTheLayerCannotBeReplaced() {
    archive.add(link("./", TarType.SYMBOLIC_LINK, "/"));

    assertThatThrownBy(this::unpack).hasMessageContaining("root of the layer");
  }

  @Test
  void theRootsOwnModeIsTakenWhereItIsListed() throws IOException {
    archive.add(entry("./", TarType.DIRECTORY, 01777));

    Unpacked unpacked = unpack();

    assertThat(unpacked.rootListed()).isTrue();
    assertThat(status("../fs").permissions()).isEqualTo(01777);
  }

  @Test
  void moreEntriesOrBytesThanAllowedAreRefused() throws IOException {
    archive.add(entry("a", TarType.FILE, 0644), entry("b", TarType.FILE, 0644, 0, 0, "12345"));
    try (Directory root = Directory.open(fs)) {
      for (LayerLimits limits : List.of(new LayerLimits(4, 99, 0), new LayerLimits(99, 1, 0))) {
        try (var unpacker = new LayerUnpacker(root, LowerLayers.none(), Missing.GIVE_UP, limits)) {
          assertThatThrownBy(() -> unpacker.unpack(new ByteArrayInputStream(archive.bytes())))
              .hasMessageContaining("too large");
        }
        root.removeTree("a");
      }
    }
  }

  @Test
  void aTruncatedArchiveIsAnErrorAtEveryBlock() throws IOException {
    archive.add(
        entry("a/", TarType.DIRECTORY, 0755),
        entry("a/b", TarType.FILE, 0644, 0, 0, "1".repeat(700)));
    byte[] whole = archive.bytes();
    for (int length = 1; length < whole.length - 1024; length += 100) {
      if (length % 512 == 0) {
        continue;
      }
      int cut = length;
      try (Directory root = Directory.open(fs);
          var unpacker =
              new LayerUnpacker(root, LowerLayers.none(), Missing.GIVE_UP, LayerLimits.DEFAULT)) {
        assertThatThrownBy(() -> unpacker.unpack(new ByteArrayInputStream(whole, 0, cut)))
            .isInstanceOf(IOException.class)
            .hasMessageContaining("ends inside");
        root.removeTree("a");
      }
    }
  }

  @Test
  void anUnlistedParentIsTakenFromBelow() throws IOException {
    Path lower = Files.createDirectory(directory.resolve("lower"));
    Files.createDirectories(lower.resolve("opt/private"));
    try (Directory opt = Directory.open(lower.resolve("opt"))) {
      opt.setPermissions("private", 0710);
      opt.setOwner("private", 12, 34);
    }
    archive.add(entry("opt/private/new", TarType.FILE, 0644));

    Unpacked unpacked = unpack(Missing.TAKE_FROM_LOWER, List.of(lower));

    assertThat(unpacked.leans()).isTrue();
    assertThat(status("opt/private").permissions()).isEqualTo(0710);
    assertThat(status("opt/private").gid()).isEqualTo(34);
  }

  @Test
  void anUnlistedParentThatIsALinkBelowIsFollowed() throws IOException {
    Path lower = Files.createDirectory(outside.resolve("lower"));
    Files.createDirectories(lower.resolve("usr/lib"));
    Files.createSymbolicLink(lower.resolve("lib"), Path.of("usr/lib"));
    archive.add(entry("lib/new", TarType.FILE, 0644));

    unpack(Missing.TAKE_FROM_LOWER, List.of(lower));

    assertThat(fs.resolve("usr/lib/new")).exists();
    assertThat(fs.resolve("lib")).doesNotExist();
  }

  @Test
  void aHardLinkDownwardsCopiesTheFileUp() throws IOException {
    Path lower = Files.createDirectory(outside.resolve("lower"));
    Files.writeString(lower.resolve("tool"), "from below");
    archive.add(link("alias", TarType.HARD_LINK, "tool"));

    Unpacked unpacked = unpack(Missing.TAKE_FROM_LOWER, List.of(lower));

    assertThat(unpacked.leans()).isTrue();
    assertThat(fs.resolve("alias")).hasContent("from below");
    assertThat(status("alias").sameFile(status("tool"))).isTrue();
  }

  @Test
  void whatIsHiddenBelowIsNotFound() throws IOException {
    Path bottom = Files.createDirectory(outside.resolve("bottom"));
    Files.writeString(bottom.resolve("tool"), "old");
    Path middle = Files.createDirectory(outside.resolve("middle"));
    try (Directory root = Directory.open(middle)) {
      root.makeWhiteout("tool");
    }
    archive.add(link("alias", TarType.HARD_LINK, "tool"));

    assertThatThrownBy(() -> unpack(Missing.TAKE_FROM_LOWER, List.of(middle, bottom)))
        .hasMessageContaining("there is no \"tool\"");
  }

  @Test
  void anArchiveThatLeansIsGivenUpWhereTheLayersBelowAreNotThereYet() {
    archive.add(entry("a/b", TarType.FILE, 0644));

    assertThatThrownBy(() -> unpack(Missing.GIVE_UP, List.of()))
        .isInstanceOf(LeansOnLowerException.class);
  }

  @Test
  void theRunningSumIsThatOfTheTree() throws IOException {
    archive.add(
        entry("a/", TarType.DIRECTORY, 0755),
        entry("a/b", TarType.FILE, 0644, 1, 2, "content"),
        link("a/c", TarType.HARD_LINK, "a/b"),
        link("a/d", TarType.SYMBOLIC_LINK, "b"),
        entry("a/.wh.e", TarType.FILE, 0),
        entry("a/f", TarType.FIFO, 0600));

    Unpacked unpacked = unpack();

    var again = new LayerSum();
    try (Directory root = Directory.open(fs)) {
      again.addTree(EntryPath.ROOT, root);
    }
    assertThat(unpacked.total()).isEqualTo(again.total());
    assertThat(unpacked.total().entries()).isEqualTo(6);
  }

  @Test
  void namesThatComeTwiceDoNotSpoilTheSum() throws IOException {
    archive.add(
        entry("a/", TarType.DIRECTORY, 0755),
        entry("a/b", TarType.FILE, 0644, 1, 2, "first"),
        entry("a/b", TarType.FILE, 0644, 1, 2, "second"),
        entry("a", TarType.FILE, 0644),
        entry("a/", TarType.DIRECTORY, 0700),
        entry("a/b", TarType.FILE, 0644, 1, 2, "third"));

    Unpacked unpacked = unpack();

    assertThat(fs.resolve("a/b")).hasContent("third");
    assertThat(unpacked.total().entries()).isEqualTo(2);
    assertThat(unpacked.total().bytes()).isEqualTo(5);
  }

  private static TestArchive.Member entry(String name, TarType type, int mode) {
    return entry(name, type, mode, 0, 0, "");
  }

  private static TestArchive.Member entry(
      String name, TarType type, int mode, long uid, long gid, String content) {
    return new TestArchive.Member(
        new TarEntry(
            name, type, mode, uid, gid, content.length(), SOME_TIME, "", 0, 0, Map.of(), false),
        content);
  }

  private static TestArchive.Member entry(TarEntry entry) {
    return new TestArchive.Member(entry, "");
  }

  private static TestArchive.Member link(String name, TarType type, String target) {
    return entry(new TarEntry(name, type, 0777, 0, 0, 0, SOME_TIME, target, 0, 0, Map.of(), false));
  }

  private static TestArchive.Member withAttributes(
      TestArchive.Member member, Map<String, byte[]> attributes) {
    TarEntry e = member.entry();
    return new TestArchive.Member(
        new TarEntry(
            e.name(),
            e.type(),
            e.mode(),
            e.uid(),
            e.gid(),
            e.sizeBytes(),
            e.modified(),
            "",
            0,
            0,
            attributes,
            false),
        member.content());
  }
}
