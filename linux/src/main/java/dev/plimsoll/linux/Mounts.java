package dev.plimsoll.linux;

import static dev.plimsoll.linux.ffi.SystemCall.MOUNT;
import static dev.plimsoll.linux.ffi.SystemCall.MOUNT_SETATTR;
import static dev.plimsoll.linux.ffi.SystemCall.UMOUNT2;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.plimsoll.linux.ffi.Scratch;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/**
 * Mounting, as Linux does it: {@code mount(2)}, {@code fsopen(2)} and their family, in the mount
 * namespace of the process. Safe for many threads; a call may wait for a disk, so it belongs on a
 * platform thread.
 */
public final class Mounts {
  private static final int MS_REMOUNT = 32; // linux/mount.h
  private static final int MS_BIND = 4096;
  private static final int MS_REC = 16384;
  private static final int MNT_DETACH = 2; // linux/fs.h
  private static final int UMOUNT_NOFOLLOW = 8;
  private static final int AT_RECURSIVE = 0x8000; // linux/fcntl.h
  private static final int MOUNT_ATTR_BYTES = 32; // struct mount_attr, MOUNT_ATTR_SIZE_VER0
  private static final int ATTEMPTS_MAX = 4;
  private static final long RETRY_AFTER_NANOS = 10_000_000;

  private Mounts() {}

  /**
   * Mounts {@code overlay} at {@code target}: by the new mount API where the kernel has it and knows
   * {@code lowerdir+} (Linux 6.7), else by {@code mount(2)}, whose options end at a page.
   *
   * @throws LinuxException with what the kernel says about it, as "too many lower directories, limit
   *     is 500"; nothing is mounted
   */
  public static void overlay(Overlay overlay, Path target) throws IOException {
    if (!OverlayMounts.byContext(overlay, target)) {
      OverlayMounts.byOptions(overlay, target);
    }
  }

  /** {@code target} shows what {@code source} is; what is mounted below {@code source} is not seen. */
  public static void bind(Path source, Path target) throws IOException {
    call(source.toString(), target, "", MS_BIND, "");
  }

  /** As {@link #bind}, with all that is mounted below {@code source}. */
  public static void bindTree(Path source, Path target) throws IOException {
    call(source.toString(), target, "", MS_BIND | MS_REC, "");
  }

  /**
   * A new file system of {@code type}, such as {@code tmpfs}, {@code proc} or {@code sysfs}.
   *
   * @param source what it is listed as, or the device it is on
   * @param options of the file system, as {@code size=64m,mode=1777}; empty for none
   */
  public static void mount(
      String type, String source, Path target, String options, MountFlag... flags)
      throws IOException {
    call(source, target, type, MountFlag.mountBits(flags), options);
  }

  /** An empty file system in memory; {@code options} as {@code size=64m,mode=1777}. */
  public static void tmpfs(Path target, String options, MountFlag... flags) throws IOException {
    mount("tmpfs", "tmpfs", target, options, flags);
  }

  /** Adds {@code flags} to the mount at {@code target}, and keeps those it has. */
  public static void restrict(Path target, MountFlag... flags) throws IOException {
    if (!setAttributes(target, 0, flags)) {
      restrictBefore512(target, flags);
    }
  }

  /**
   * As {@link #restrict}, for all mounts below too.
   *
   * @throws LinuxException {@link Errno#ENOSYS} before Linux 5.12; nothing is changed
   */
  public static void restrictTree(Path target, MountFlag... flags) throws IOException {
    if (!setAttributes(target, AT_RECURSIVE, flags)) {
      throw new LinuxException("mount_setattr", target, Errno.ENOSYS.number());
    }
  }

