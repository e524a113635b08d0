package dev.plimsoll.engine.tar;

import dev.plimsoll.linux.ffi.FileName;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads an archive front to back, once, holding one header at a time. For one thread.
 *
 * <pre>
 *   while (reader.next() is an entry) { reader.body() is its content, to be read or left }
 * </pre>
 *
 * <p>The stream is read up to the end mark, or to its end where an archive has none, and not
 * closed; what follows the mark is the caller's to read or drop.
 *
 * @see <a href="https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html">POSIX.1-2024,
 *     pax, for ustar and the extended headers</a>
 * @see <a href="https://www.gnu.org/software/tar/manual/html_section/Formats.html">GNU tar 1.34,
 *     the GNU format and sparse members</a>
 */
public final class TarReader {
  static final int BLOCK = 512;

  /** Of an extended header or a long name: a hostile archive must not fill the memory. */
  static final int EXTENSION_BYTES_MAX = 1 << 20;

  private final InputStream in;
  private final byte[] header = new byte[BLOCK];
  private final PaxRecords global = new PaxRecords();
  private SparseBody body;
  private boolean ended;

  public TarReader(InputStream in) {
    this.in = in;
    this.body = SparseBody.empty(in);
  }

  /**
   * The next member, empty at the end. What was left of the last one's content is skipped.
   *
   * @throws TarFormatException if this is not an archive or it ends inside a member
   */
  public Optional<TarEntry> next() throws IOException {
    if (ended) {
      return Optional.empty();
    }
    body.skipRest();
    PaxRecords pax = new PaxRecords();
    String longName = null;
    String longLink = null;
    while (readHeader()) {
      long stored = TarNumbers.read(header, 124, 12, "size");
      switch (header[156]) {
        case 'x', 'X' -> pax.add(extension(stored));
        case 'g' -> global.add(extension(stored));
        case 'L' -> longName = cString(extension(stored));
        case 'K' -> longLink = cString(extension(stored));
        case 'V' -> extension(stored); // the label of a GNU volume: a name for people
        default -> {
          return Optional.of(entry(pax.over(global), longName, longLink, stored));
        }
      }
    }
    ended = true;
    return Optional.empty();
  }

  /** The content of the member that {@link #next} returned last, holes as zeros. */
  public InputStream body() {
    return body;
  }

  private boolean readHeader() throws IOException {
    int read = in.readNBytes(header, 0, BLOCK);
    if (read == 0) {
      return false; // archives without the two blocks of zeros are about; Go's reader takes them
    }
    if (read < BLOCK) {
      throw new TarFormatException("the archive ends inside a header");
    }
    if (allZero()) {
      return false;
    }
    checkSum();
    return true;
  }

  private boolean allZero() {
    for (byte b : header) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }

  private void checkSum() throws TarFormatException {
    long expected = TarNumbers.read(header, 148, 8, "checksum");
    long unsigned = 0;
    long signed = 0; // what some old tars computed
    for (int i = 0; i < BLOCK; i++) {
      byte b = i >= 148 && i < 156 ? (byte) ' ' : header[i];
      unsigned += b & 0xff;
      signed += b;
    }
    if (expected != unsigned && expected != signed) {
      throw new TarFormatException("not a tar archive: the checksum of a header is wrong");
    }
  }

  private byte[] extension(long sizeBytes) throws IOException {
    if (sizeBytes < 0 || sizeBytes > EXTENSION_BYTES_MAX) {
      throw new TarFormatException(
          "an extended header has %d bytes; at most %d are read"
              .formatted(sizeBytes, EXTENSION_BYTES_MAX));
    }
    byte[] bytes = in.readNBytes((int) sizeBytes);
    if (bytes.length < sizeBytes) {
      throw new TarFormatException("the archive ends inside an extended header");
    }
    skipFully(in, padding(sizeBytes));
    return bytes;
  }

