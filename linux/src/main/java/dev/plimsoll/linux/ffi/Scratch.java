package dev.plimsoll.linux.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Native memory for the arguments of one call, borrowed from a pool and given back by {@link
 * #close}: a call costs no allocation of native memory, and a thousand virtual threads do not keep
 * a thousand buffers.
 *
 * <pre>
 *   try (Scratch s = Scratch.take()) {
 *     long path = s.text(name);
 *     long result = SystemCall.UNLINKAT.call(s, directory, path, 0);
 *   }
 * </pre>
 *
 * <p>The pool is safe for many threads; one scratch belongs to one thread at a time. Addresses taken
 * from it are dead after {@code close}. The memory is never freed: there is as much as was ever in
 * use at one moment.
 */
public final class Scratch implements AutoCloseable {
  /** Two paths of PATH_MAX (4,096 bytes) and the largest extended attribute (64 KiB) fit. */
  public static final int ARGUMENTS_BYTES = 80 * 1024;

  /** What {@link #buffer} holds. */
  public static final int BUFFER_BYTES = 128 * 1024;

  private static final long ERRNO_OFFSET =
      Linker.Option.captureStateLayout()
          .byteOffset(java.lang.foreign.MemoryLayout.PathElement.groupElement("errno"));

  private record Pooled(Scratch scratch, @Nullable Pooled next) {}

  // A new node for each give-back: nodes that came back would meet the ABA problem.
  private static final AtomicReference<@Nullable Pooled> POOL = new AtomicReference<>();

  private final MemorySegment callState =
      Arena.global().allocate(Linker.Option.captureStateLayout());
  private final MemorySegment arguments = Arena.global().allocate(ARGUMENTS_BYTES, 16);
  private @Nullable MemorySegment buffer;
  private int used;

  private Scratch() {}

  public static Scratch take() {
    while (true) {
      Pooled head = POOL.get();
      if (head == null) {
        return new Scratch();
      }
      if (POOL.compareAndSet(head, head.next)) {
        return head.scratch;
      }
    }
  }

  @Override
  public void close() {
    used = 0;
    while (true) {
      Pooled head = POOL.get();
      if (POOL.compareAndSet(head, new Pooled(this, head))) {
        return;
      }
    }
  }

  public MemorySegment callState() {
    return callState;
  }

  public int errno() {
    return callState.get(ValueLayout.JAVA_INT, ERRNO_OFFSET);
  }

  /** {@code sizeBytes} of memory, aligned to 8, with whatever an earlier call left in it. */
  public MemorySegment dirty(long sizeBytes) {
    int from = (used + 7) & ~7;
    if (sizeBytes > ARGUMENTS_BYTES - from) {
      throw new IllegalArgumentException(
          "arguments of a system call need %d bytes, %d are left"
              .formatted(sizeBytes, ARGUMENTS_BYTES - from));
    }
    used = from + (int) sizeBytes;
    return arguments.asSlice(from, sizeBytes);
  }

  /** {@code sizeBytes} of zeros, aligned to 8. */
  public MemorySegment zeros(long sizeBytes) {
    return dirty(sizeBytes).fill((byte) 0);
  }

  public MemorySegment bytes(byte[] content) {
    MemorySegment copy = dirty(content.length);
    MemorySegment.copy(content, 0, copy, ValueLayout.JAVA_BYTE, 0, content.length);
    return copy;
  }

  /**
   * The address of {@code text} as a C string, in the encoding of {@link FileName}.
   *
   * @throws IllegalArgumentException if it holds a NUL, which would silently cut it short
   */
  public long text(String text) {
    int length = text.length();
    int from = used;
    if (length >= ARGUMENTS_BYTES - from) {
      throw new IllegalArgumentException(
          "a text of %d characters is no argument of a system call".formatted(length));
    }
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (c == 0) {
        throw new IllegalArgumentException("a name holds a NUL character: \"" + text + "\"");
      }
      if (c >= 0x80) {
        return encoded(text);
      }
      arguments.set(ValueLayout.JAVA_BYTE, from + (long) i, (byte) c);
    }
    arguments.set(ValueLayout.JAVA_BYTE, from + (long) length, (byte) 0);
    used = from + length + 1;
    return arguments.address() + from;
  }

  private long encoded(String text) {
    byte[] bytes = FileName.encode(text);
    for (byte b : bytes) {
      if (b == 0) {
        throw new IllegalArgumentException("a name holds a NUL character: \"" + text + "\"");
      }
    }
    MemorySegment copy = dirty(bytes.length + 1L);
    MemorySegment.copy(bytes, 0, copy, ValueLayout.JAVA_BYTE, 0, bytes.length);
    copy.set(ValueLayout.JAVA_BYTE, bytes.length, (byte) 0);
    return copy.address();
  }

  /** The one buffer of {@link #BUFFER_BYTES} for bytes on their way in or out. */
  public MemorySegment buffer() {
    MemorySegment present = buffer;
    if (present == null) {
      present = Arena.global().allocate(BUFFER_BYTES, 4096);
      buffer = present;
    }
    return present;
  }
}
