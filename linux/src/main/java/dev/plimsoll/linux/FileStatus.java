package dev.plimsoll.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;
import java.time.Instant;

/**
 * What the kernel knows of a file, by {@code statx(2)}.
 *
 * @param permissions the low twelve bits of the mode: set-uid, set-gid, sticky, rwxrwxrwx
 * @param device where the file lives; with {@code inode} it tells hard links apart from copies
 * @param special which device a device node stands for, {@code 0:0} for anything else
 * @param diskBytes what it occupies, less than {@code sizeBytes} where it has holes
 * @param mountId the mount it was reached through, 0 before Linux 5.8
 */
public record FileStatus(
    FileType type,
    int permissions,
    int uid,
    int gid,
    long links,
    long sizeBytes,
    long diskBytes,
    Device device,
    long inode,
    Device special,
    Instant accessed,
    Instant modified,
    Instant changed,
    long mountId) {

  static final int STATX_BYTES = 256; // linux/stat.h, struct statx
  static final int STATX_WANTED = 0x7FF | 0x1000; // STATX_BASIC_STATS | STATX_MNT_ID

  static FileStatus read(MemorySegment statx) {
    int mode = Short.toUnsignedInt(statx.get(JAVA_SHORT, 28));
    return new FileStatus(
        FileType.of(mode),
        mode & 07777,
        statx.get(JAVA_INT, 20),
        statx.get(JAVA_INT, 24),
        Integer.toUnsignedLong(statx.get(JAVA_INT, 16)),
        statx.get(JAVA_LONG, 40),
        statx.get(JAVA_LONG, 48) * 512,
        new Device(statx.get(JAVA_INT, 136), statx.get(JAVA_INT, 140)),
        statx.get(JAVA_LONG, 32),
        new Device(statx.get(JAVA_INT, 128), statx.get(JAVA_INT, 132)),
        time(statx, 64),
        time(statx, 112),
        time(statx, 96),
        (statx.get(JAVA_INT, 0) & 0x1000) == 0 ? 0 : statx.get(JAVA_LONG, 144));
  }

  private static Instant time(MemorySegment statx, long offset) {
    return Instant.ofEpochSecond(statx.get(JAVA_LONG, offset), statx.get(JAVA_INT, offset + 8));
  }

  /** The type and the permissions in one, as {@code st_mode} has them. */
  public int mode() {
    return type.bits | permissions;
  }

  /** Whether both are names of one and the same file. */
  public boolean sameFile(FileStatus other) {
    return inode == other.inode && device.equals(other.device);
  }

  /** Whether this is overlayfs' mark that a name of a lower layer is deleted. */
  public boolean isWhiteout() {
    return type == FileType.CHARACTER_DEVICE && special.equals(Device.WHITEOUT);
  }
}
