package dev.plimsoll.engine.tar;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.HexFormat;

/** How an archive is packed, found out from its first bytes: names and media types are not asked. */
public enum Compression {
  NONE(""),
  GZIP("1f8b"),
  ZSTD("28b52ffd"),
  /** Known to be named in the refusal. */
  BZIP2("425a68"),
  XZ("fd377a585a00");

  private static final int BUFFER_BYTES = 64 << 10;
  private static final int MAGIC_BYTES_MAX = 6;

  private final String magic; // the first bytes, in hexadecimal

  Compression(String magic) {
    this.magic = magic;
  }

  /** What the first bytes of a file say; six are enough. */
  public static Compression of(byte[] beginning) {
    String hex = HexFormat.of().formatHex(beginning);
    for (Compression each : values()) {
      if (each != NONE && hex.startsWith(each.magic)) {
        return each;
      }
    }
    return NONE;
  }

  /**
   * The unpacked bytes of {@code packed}: of gzip all members one after the other, of zstd all
   * frames, and anything unknown as it is. Closing the result closes {@code packed}.
   *
   * @throws TarFormatException for bzip2 and xz, which layers are never made of
   */
  public static InputStream unpacked(InputStream packed) throws IOException {
    var buffered = new BufferedInputStream(packed, BUFFER_BYTES);
    buffered.mark(MAGIC_BYTES_MAX);
    byte[] beginning = buffered.readNBytes(MAGIC_BYTES_MAX);
    buffered.reset();
    Compression compression = of(beginning);
    return switch (compression) {
      case NONE -> buffered;
      case GZIP -> new GzipInput(buffered);
      case ZSTD -> new ZstdInputStreamNoFinalizer(buffered);
      case BZIP2, XZ ->
          throw new TarFormatException(
              "archives packed by %s are not supported; pack it by gzip or zstd, or not at all"
                  .formatted(compression.name().toLowerCase(java.util.Locale.ROOT)));
    };
  }
}
