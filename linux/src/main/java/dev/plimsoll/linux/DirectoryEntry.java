package dev.plimsoll.linux;

import static dev.plimsoll.linux.ffi.SystemCall.GETDENTS64;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.plimsoll.linux.ffi.FileName;
import dev.plimsoll.linux.ffi.Scratch;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * A name in a directory.
 *
 * @param type {@link FileType#UNKNOWN} where the file system does not say
 */
public record DirectoryEntry(String name, FileType type, long inode) {
  private static final int NAME_OFFSET = 19; // struct linux_dirent64: ino, off, reclen, type, name

  static List<DirectoryEntry> read(FileDescriptor directory) throws LinuxException {
    List<DirectoryEntry> entries = new ArrayList<>();
    try (Scratch s = Scratch.take()) {
      MemorySegment buffer = s.buffer();
      while (true) {
        long length =
            GETDENTS64.restarting(s, directory.number(), buffer.address(), Scratch.BUFFER_BYTES);
        if (length < 0) {
          throw LinuxException.of(GETDENTS64, directory, length);
        }
        if (length == 0) {
          return entries;
        }
        parse(buffer.asSlice(0, length), entries);
      }
    }
  }

  private static void parse(MemorySegment records, List<DirectoryEntry> entries) {
    long at = 0;
    while (at < records.byteSize()) {
      int recordBytes = Short.toUnsignedInt(records.get(JAVA_SHORT, at + 16));
      int length = 0;
      while (records.get(JAVA_BYTE, at + NAME_OFFSET + length) != 0) {
        length++;
      }
      byte[] bytes = records.asSlice(at + NAME_OFFSET, length).toArray(JAVA_BYTE);
      String name = FileName.decode(bytes);
      if (!name.equals(".") && !name.equals("..")) {
        FileType type = FileType.of(records.get(JAVA_BYTE, at + 18) << 12);
        entries.add(new DirectoryEntry(name, type, records.get(JAVA_LONG, at)));
      }
      at += recordBytes;
    }
  }
}
