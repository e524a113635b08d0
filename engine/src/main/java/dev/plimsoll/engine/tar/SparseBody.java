package dev.plimsoll.engine.tar;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;

/** The content of one member: runs of data from the archive, zeros between them. */
final class SparseBody extends InputStream {

  /** A part of the file that is in the archive. */
  record Run(long offset, long length) {}

  private final InputStream in;
  private final List<Run> runs;
  private final long sizeBytes;
  private final String name;
  private long position;
  private int run;
  private long storedLeft;
  private final long padding;

  private SparseBody(InputStream in, List<Run> runs, long stored, long sizeBytes, String name) {
    this.in = in;
    this.runs = runs;
    this.sizeBytes = sizeBytes;
    this.name = name;
    this.storedLeft = stored;
    this.padding = TarReader.padding(stored);
  }

  static SparseBody empty(InputStream in) {
    return new SparseBody(in, List.of(), 0, 0, "");
  }

  static SparseBody whole(InputStream in, long sizeBytes, String name) {
    return new SparseBody(in, List.of(new Run(0, sizeBytes)), sizeBytes, sizeBytes, name);
  }

  /** Refuses runs that overlap, run backwards, leave the file, or are not what is stored. */
  static SparseBody of(InputStream in, long stored, List<Run> runs, long real, String name)
      throws TarFormatException {
    long end = 0;
    long sum = 0;
    for (Run each : runs) {
      if (each.offset < end || each.length < 0 || each.length > real - each.offset) {
        throw new TarFormatException(name + ": the sparse map is malformed");
      }
      end = each.offset + each.length;
      sum += each.length;
    }
    if (sum != stored || real < 0) {
      throw new TarFormatException(
          "%s: the sparse map has %d bytes, the member %d".formatted(name, sum, stored));
    }
    return new SparseBody(in, runs, stored, real, name);
  }

  long sizeBytes() {
    return sizeBytes;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (position == sizeBytes) {
      return -1;
    }
    while (run < runs.size() && position >= runs.get(run).offset + runs.get(run).length) {
      run++;
    }
    int read =
        run < runs.size() && position >= runs.get(run).offset
            ? readData(target, offset, length, runs.get(run))
            : readHole(target, offset, length);
    position += read;
    return read;
  }

  private int readData(byte[] target, int offset, int length, Run current) throws IOException {
    long left = current.offset + current.length - position;
    int read = in.read(target, offset, (int) Math.min(length, left));
    if (read <= 0) {
      throw new TarFormatException("the archive ends inside " + name);
    }
    storedLeft -= read;
    return read;
  }

  private int readHole(byte[] target, int offset, int length) {
    long end = run < runs.size() ? runs.get(run).offset : sizeBytes;
    int zeros = (int) Math.min(length, end - position);
    Arrays.fill(target, offset, offset + zeros, (byte) 0);
    return zeros;
  }

  /** Leaves the archive at the next header. */
  void skipRest() throws IOException {
    TarReader.skipFully(in, storedLeft + padding);
    storedLeft = 0;
    position = sizeBytes;
  }
}
