package dev.plimsoll.engine.tar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.MemoryLimitException;
import org.tukaani.xz.XZOutputStream;

class TarReaderTest {
  private static final byte[] TEXT = "some text ".repeat(1000).getBytes(StandardCharsets.UTF_8);

  @TempDir private Path directory;

  @SuppressWarnings("ArrayRecordComponent") // nobody compares these
  private record Read(TarEntry entry, byte[] content) {}

  private static List<Read> read(InputStream archive) throws IOException {
    var reader = new TarReader(Compression.unpacked(archive));
    List<Read> all = new ArrayList<>();
    for (Optional<TarEntry> e = reader.next(); e.isPresent(); e = reader.next()) {
      all.add(new Read(e.get(), reader.body().readAllBytes()));
    }
    return all;
  }

  private List<Read> gnuTar(String... arguments) throws Exception {
    Path archive = directory.resolve("archive.tar");
    List<String> command = new ArrayList<>(List.of("tar", "-cf", archive.toString()));
    command.addAll(List.of(arguments));
    Process tar = new ProcessBuilder(command).directory(directory.toFile()).inheritIO().start();
    assertThat(tar.waitFor()).isZero();
    try (InputStream in = Files.newInputStream(archive)) {
      return read(in);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"gnu", "pax", "ustar", "v7", "oldgnu"})
  void everyFormatOfGnuTarIsRead(String format) throws Exception {
    Path file = Files.createDirectory(directory.resolve("d")).resolve("f");
    Files.writeString(file, "content");
    Files.createLink(directory.resolve("d/hard"), file);
    Files.createSymbolicLink(directory.resolve("d/soft"), Path.of("f"));

    List<Read> all = gnuTar("--format=" + format, "--sort=name", "d");

    assertThat(all)
        .extracting(r -> r.entry.name() + " " + r.entry.type())
        .containsExactly("d/ DIRECTORY", "d/f FILE", "d/hard HARD_LINK", "d/soft SYMBOLIC_LINK");
    assertThat(all.get(1).content).asString().isEqualTo("content");
    assertThat(all.get(2).entry.linkName()).isEqualTo("d/f");
    assertThat(all.get(3).entry.linkName()).isEqualTo("f");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gnu", "pax"})
  void namesAndLinksOfAnyLengthAreRead(String format) throws Exception {
    String deep = ("a".repeat(200) + "/").repeat(6);
    Path file = Files.createDirectories(directory.resolve(deep)).resolve("ü".repeat(100));
    Files.writeString(file, "x");
    Files.createSymbolicLink(directory.resolve("link"), Path.of("t".repeat(3000)));

    List<Read> all = gnuTar("--format=" + format, "a".repeat(200), "link");

    assertThat(all.get(6).entry.name()).isEqualTo(deep + "ü".repeat(100));
    assertThat(all.get(7).entry.linkName()).isEqualTo("t".repeat(3000));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--format=gnu",
        "--format=pax --sparse-version=0.0",
        "--format=pax --sparse-version=0.1",
        "--format=pax --sparse-version=1.0"
      })
  void everySparseFormHasItsHolesAsZeros(String options) throws Exception {
    byte[] expected = new byte[5_000_123];
    try (var file = new RandomAccessFile(directory.resolve("sparse").toFile(), "rw")) {
      file.setLength(expected.length);
      for (int i = 1; i < 30; i++) {
        file.seek(160_000L * i);
        file.write('A' + i);
        expected[160_000 * i] = (byte) ('A' + i);
      }
    }
    List<String> arguments = new ArrayList<>(List.of(options.split(" ", -1)));
    arguments.add("--sparse");
    arguments.add("--hole-detection=raw");
    arguments.add("sparse");
    Files.writeString(directory.resolve("after"), "next");
    arguments.add("after");

    List<Read> all = gnuTar(arguments.toArray(String[]::new));

    assertThat(all.getFirst().entry.name()).isEqualTo("sparse");
    assertThat(all.getFirst().entry.sparse()).isTrue();
    assertThat(all.getFirst().entry.sizeBytes()).isEqualTo(expected.length);
    assertThat(all.getFirst().content).isEqualTo(expected);
    assertThat(all.get(1).content).asString().isEqualTo("next");
  }

  @Test
  void largeOwnersAndNanosecondsAreRead() throws Exception {
    Files.writeString(directory.resolve("f"), "x");
    for (String format : List.of("gnu", "pax")) {
      List<Read> all = gnuTar("--format=" + format, "--owner=:4000000000", "--group=:3000000", "f");
      assertThat(all.getFirst().entry.uid()).isEqualTo(4_000_000_000L);
      assertThat(all.getFirst().entry.gid()).isEqualTo(3_000_000L);
    }
    List<Read> precise = gnuTar("--format=pax", "--mtime=2024-05-06 07:08:09.123456789Z", "f");
    assertThat(precise.getFirst().entry.modified())
        .isEqualTo(Instant.parse("2024-05-06T07:08:09.123456789Z"));
  }

  @Test
  void aNameThatIsNotUtf8KeepsItsBytes() throws IOException {
    String name = dev.plimsoll.linux.ffi.FileName.decode(new byte[] {'a', (byte) 0xff, 'b'});
    var out = new ByteArrayOutputStream();
    var writer = new TarWriter(out);
    writer.add(TarEntry.file(name, 0, Instant.EPOCH));
    writer.finish();

    assertThat(read(new ByteArrayInputStream(out.toByteArray())).getFirst().entry.name())
        .isEqualTo(name);
  }

