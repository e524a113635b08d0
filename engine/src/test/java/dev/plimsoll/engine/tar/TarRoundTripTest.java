package dev.plimsoll.engine.tar;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.Tuple.Tuple2;

class TarRoundTripTest {

  @Property(tries = 300)
  void whatIsWrittenIsRead(@ForAll("members") Tuple2<TarEntry, byte[]> member) throws IOException {
    var out = new ByteArrayOutputStream();
    var writer = new TarWriter(out);
    writer.add(member.get1(), member.get2());
    writer.add(TarEntry.file("after", 0, Instant.EPOCH));
    writer.finish();

    var reader = new TarReader(new ByteArrayInputStream(out.toByteArray()));

    TarEntry read = reader.next().orElseThrow();
    assertThat(read).usingRecursiveComparison().ignoringFields("xattrs").isEqualTo(member.get1());
    assertThat(read.xattrs()).hasSameSizeAs(member.get1().xattrs());
    member.get1().xattrs().forEach((k, v) -> assertThat(read.xattrs().get(k)).isEqualTo(v));
    assertThat(reader.body().readAllBytes()).isEqualTo(member.get2());
    assertThat(reader.next()).map(TarEntry::name).contains("after");
    assertThat(reader.next()).isEmpty();
  }

  /** No bytes make the reader do anything but end, or refuse by {@link IOException}. */
  @Property(tries = 500)
  void noDamageDoesMoreThanFail(
      @ForAll("members") Tuple2<TarEntry, byte[]> member, @ForAll int where, @ForAll byte what)
      throws IOException {
    var out = new ByteArrayOutputStream();
    var writer = new TarWriter(out);
    writer.add(member.get1(), member.get2());
    writer.finish();
    byte[] damaged = out.toByteArray();
    damaged[Math.floorMod(where, damaged.length)] = what;
    var reader = new TarReader(new ByteArrayInputStream(damaged));
    try {
      while (reader.next().isPresent()) {
        assertThat(reader.body().readNBytes(1 << 20)).hasSizeLessThanOrEqualTo(1 << 20);
      }
    } catch (IOException e) {
      assertThat(e.getMessage()).isNotBlank();
    }
  }

  @Provide
  Arbitrary<Tuple2<TarEntry, byte[]>> members() {
    Arbitrary<String> names =
        Arbitraries.strings()
            .withChars("ab/ü.\u4e2d ")
            .ofMinLength(1)
            .ofMaxLength(400)
            .map(s -> "n" + s + "n");
    Arbitrary<Long> ids = Arbitraries.longs().between(0, 4_294_967_294L);
    Arbitrary<Instant> times =
        Combinators.combine(
                Arbitraries.longs().between(-10_000_000_000L, 100_000_000_000L),
                Arbitraries.integers().between(0, 999_999_999))
            .as(Instant::ofEpochSecond);
    Arbitrary<byte[]> contents = Arbitraries.bytes().array(byte[].class).ofMaxSize(2000);
    Arbitrary<Map<String, byte[]>> xattrs =
        Arbitraries.maps(
                Arbitraries.strings().alpha().ofMinLength(1).ofMaxLength(20).map(s -> "user." + s),
                Arbitraries.bytes().array(byte[].class).ofMinSize(1).ofMaxSize(100))
            .ofMaxSize(3);
    return Combinators.combine(
            names, Arbitraries.integers().between(0, 07777), ids, ids, times, contents, xattrs)
        .as((name, mode, uid, gid, time, content, attributes) ->
            Tuple.of(
                new TarEntry(
                    name,
                    TarType.FILE,
                    mode,
                    uid,
                    gid,
                    content.length,
                    time,
                    "",
                    0,
                    0,
                    attributes,
                    false),
                Arrays.copyOf(content, content.length)));
  }
}
