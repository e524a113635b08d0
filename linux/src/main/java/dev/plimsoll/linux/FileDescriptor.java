package dev.plimsoll.linux;

import static dev.plimsoll.linux.ffi.SystemCall.*;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.plimsoll.linux.ffi.Scratch;
import dev.plimsoll.linux.ffi.SystemCall;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * An open file of the kernel, owned: whoever holds this closes it, once or more often.
 *
 * <p>Safe for many threads as the kernel's own descriptor is, with one exception: {@link #close} while
 * another thread is inside a call may let that call meet the next file that gets the number.
 * After closing, every call fails with {@link Errno#EBADF}. Reads and writes block the thread, and
 * the carrier of a virtual thread: files on disk are fine, pipes and sockets belong on platform
 * threads.
 */
public final class FileDescriptor implements AutoCloseable {
  private static final VarHandle NUMBER;

  static {
    try {
      NUMBER = MethodHandles.lookup().findVarHandle(FileDescriptor.class, "number", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private volatile int number;
  private final Object subject;

  /**
   * Takes over an open descriptor.
   *
   * @param subject what it is, for messages: a path, a name
   */
  public FileDescriptor(int number, Object subject) {
    this.number = number;
    this.subject = subject;
  }

  /** Opens {@code path}, following links; {@code permissions} count where it is created. */
  public static FileDescriptor open(Path path, int permissions, OpenFlag... flags)
      throws IOException {
    try (Scratch s = Scratch.take()) {
      long fd =
          OPENAT.restarting(
              s, Directory.WORKING, s.text(path.toString()), OpenFlag.bits(flags), permissions);
      if (fd < 0) {
        throw LinuxException.of(OPENAT, path, fd);
      }
      return new FileDescriptor((int) fd, path);
    }
  }

  /** The number the kernel knows it by, -1 after {@link #close}. */
  public int number() {
    return number;
  }

  /** A path to this very file while it is open, whatever became of its name. */
  public Path link() {
    return Path.of("/proc/self/fd/" + number);
  }

  /** Writes all that remains in {@code source}, from heap or direct memory. */
  public void write(ByteBuffer source) throws IOException {
    try (Scratch s = Scratch.take()) {
      while (source.hasRemaining()) {
        int length = source.remaining();
        long address;
        if (source.isDirect()) {
          address = MemorySegment.ofBuffer(source).address();
        } else {
          length = Math.min(length, Scratch.BUFFER_BYTES);
          MemorySegment bounce = s.buffer();
          MemorySegment.copy(MemorySegment.ofBuffer(source), 0, bounce, 0, length);
          address = bounce.address();
        }
        long written = check(WRITE, WRITE.restarting(s, number, address, length));
        source.position(source.position() + (int) written);
      }
    }
  }

  /** Writes {@code length} bytes of {@code source}; the shortest way from an array to the disk. */
  public void write(byte[] source, int offset, int length) throws IOException {
    try (Scratch s = Scratch.take()) {
      MemorySegment bounce = s.buffer();
      int done = 0;
      while (done < length) {
        int part = Math.min(length - done, Scratch.BUFFER_BYTES);
        MemorySegment.copy(source, offset + done, bounce, JAVA_BYTE, 0, part);
        done += (int) check(WRITE, WRITE.restarting(s, number, bounce.address(), part));
      }
    }
  }

  /**
   * Reads at most what {@code target} has room for.
   *
   * @return how many bytes came, or -1 at the end
   */
  public int read(ByteBuffer target) throws IOException {
    int length = Math.min(target.remaining(), Scratch.BUFFER_BYTES);
    if (length == 0) {
      return 0;
    }
    try (Scratch s = Scratch.take()) {
      MemorySegment bounce = s.buffer();
      int got = (int) check(READ, READ.restarting(s, number, bounce.address(), length));
      return delivered(bounce, target, got);
    }
  }

  /** As {@link #read(ByteBuffer)} from {@code position}, without moving the file's own position. */
  public int read(ByteBuffer target, long position) throws IOException {
    int length = Math.min(target.remaining(), Scratch.BUFFER_BYTES);
    if (length == 0) {
      return 0;
    }
    try (Scratch s = Scratch.take()) {
      MemorySegment bounce = s.buffer();
      long got = PREAD64.restarting(s, number, bounce.address(), length, position);
      return delivered(bounce, target, (int) check(PREAD64, got));
    }
  }

  private static int delivered(MemorySegment from, ByteBuffer target, int length) {
    if (length == 0) {
      return -1;
    }
    target.put(from.asSlice(0, length).asByteBuffer());
    return length;
  }

  /** Moves the position to {@code offset} bytes from the start. */
  public void seek(long offset) throws IOException {
    try (Scratch s = Scratch.take()) {
      check(LSEEK, LSEEK.call(s, number, offset, 0));
    }
  }

  public void truncate(long sizeBytes) throws IOException {
    try (Scratch s = Scratch.take()) {
      check(FTRUNCATE, FTRUNCATE.restarting(s, number, sizeBytes, 0));
    }
  }

  /** Reserves disk space, so that writing it cannot find the disk full. */
  public void allocate(long offset, long lengthBytes) throws IOException {
    try (Scratch s = Scratch.take()) {
      check(FALLOCATE, FALLOCATE.restarting(s, number, 0, offset, lengthBytes));
    }
  }

  /** {@code fsync(2)}: when it returns, bytes and size are on disk. The name is the directory's. */
  public void sync() throws IOException {
    try (Scratch s = Scratch.take()) {
      check(FSYNC, FSYNC.call(s, number));
    }
  }

  /** {@code fdatasync(2)}. */
  public void syncData() throws IOException {
    try (Scratch s = Scratch.take()) {
      check(FDATASYNC, FDATASYNC.call(s, number));
    }
  }

  public void setOwner(int uid, int gid) throws IOException {
    try (Scratch s = Scratch.take()) {
      check(FCHOWN, FCHOWN.call(s, number, uid, gid));
    }
  }

  /** After {@link #setOwner}, never before: a change of owner clears set-uid and set-gid. */
  public void setPermissions(int permissions) throws IOException {
    try (Scratch s = Scratch.take()) {
      check(FCHMOD, FCHMOD.call(s, number, permissions));
    }
  }

  public void setTimes(Instant accessed, Instant modified) throws IOException {
    try (Scratch s = Scratch.take()) {
      long times = Directory.times(s, accessed, modified);
      check(UTIMENSAT, UTIMENSAT.call(s, number, 0, times, 0));
    }
  }

  public FileStatus status() throws IOException {
    try (Scratch s = Scratch.take()) {
      return Directory.statx(s, number, "", Directory.AT_EMPTY_PATH, this);
    }
  }

  public Optional<byte[]> attribute(String name) throws IOException {
    return Attributes.ofDescriptor(number, this).get(name);
  }

  public void setAttribute(String name, byte[] value) throws IOException {
    Attributes.ofDescriptor(number, this).set(name, value);
  }

  public void removeAttribute(String name) throws IOException {
    Attributes.ofDescriptor(number, this).remove(name);
  }

  public List<String> attributes() throws IOException {
    return Attributes.ofDescriptor(number, this).names();
  }

  /** Gives the number away: this no longer closes it. */
  public int release() {
    return (int) NUMBER.getAndSet(this, -1);
  }

  /**
   * Closes it. What {@code close(2)} answers is ignored, as the descriptor is gone in any case: bytes
   * that must be on disk were {@link #sync}ed before.
   */
  @Override
  public void close() {
    int open = release();
    if (open >= 0) {
      try (Scratch s = Scratch.take()) {
        CLOSE.call(s, open);
      }
    }
  }

  private long check(SystemCall call, long result) throws LinuxException {
    if (result < 0) {
      throw LinuxException.of(call, subject, result);
    }
    return result;
  }

  @Override
  public String toString() {
    return subject.toString();
  }
}