  private TarEntry entry(
      PaxRecords pax, @Nullable String longName, @Nullable String longLink, long headerSize)
      throws IOException {
    String name = pax.text("path").orElse(longName != null ? longName : headerName());
    name = pax.text("GNU.sparse.name").orElse(name);
    String link = pax.text("linkpath").orElse(longLink != null ? longLink : text(157, 100));
    TarType type = type(name);
    long stored = type == TarType.FILE ? pax.number("size").orElse(headerSize) : 0;
    if (stored < 0) {
      throw new TarFormatException("%s: size is negative".formatted(name));
    }
    boolean sparse = openBody(pax, type, stored, name);
    boolean device = type == TarType.CHARACTER_DEVICE || type == TarType.BLOCK_DEVICE;
    return new TarEntry(
        clean(name, "name"),
        type,
        (int) TarNumbers.read(header, 100, 8, "mode") & 07777,
        pax.number("uid").orElse(TarNumbers.read(header, 108, 8, "uid")),
        pax.number("gid").orElse(TarNumbers.read(header, 116, 8, "gid")),
        type == TarType.FILE ? body.sizeBytes() : 0,
        modified(pax),
        type == TarType.HARD_LINK || type == TarType.SYMBOLIC_LINK ? clean(link, "link") : "",
        device ? (int) TarNumbers.read(header, 329, 8, "device") : 0,
        device ? (int) TarNumbers.read(header, 337, 8, "device") : 0,
        Map.copyOf(pax.xattrs()),
        sparse);
  }

  /** Opens the content and says whether it has holes. */
  private boolean openBody(PaxRecords pax, TarType type, long stored, String name)
      throws IOException {
    if (type == TarType.FILE && header[156] == 'S') {
      List<SparseBody.Run> runs = SparseMaps.oldGnu(header, in);
      body = SparseBody.of(in, stored, runs, TarNumbers.read(header, 483, 12, "real size"), name);
      return true;
    }
    if (type == TarType.FILE && pax.sparse()) {
      SparseMaps.Pax map = SparseMaps.pax(pax, in, stored);
      body = SparseBody.of(in, map.dataBytes(), map.runs(), map.realBytes(), name);
      return true;
    }
    body = SparseBody.whole(in, stored, name);
    return false;
  }

  private TarType type(String name) throws TarFormatException {
    char flag = (char) header[156];
    return switch (flag) {
      case 0, '0', '7' -> name.endsWith("/") ? TarType.DIRECTORY : TarType.FILE; // V7 had no '5'
      case 'S' -> TarType.FILE;
      case '1' -> TarType.HARD_LINK;
      case '2' -> TarType.SYMBOLIC_LINK;
      case '3' -> TarType.CHARACTER_DEVICE;
      case '4' -> TarType.BLOCK_DEVICE;
      case '5' -> TarType.DIRECTORY;
      case '6' -> TarType.FIFO;
      default ->
          throw new TarFormatException(
              "%s: members of type '%c' are not supported".formatted(name, flag));
    };
  }

  private Instant modified(PaxRecords pax) throws TarFormatException {
    Optional<String> text = pax.text("mtime");
    if (text.isPresent()) {
      return TarNumbers.readTime(text.get());
    }
    try {
      return Instant.ofEpochSecond(TarNumbers.read(header, 136, 12, "mtime"));
    } catch (DateTimeException e) {
      throw new TarFormatException("mtime in a header is out of range", e);
    }
  }

  /** The name field, with ustar's prefix; GNU tar has times where the prefix would be. */
  private String headerName() {
    String name = text(0, 100);
    boolean ustar = header[257] == 'u' && header[262] == 0;
    if (!ustar || header[345] == 0) {
      return name;
    }
    boolean star = header[508] == 't' && header[509] == 'a' && header[510] == 'r';
    return text(345, star ? 131 : 155) + "/" + name;
  }

  private String text(int offset, int length) {
    int end = offset;
    while (end < offset + length && header[end] != 0) {
      end++;
    }
    return FileName.decode(header, offset, end - offset);
  }

  private static String cString(byte[] bytes) {
    int end = 0;
    while (end < bytes.length && bytes[end] != 0) {
      end++;
    }
    return FileName.decode(bytes, 0, end);
  }

  private static String clean(String text, String what) throws TarFormatException {
    if (text.indexOf('\0') >= 0) {
      throw new TarFormatException("a member's " + what + " contains a NUL byte");
    }
    return text;
  }

  static long padding(long sizeBytes) {
    return -sizeBytes & (BLOCK - 1);
  }

  static void skipFully(InputStream in, long bytes) throws IOException {
    try {
      in.skipNBytes(bytes);
    } catch (EOFException e) {
      throw new TarFormatException("the archive ends inside a member", e);
    }
  }
}
