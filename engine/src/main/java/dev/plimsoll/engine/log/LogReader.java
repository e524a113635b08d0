package dev.plimsoll.engine.log;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads a container's log files as one, and goes on where they grow. A file that is renamed while it
 * is read is read to its end first. Not safe for many threads; closed by its user.
 */
public final class LogReader implements AutoCloseable {
  private static final int BUFFER_BYTES = 64 << 10;

  /** conmon breaks lines at 8 KiB; what is longer than this is no line. */
  private static final int LINE_BYTES_MAX = 1 << 20;

  /** Takes what is read. */
  public interface Reading {
    void accept(LogEntry entry) throws IOException;
  }

  /** Tells whether there may be more. */
  public interface Growth {
    /** Waits a little; false if the container has ended, so that one last look finds the rest. */
    boolean awaitMore() throws InterruptedException;
  }

  private final LogFiles files;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private byte[] line = new byte[BUFFER_BYTES];
  private int lineLength;
  private @Nullable RandomAccessFile current;
  private Optional<Object> currentKey = Optional.empty();

  public LogReader(LogFiles files) {
    this.files = files;
  }

  /** Reads what is there now. */
  public void read(LogRequest request, Reading reading) throws IOException {
    if (request.tail().isEmpty()) {
      readAll(request, reading);
      return;
    }
    int tail = request.tail().getAsInt();
    var last = new LastLines(tail);
    readAll(request, last::add);
    for (LastLines.Piece piece : last.pieces) {
      reading.accept(piece.entry());
    }
  }

  /** The last lines of what was added. A line counts from its beginning: the last may have no end. */
  private static final class LastLines {
    private record Piece(LogEntry entry, boolean begins) {}

    private final int linesMax;
    private final Deque<Piece> pieces = new ArrayDeque<>();
    private final Set<LogEntry.Stream> inLine = EnumSet.noneOf(LogEntry.Stream.class);
    private int lines;

    LastLines(int linesMax) {
      this.linesMax = linesMax;
    }

    void add(LogEntry entry) {
      boolean begins = !inLine.contains(entry.stream());
      if (entry.endsLine()) {
        inLine.remove(entry.stream());
      } else {
        inLine.add(entry.stream());
      }
      pieces.addLast(new Piece(entry, begins));
      lines += begins ? 1 : 0;
      while (lines > linesMax || (!pieces.isEmpty() && !pieces.getFirst().begins())) {
        lines -= pieces.removeFirst().begins() ? 1 : 0;
      }
    }
  }

  private void readAll(LogRequest request, Reading reading) throws IOException {
    boolean more = true;
    while (more) {
      more = advance(request, reading);
    }
  }

  /** Goes on after {@link #read} until the container has ended and all was read. */
  public void follow(LogRequest request, Reading reading, Growth growth)
      throws IOException, InterruptedException {
    boolean more = true;
    while (more) {
      more = growth.awaitMore();
      drain(request, reading);
      readAll(request, reading);
    }
  }

  /** Reads the next younger file as far as it goes; false if there is none. */
  private boolean advance(LogRequest request, Reading reading) throws IOException {
    Optional<Path> next = younger();
    // The writer has gone on to another file: what it said before is all there now.
    while (next.isPresent()) {
      drain(request, reading);
      if (open(next.get())) {
        drain(request, reading);
        return true;
      }
      next = younger(); // the files were turned in this moment, and have other names
    }
    return false;
  }

  /** The file that goes on where the current one ends, by whatever names they go now. */
  private Optional<Path> younger() throws IOException {
    List<Path> all = files.oldestFirst();
    for (int i = 0; i < all.size() && currentKey.isPresent(); i++) {
      if (key(all.get(i)).equals(currentKey)) {
        return all.subList(i + 1, all.size()).stream().findFirst();
      }
    }
    return all.stream().findFirst(); // the current one was old enough to be deleted
  }

  /** What tells one file from another, whatever they are called. */
  private static Optional<Object> key(Path file) throws IOException {
    try {
      return Optional.ofNullable(Files.readAttributes(file, BasicFileAttributes.class).fileKey());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private boolean open(Path file) throws IOException {
    Optional<Object> before = key(file);
    RandomAccessFile opened;
    try {
      opened = new RandomAccessFile(file.toFile(), "r");
    } catch (FileNotFoundException e) {
      return false;
    }
    if (before.isEmpty() || !before.equals(key(file))) {
      opened.close(); // turned meanwhile: it is not known which of the two this is
      return false;
    }
    close();
    current = opened;
    currentKey = before;
    lineLength = 0;
    return true;
  }

  private void drain(LogRequest request, Reading reading) throws IOException {
    RandomAccessFile file = current;
    if (file == null) {
      return;
    }
    int length;
    while ((length = file.read(buffer)) > 0) {
      for (int i = 0; i < length; i++) {
        if (buffer[i] == '\n') {
          Optional<LogEntry> entry = LogEntry.parse(line, lineLength);
          lineLength = 0;
          if (entry.isPresent() && request.test(entry.get())) {
            reading.accept(entry.get());
          }
        } else if (lineLength < LINE_BYTES_MAX) {
          if (lineLength == line.length) {
            line = Arrays.copyOf(line, line.length * 2);
          }
          line[lineLength++] = buffer[i];
        }
      }
    }
  }

  @Override
  public void close() throws IOException {
    if (current != null) {
      current.close();
    }
  }
}
