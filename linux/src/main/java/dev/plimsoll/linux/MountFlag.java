package dev.plimsoll.linux;

/** What holds for a mount: {@code mount(2)}, and the same for {@code mount_setattr(2)}. */
public enum MountFlag {
  READ_ONLY(1, 1, "ro"),
  NO_SUID(2, 2, "nosuid"),
  NO_DEVICES(4, 4, "nodev"),
  NO_EXEC(8, 8, "noexec"),
  NO_SYMLINK_FOLLOW(256, 0x200000, "nosymfollow"),
  NO_ACCESS_TIMES(1024, 0x10, "noatime"),
  NO_DIRECTORY_ACCESS_TIMES(2048, 0x80, "nodiratime");

  final int mountBits; // MS_*, linux/mount.h
  final int attributeBits; // MOUNT_ATTR_*, linux/mount.h
  final String option;

  MountFlag(int mountBits, int attributeBits, String option) {
    this.mountBits = mountBits;
    this.attributeBits = attributeBits;
    this.option = option;
  }

  static int mountBits(MountFlag... flags) {
    int bits = 0;
    for (MountFlag flag : flags) {
      bits |= flag.mountBits;
    }
    return bits;
  }
}
