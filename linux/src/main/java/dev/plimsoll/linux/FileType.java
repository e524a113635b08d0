package dev.plimsoll.linux;

/** What kind of thing a name stands for: the {@code S_IFMT} bits of {@code inode(7)}. */
public enum FileType {
  FIFO(0x1000),
  CHARACTER_DEVICE(0x2000),
  DIRECTORY(0x4000),
  BLOCK_DEVICE(0x6000),
  REGULAR(0x8000),
  SYMLINK(0xA000),
  SOCKET(0xC000),
  /** A directory listing of a file system that does not tell types; ask {@link Directory#status}. */
  UNKNOWN(0);

  static final int MASK = 0xF000;

  final int bits;

  FileType(int bits) {
    this.bits = bits;
  }

  static FileType of(int mode) {
    for (FileType type : values()) {
      if (type.bits == (mode & MASK)) {
        return type;
      }
    }
    return UNKNOWN;
  }
}
