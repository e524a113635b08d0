package dev.plimsoll.engine.tar;

import dev.plimsoll.linux.ffi.FileName;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The records of extended headers: {@code length key=value\n}, later ones replacing earlier. */
final class PaxRecords {
  private static final String XATTR = "SCHILY.xattr.";

  private final Map<String, byte[]> records = new HashMap<>();
  private final List<Long> sparseMap = new ArrayList<>(); // GNU 0.0 repeats its keys

  void add(byte[] bytes) throws TarFormatException {
    int at = 0;
    while (at < bytes.length && bytes[at] != 0) {
      int space = indexOf(bytes, ' ', at, Math.min(bytes.length, at + 8));
      int end = at + length(bytes, at, space);
      int equals = indexOf(bytes, '=', space, end);
      if (end > bytes.length || bytes[end - 1] != '\n' || equals < 0 || equals == space + 1) {
        throw malformed();
      }
      put(
          FileName.decode(bytes, space + 1, equals - space - 1),
          java.util.Arrays.copyOfRange(bytes, equals + 1, end - 1));
      at = end;
    }
  }

  private void put(String key, byte[] value) throws TarFormatException {
    if (key.equals("GNU.sparse.offset") || key.equals("GNU.sparse.numbytes")) {
      sparseMap.add(TarNumbers.readDecimal(string(value), key));
    }
    records.put(key, value);
  }

  private static int length(byte[] bytes, int at, int space) throws TarFormatException {
    if (space < 0) {
      throw malformed();
    }
    long length =
        TarNumbers.readDecimal(
            new String(bytes, at, space - at, StandardCharsets.US_ASCII), "length of a record");
    if (length <= space - at || length > bytes.length - at) {
      throw malformed();
    }
    return (int) length;
  }

  private static int indexOf(byte[] bytes, char wanted, int from, int to) {
    for (int i = from; i < Math.min(to, bytes.length); i++) {
      if (bytes[i] == wanted) {
        return i;
      }
    }
    return -1;
  }

  private static TarFormatException malformed() {
    return new TarFormatException("an extended header has a malformed record");
  }

  /** These records, and of {@code defaults} those that are not here. */
  PaxRecords over(PaxRecords defaults) {
    if (defaults.records.isEmpty()) {
      return this;
    }
    var merged = new PaxRecords();
    merged.records.putAll(defaults.records);
    merged.records.putAll(records);
    merged.sparseMap.addAll(sparseMap);
    return merged;
  }

  /** An empty value takes back what a global header said. */
  Optional<String> text(String key) {
    byte[] value = records.get(key);
    return value == null || value.length == 0 ? Optional.empty() : Optional.of(string(value));
  }

  Optional<Long> number(String key) throws TarFormatException {
    Optional<String> text = text(key);
    return text.isEmpty() ? Optional.empty() : Optional.of(TarNumbers.readDecimal(text.get(), key));
  }

  Map<String, byte[]> xattrs() {
    Map<String, byte[]> found = new HashMap<>();
    records.forEach((key, value) -> {
      if (key.startsWith(XATTR) && key.length() > XATTR.length()) {
        found.put(key.substring(XATTR.length()), value);
      }
    });
    return found;
  }

  boolean sparse() {
    return records.containsKey("GNU.sparse.major")
        || records.containsKey("GNU.sparse.map")
        || records.containsKey("GNU.sparse.size");
  }

  /** Offsets and lengths in turn, of GNU's form 0.0. */
  List<Long> sparseMap() {
    return sparseMap;
  }

  private static String string(byte[] value) {
    return FileName.decode(value);
  }
}
