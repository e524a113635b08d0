package dev.plimsoll.linux;

import static dev.plimsoll.linux.ffi.SystemCall.PPOLL;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.plimsoll.linux.ffi.Scratch;
import java.lang.foreign.MemorySegment;
import java.time.Duration;

/** Waiting until a descriptor can be read or written: {@code ppoll(2)}. Holds its thread meanwhile. */
final class Polling {
  static final short READABLE = 0x001; // asm-generic/poll.h
  static final short WRITABLE = 0x004;

  private Polling() {}

  /** Which of the descriptors are ready, by index; none after {@code limit}. */
  static boolean[] await(Duration limit, int[] descriptors, short[] events) throws LinuxException {
    try (Scratch s = Scratch.take()) {
      MemorySegment polled = s.zeros(8L * descriptors.length); // struct pollfd
      for (int i = 0; i < descriptors.length; i++) {
        polled.set(JAVA_INT, 8L * i, descriptors[i]); // a negative one is passed over
        polled.set(JAVA_SHORT, 8L * i + 4, events[i]);
      }
      MemorySegment time = s.dirty(16);
      time.set(JAVA_LONG, 0, limit.getSeconds());
      time.set(JAVA_LONG, 8, limit.getNano());
      // The kernel writes the time that remains, so a restart waits no longer in all.
      long ready = PPOLL.restarting(s, polled.address(), descriptors.length, time.address(), 0);
      if (ready < 0) {
        throw LinuxException.of(PPOLL, "descriptors", ready);
      }
      boolean[] result = new boolean[descriptors.length];
      for (int i = 0; i < descriptors.length; i++) {
        result[i] = polled.get(JAVA_SHORT, 8L * i + 6) != 0;
      }
      return result;
    }
  }

  static boolean await(Duration limit, int descriptor, short events) throws LinuxException {
    return await(limit, new int[] {descriptor}, new short[] {events})[0];
  }
}
