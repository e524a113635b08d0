package dev.plimsoll.linux;

import static dev.plimsoll.linux.ffi.SystemCall.PIPE2;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.plimsoll.linux.ffi.Scratch;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * A pipe, both ends closed on exec; {@link Command#descriptor} hands one on. Whoever made it closes
 * both ends.
 */
public record Pipe(FileDescriptor reader, FileDescriptor writer) implements AutoCloseable {
  private static final int CLOSE_ON_EXEC = 0x80000;

  public static Pipe open() throws IOException {
    try (Scratch s = Scratch.take()) {
      MemorySegment ends = s.dirty(8);
      long result = PIPE2.call(s, ends.address(), CLOSE_ON_EXEC);
      if (result < 0) {
        throw LinuxException.of(PIPE2, "pipe", result);
      }
      return new Pipe(
          new FileDescriptor(ends.get(JAVA_INT, 0), "pipe, reading end"),
          new FileDescriptor(ends.get(JAVA_INT, 4), "pipe, writing end"));
    }
  }

  @Override
  public void close() {
    reader.close();
    writer.close();
  }
}
