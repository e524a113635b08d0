package dev.plimsoll.engine.tar;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the data of a sparse file lies, in the four ways GNU tar has written it down.
 *
 * @see <a href="https://www.gnu.org/software/tar/manual/html_section/Sparse-Formats.html">GNU tar
 *     1.34, Storing Sparse Files</a>
 */
final class SparseMaps {
  private static final int RUNS_MAX = 1 << 20;
  private static final int LINE_MAX = 20;

  /** A map with the size of the data that follows it and of the whole file. */
  record Pax(List<SparseBody.Run> runs, long dataBytes, long realBytes) {}

  private SparseMaps() {}

  /** Four runs in the header, then blocks of 21 while the last one says that there are more. */
  static List<SparseBody.Run> oldGnu(byte[] header, InputStream in) throws IOException {
    List<Long> numbers = new ArrayList<>();
    addPairs(numbers, header, 386, 4);
    boolean more = header[482] != 0;
    byte[] block = new byte[TarReader.BLOCK];
    while (more) {
      if (in.readNBytes(block, 0, block.length) < block.length) {
        throw new TarFormatException("the archive ends inside a sparse map");
      }
      addPairs(numbers, block, 0, 21);
      more = block[504] != 0;
    }
    return runs(numbers);
  }

  private static void addPairs(List<Long> numbers, byte[] block, int offset, int count)
      throws TarFormatException {
    for (int i = 0; i < count && block[offset + 24 * i] != 0; i++) {
      numbers.add(TarNumbers.read(block, offset + 24 * i, 12, "sparse offset"));
      numbers.add(TarNumbers.read(block, offset + 24 * i + 12, 12, "sparse length"));
    }
  }

  /** Form 0.0 and 0.1 have the map in the records, 1.0 in front of the data. */
  static Pax pax(PaxRecords records, InputStream in, long stored) throws IOException {
    if (records.text("GNU.sparse.major").filter("1"::equals).isPresent()) {
      long real = required(records, "GNU.sparse.realsize");
      var map = new MapInData(in, stored);
      return new Pax(runs(map.numbers()), map.dataBytes(), real);
    }
    long real = required(records, "GNU.sparse.size");
    List<Long> numbers = new ArrayList<>(records.sparseMap());
    if (records.text("GNU.sparse.map").isPresent()) {
      numbers.clear();
      for (String number : records.text("GNU.sparse.map").get().split(",", -1)) {
        numbers.add(TarNumbers.readDecimal(number, "GNU.sparse.map"));
      }
    }
    return new Pax(runs(numbers), stored, real);
  }

  private static long required(PaxRecords records, String key) throws TarFormatException {
    return records
        .number(key)
        .orElseThrow(() -> new TarFormatException("a sparse member has no " + key));
  }

  private static List<SparseBody.Run> runs(List<Long> numbers) throws TarFormatException {
    if (numbers.size() % 2 != 0 || numbers.size() / 2 > RUNS_MAX) {
      throw new TarFormatException("a sparse map of %d numbers".formatted(numbers.size()));
    }
    List<SparseBody.Run> runs = new ArrayList<>(numbers.size() / 2);
    for (int i = 0; i < numbers.size(); i += 2) {
      runs.add(new SparseBody.Run(numbers.get(i), numbers.get(i + 1)));
    }
    return runs;
  }

  /** Decimal lines, padded to whole blocks: how many runs, then offset and length of each. */
  private static final class MapInData {
    private final InputStream in;
    private final long stored;
    private long read;

    MapInData(InputStream in, long stored) {
      this.in = in;
      this.stored = stored;
    }

    List<Long> numbers() throws IOException {
      long count = line();
      if (count > RUNS_MAX) {
        throw new TarFormatException("a sparse map of %d runs".formatted(count));
      }
      List<Long> numbers = new ArrayList<>();
      for (long i = 0; i < 2 * count; i++) {
        numbers.add(line());
      }
      long padding = TarReader.padding(read);
      TarReader.skipFully(in, padding);
      read += padding;
      if (read > stored) {
        throw new TarFormatException("a sparse map is longer than its member");
      }
      return numbers;
    }

    long dataBytes() {
      return stored - read;
    }

    private long line() throws IOException {
      var digits = new StringBuilder();
      for (int c = in.read(); c != '\n'; c = in.read()) {
        if (c < 0 || digits.length() >= LINE_MAX) {
          throw new TarFormatException("a sparse map is malformed");
        }
        digits.append((char) c);
      }
      read += digits.length() + 1;
      return TarNumbers.readDecimal(digits.toString(), "sparse map");
    }
  }
}
