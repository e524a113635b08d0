package dev.plimsoll.linux;

import dev.plimsoll.linux.ffi.Machine;

/**
 * How to open a file: {@code open(2)}. Without {@link #WRITE} or {@link #READ_WRITE} it is opened
 * for reading. Every descriptor is closed on exec, always.
 */
public enum OpenFlag {
  WRITE(1),
  READ_WRITE(2),
  CREATE(0x40),
  EXCLUSIVE(0x80),
  NO_TTY(0x100),
  TRUNCATE(0x200),
  APPEND(0x400),
  /** Also: opening a FIFO for reading does not wait for a writer. */
  NON_BLOCKING(0x800),
  DIRECTORY(Machine.pick(0x10000, 0x4000)),
  /** The last part of the path being a symbolic link fails with {@link Errno#ELOOP}. */
  NO_FOLLOW(Machine.pick(0x20000, 0x8000)),
  /** Names the file without opening it: for status, chown, extended attributes and mounts. */
  PATH(0x200000),
  /** A file without a name in the directory that is opened. */
  TEMPORARY(0x400000 | Machine.pick(0x10000, 0x4000));

  static final int CLOSE_ON_EXEC = 0x80000;

  final int bits;

  OpenFlag(int bits) {
    this.bits = bits;
  }

  static int bits(OpenFlag... flags) {
    int bits = CLOSE_ON_EXEC;
    for (OpenFlag flag : flags) {
      bits |= flag.bits;
    }
    return bits;
  }
}