  private static boolean setAttributes(Path target, int how, MountFlag... flags)
      throws LinuxException {
    long bits = 0;
    for (MountFlag flag : flags) {
      bits |= flag.attributeBits;
    }
    long clear = 0;
    if ((bits & MountFlag.NO_ACCESS_TIMES.attributeBits) != 0) {
      clear = 0x70; // MOUNT_ATTR__ATIME: the kinds of access times exclude each other
    }
    try (Scratch s = Scratch.take()) {
      MemorySegment attributes = s.zeros(MOUNT_ATTR_BYTES);
      attributes.set(JAVA_LONG, 0, bits);
      attributes.set(JAVA_LONG, 8, clear);
      long result =
          MOUNT_SETATTR.call(
              s,
              Directory.WORKING,
              s.text(target.toString()),
              how,
              attributes.address(),
              MOUNT_ATTR_BYTES);
      if (result == -Errno.ENOSYS.number()) {
        return false;
      }
      if (result < 0) {
        throw LinuxException.of(MOUNT_SETATTR, target, result);
      }
      return true;
    }
  }

  // A bind remount sets all flags at once, so the ones that hold already are asked for again.
  static void restrictBefore512(Path target, MountFlag... flags) throws IOException {
    int bits = MS_REMOUNT | MS_BIND | MountFlag.mountBits(flags);
    MountTable.Entry present =
        MountTable.read()
            .at(target)
            .orElseThrow(() -> new LinuxException("mount", target, Errno.EINVAL.number()));
    for (MountFlag flag : MountFlag.values()) {
      if (present.options().contains(flag.option)) {
        bits |= flag.mountBits;
      }
    }
    call("", target, "", bits, "");
  }

  public static void propagate(Path target, Propagation propagation) throws IOException {
    call("", target, "", propagation.bits, "");
  }

  /** As {@link #propagate}, for all mounts below too. */
  public static void propagateTree(Path target, Propagation propagation) throws IOException {
    call("", target, "", propagation.bits | MS_REC, "");
  }

  /**
   * Takes the mount away now.
   *
   * @throws LinuxException {@link Errno#EBUSY} if it is in use, {@link Errno#EINVAL} if nothing is
   *     mounted there
   */
  public static void unmount(Path target) throws IOException {
    unmount(target, UMOUNT_NOFOLLOW);
  }

  /** Takes the mount out of the tree at once; the kernel frees it when its last user is gone. */
  public static void detach(Path target) throws IOException {
    unmount(target, UMOUNT_NOFOLLOW | MNT_DETACH);
  }

  /**
   * Takes away whatever is mounted at {@code target}, several mounts one above the other too; what
   * stays busy is detached. Nothing mounted there, or no such path, is no failure.
   */
  public static void release(Path target) throws IOException {
    int attempt = 0;
    while (true) {
      try {
        unmount(target);
        attempt = 0;
      } catch (LinuxException e) {
        if (e.is(Errno.EINVAL) || e.is(Errno.ENOENT)) {
          return;
        }
        if (!e.is(Errno.EBUSY)) {
          throw e;
        }
        // A scanner or a backup may hold a file for a moment. Detaching such a mount would leave a
        // file system alive that nobody sees, so this tries again first.
        if (++attempt < ATTEMPTS_MAX) {
          LockSupport.parkNanos(RETRY_AFTER_NANOS);
        } else {
          detach(target);
          attempt = 0;
        }
      }
    }
  }

  private static void unmount(Path target, int flags) throws LinuxException {
    try (Scratch s = Scratch.take()) {
      long result = UMOUNT2.call(s, s.text(target.toString()), flags);
      if (result < 0) {
        throw LinuxException.of(UMOUNT2, target, result);
      }
    }
  }

  static void call(String source, Path target, String type, int flags, String options)
      throws LinuxException {
    try (Scratch s = Scratch.take()) {
      long result =
          MOUNT.call(
              s,
              source.isEmpty() ? 0 : s.text(source),
              s.text(target.toString()),
              type.isEmpty() ? 0 : s.text(type),
              flags,
              options.isEmpty() ? 0 : s.text(options));
      if (result < 0) {
        throw LinuxException.of(
            MOUNT, source.isEmpty() ? target : source + " at " + target, result);
      }
    }
  }
}
