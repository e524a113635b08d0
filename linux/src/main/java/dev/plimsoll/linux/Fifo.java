package dev.plimsoll.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Writing a line into a FIFO that somebody else reads, as conmon's {@code ctl} and {@code winsz}: never
 * waiting for a reader. For many threads: a line goes in whole.
 */
public final class Fifo {
  private static final int PIPE_BUF = 4096; // pipe(7): up to here a write is one piece

  private Fifo() {}

  /**
   * Writes {@code line} and a line feed.
   *
   * @throws LinuxException {@link Errno#ENXIO} if nobody reads, {@link Errno#EAGAIN} if it is full
   */
  public static void writeLine(Path fifo, String line) throws IOException {
    byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
    if (bytes.length > PIPE_BUF) {
      throw new IllegalArgumentException(
          "a line of %d bytes for %s; %d are the most".formatted(bytes.length, fifo, PIPE_BUF));
    }
    try (FileDescriptor file =
        FileDescriptor.open(fifo, 0, OpenFlag.WRITE, OpenFlag.NON_BLOCKING)) {
      file.write(bytes, 0, bytes.length);
    }
  }
}
