package dev.plimsoll.linux;

import static dev.plimsoll.linux.ffi.SystemCall.IOCTL;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.plimsoll.linux.ffi.Scratch;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * The master's side of a terminal: what is typed is written, what is shown is read. When it is
 * closed, the session on the other side is hung up. Reads fail with {@link Errno#EIO} once nobody has
 * the other side open.
 */
public final class Terminal implements AutoCloseable {
  private static final int TIOCSWINSZ = 0x5414; // asm-generic/ioctls.h
  private static final int WINSIZE_BYTES = 8;
  private static final int SIDE_MAX = 0xFFFF;

  private final FileDescriptor master;

  Terminal(FileDescriptor master) {
    this.master = master;
  }

  /** What it reads and writes through; this keeps owning it. */
  public FileDescriptor descriptor() {
    return master;
  }

  /** Changes its size in characters and tells the programs on it. */
  public synchronized void resize(int height, int width) throws IOException {
    if (height < 0 || width < 0 || height > SIDE_MAX || width > SIDE_MAX) {
      throw new IllegalArgumentException("no size of a terminal: " + height + "x" + width);
    }
    try (Scratch s = Scratch.take()) {
      MemorySegment size = s.zeros(WINSIZE_BYTES); // struct winsize: row, col, xpixel, ypixel
      size.set(JAVA_SHORT, 0, (short) height);
      size.set(JAVA_SHORT, 2, (short) width);
      long result = IOCTL.call(s, master.number(), TIOCSWINSZ, size.address());
      if (result < 0) {
        throw LinuxException.of(IOCTL, master, result);
      }
    }
  }

  @Override
  public synchronized void close() {
    master.close();
  }

  @Override
  public String toString() {
    return master.toString();
  }
}
