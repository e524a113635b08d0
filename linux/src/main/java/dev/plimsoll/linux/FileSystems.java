package dev.plimsoll.linux;

import static dev.plimsoll.linux.ffi.SystemCall.FSTATFS;
import static dev.plimsoll.linux.ffi.SystemCall.SYNCFS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.plimsoll.linux.ffi.Scratch;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/** File systems as a whole: how full they are, what they are, and forcing all of one to disk. */
public final class FileSystems {
  private FileSystems() {}

  /**
   * How full a file system is, and what it is.
   *
   * @param type its name as {@code /proc/filesystems} has it, or {@code 0x…} if unknown here
   * @param availableBytes what an unprivileged process could still write
   * @param freeBytes what root could still write
   */
  public record Usage(
      String type,
      long totalBytes,
      long freeBytes,
      long availableBytes,
      long files,
      long freeFiles) {}

  public static Usage usage(Path path) throws IOException {
    try (FileDescriptor file = FileDescriptor.open(path, 0, OpenFlag.PATH)) {
      return usage(file);
    }
  }

  public static Usage usage(FileDescriptor file) throws IOException {
    try (Scratch s = Scratch.take()) {
      MemorySegment statfs = s.zeros(120); // struct statfs64, all fields of 64 bits
      long result = FSTATFS.restarting(s, file.number(), statfs.address(), 0);
      if (result < 0) {
        throw LinuxException.of(FSTATFS, file, result);
      }
      long blockBytes = statfs.get(JAVA_LONG, 8);
      return new Usage(
          name(statfs.get(JAVA_LONG, 0)),
          statfs.get(JAVA_LONG, 16) * blockBytes,
          statfs.get(JAVA_LONG, 24) * blockBytes,
          statfs.get(JAVA_LONG, 32) * blockBytes,
          statfs.get(JAVA_LONG, 40),
          statfs.get(JAVA_LONG, 48));
    }
  }

  /** Forces everything written to the file system of {@code file}, names and bytes, to disk. */
  public static void sync(FileDescriptor file) throws IOException {
    try (Scratch s = Scratch.take()) {
      long result = SYNCFS.call(s, file.number());
      if (result < 0) {
        throw LinuxException.of(SYNCFS, file, result);
      }
    }
  }

  public static void sync(Directory directory) throws IOException {
    sync(directory.descriptor());
  }

  private static String name(long magic) { // linux/magic.h
    return switch ((int) magic) {
      case 0xEF53 -> "ext4";
      case 0x58465342 -> "xfs";
      case 0x9123683E -> "btrfs";
      case 0x794C7630 -> "overlay";
      case 0x01021994 -> "tmpfs";
      case 0x858458F6 -> "ramfs";
      case 0x9FA0 -> "proc";
      case 0x62656572 -> "sysfs";
      case 0x27E0EB -> "cgroup";
      case 0x63677270 -> "cgroup2";
      case 0x6E736673 -> "nsfs";
      case 0x6969 -> "nfs";
      case 0xFF534D42 -> "cifs";
      case 0x65735546 -> "fuse";
      case 0xF2F52010 -> "f2fs";
      case 0x2FC12FC1 -> "zfs";
      case 0xCA451A4E -> "bcachefs";
      case 0x73717368 -> "squashfs";
      case 0xE0F5E1E2 -> "erofs";
      case 0xF15F -> "ecryptfs";
      case 0x4D44 -> "vfat";
      default -> "0x%x".formatted(magic);
    };
  }
}
