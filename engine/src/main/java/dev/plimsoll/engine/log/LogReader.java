package dev.plimsoll.engine.log;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Optional;
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
    Deque<LogEntry> last = new ArrayDeque<>();
    int[] lines = {0};
    readAll(
        request,
        entry -> {
          last.addLast(entry);
          if (entry.endsLine()) {
            lines[0]++;
          }
          while (lines[0] > tail || (tail == 0 && !last.isEmpty())) {
            if (last.removeFirst().endsLine()) {
              lines[0]--;
            }
          }
        });
    for (LogEntry entry : last) {
      reading.accept(entry);
    }
  }

  private void readAll(LogRequest request, Reading reading) throws IOException {
    for (Path file : files.oldestFirst()) {
      open(file);
      drain(request, reading);
    }
  }

  /** Goes on after {@link #read} until the container has ended and all was read. */
  public void follow(LogRequest request, Reading reading, Growth growth)
      throws IOException, InterruptedException {
    boolean more = true;
    while (more) {
      more = growth.awaitMore();
      if (current == null) {
        open(files.current());
      }
      drain(request, reading);
      if (wasTurned()) {
        open(files.current());
        drain(request, reading);
      }
    }
  }

  private boolean wasTurned() throws IOException {
    Optional<Object> named = key(files.current());
    return named.isPresent() && !named.equals(currentKey);
  }

  /** What tells one file from another, whatever they are called. */
  private static Optional<Object> key(Path file) throws IOException {
    try {
      return Optional.ofNullable(Files.readAttributes(file, BasicFileAttributes.class).fileKey());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private void open(Path file) throws IOException {
    close();
    current = null;
    lineLength = 0;
    // The key first: a file that is turned between the two is then seen as turned, and read again
    // from its new name, never missed.
    currentKey = key(file);
    if (currentKey.isPresent()) {
      current = new RandomAccessFile(file.toFile(), "r");
    }
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