  @Test
  void gnuTarReadsWhatIsWritten() throws Exception {
    Path archive = directory.resolve("ours.tar");
    try (var out = Files.newOutputStream(archive)) {
      var writer = new TarWriter(out);
      byte[] content = "x".repeat(1000).getBytes(StandardCharsets.UTF_8);
      writer.add(TarEntry.directory("d/", Instant.parse("2024-01-01T00:00:00.5Z")));
      writer.add(TarEntry.file("d/" + "n".repeat(250), content.length, Instant.EPOCH), content);
      writer.add(
          new TarEntry(
              "d/link",
              TarType.SYMBOLIC_LINK,
              0777,
              5_000_000,
              7,
              0,
              Instant.EPOCH,
              "ü".repeat(90),
              0,
              0,
              Map.of("user.key", new byte[] {0, 1, (byte) 0xff}),
              false));
      writer.finish();
    }

    Process tar =
        new ProcessBuilder("tar", "--numeric-owner", "-tvf", archive.toString())
            .redirectErrorStream(true)
            .start();
    String listed = new String(tar.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(tar.waitFor()).as(listed).isZero();
    assertThat(listed).contains("n".repeat(250)).contains("5000000/7").contains("1000 1970");
  }

  @Test
  void severalGzipMembersAreOneStreamAndZerosAfterThemArePadding() throws IOException {
    var out = new ByteArrayOutputStream();
    for (String part : List.of("one ", "two ", "three")) {
      try (var gzip = new GZIPOutputStream(out)) {
        gzip.write(part.getBytes(StandardCharsets.UTF_8));
      }
    }
    out.write(new byte[1000]);

    try (InputStream in = Compression.unpacked(new ByteArrayInputStream(out.toByteArray()))) {
      assertThat(in).hasContent("one two three");
    }
  }

  @Test
  void damagedOrTruncatedGzipIsAnErrorWhereverItIs() throws IOException {
    var out = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(out)) {
      gzip.write("some text, some text".getBytes(StandardCharsets.UTF_8));
    }
    byte[] whole = out.toByteArray();
    for (int length = 3; length < whole.length; length++) {
      byte[] cut = java.util.Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> unpack(cut)).as("cut at %d", length).isInstanceOf(IOException.class);
    }
    for (int i = 10; i < whole.length; i++) {
      byte[] damaged = whole.clone();
      damaged[i] ^= 0x10;
      assertThatThrownBy(() -> unpack(damaged)).as("bit at %d", i).isInstanceOf(IOException.class);
    }
  }

  private static byte[] unpack(byte[] packed) throws IOException {
    try (InputStream in = Compression.unpacked(new ByteArrayInputStream(packed))) {
      return in.readAllBytes();
    }
  }

  @Test
  void somethingElseAfterGzipIsRefused() throws IOException {
    var out = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(out)) {
      gzip.write(1);
    }
    out.write("junk".getBytes(StandardCharsets.UTF_8));

    assertThatThrownBy(() -> unpack(out.toByteArray()))
        .isInstanceOf(TarFormatException.class)
        .hasMessageContaining("followed by something else");
  }

  @Test
  void xzAndBzip2AreUnpackedStreamAfterStream() throws IOException {
    assertThat(unpack(twice(out -> new XZOutputStream(out, new LZMA2Options()))))
        .hasSize(2 * TEXT.length);
    assertThat(unpack(twice(BZip2CompressorOutputStream::new))).hasSize(2 * TEXT.length);
  }

  @Test
  void anXzFileThatIsCutOrWantsAllMemoryIsRefused() throws IOException {
    byte[] whole = twice(out -> new XZOutputStream(out, new LZMA2Options()));

    assertThatThrownBy(() -> unpack(Arrays.copyOf(whole, whole.length - 8)))
        .isInstanceOf(IOException.class);
    // The head of a file that was packed with a dictionary of 1 GiB.
    byte[] greedy = HexFormat.of().parseHex("fd377a585a000000ff12d94102002101240000005e1fc7f9");
    assertThatThrownBy(() -> unpack(greedy)).isInstanceOf(MemoryLimitException.class);
  }

  private interface Packing {
    OutputStream over(OutputStream out) throws IOException;
  }

  private static byte[] twice(Packing packing) throws IOException {
    var out = new ByteArrayOutputStream();
    for (int i = 0; i < 2; i++) {
      var one = new ByteArrayOutputStream();
      try (OutputStream packed = packing.over(one)) {
        packed.write(TEXT);
      }
      out.write(one.toByteArray());
    }
    return out.toByteArray();
  }

  @Test
  void aLongNameOfGigabytesIsRefusedBeforeItIsRead() {
    byte[] header = new byte[1024];
    byte[] name = "././@LongLink".getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(name, 0, header, 0, name.length);
    TarNumbers.write(header, 124, 12, 1L << 32);
    header[156] = 'L';
    int sum = 8 * ' ';
    for (int i = 0; i < 512; i++) {
      sum += i >= 148 && i < 156 ? 0 : header[i] & 0xff;
    }
    TarNumbers.write(header, 148, 8, sum);

    assertThatThrownBy(() -> read(new ByteArrayInputStream(header)))
        .isInstanceOf(TarFormatException.class)
        .hasMessageContaining("extended header");
  }

  @Test
  void textIsNoArchive() {
    byte[] text = "hello ".repeat(200).getBytes(StandardCharsets.UTF_8);

    assertThatThrownBy(() -> read(new ByteArrayInputStream(text)))
        .isInstanceOf(TarFormatException.class);
  }
}
