package dev.plimsoll.engine.tar;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.HexFormat;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.tukaani.xz.XZInputStream;

/** How an archive is packed, found out from its first bytes: names and media types are not asked. */
public enum Compression {
  NONE(""),
  GZIP("1f8b"),
  ZSTD("28b52ffd"),
  BZIP2("425a68"),
  XZ("fd377a585a00");

  private static final int BUFFER_BYTES = 64 << 10;
  private static final int MAGIC_BYTES_MAX = 6;

  /** {@code xz -9} needs 65 MiB to unpack; a file may ask for 4 GiB. */
  private static final int XZ_MEMORY_KIB_MAX = 128 << 10;

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
   * The unpacked bytes of {@code packed}: of gzip all members one after the other, of bzip2 and xz
   * all streams, of zstd all frames, and anything unknown as it is. Closing the result closes {@code
   * packed}.
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
      case BZIP2 -> new BZip2CompressorInputStream(buffered, true);
      case XZ -> new XZInputStream(buffered, XZ_MEMORY_KIB_MAX);
    };
  }
}
