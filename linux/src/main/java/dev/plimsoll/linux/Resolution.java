package dev.plimsoll.linux;

/**
 * How far a path of several parts may lead, kept by the kernel itself: {@code openat2(2)}, Linux 5.6.
 * None of them follows a magic link such as {@code /proc/self/exe}.
 */
public enum Resolution {
  /** As if the directory were {@code /}: absolute links and {@code ..} stay inside. */
  IN_ROOT(0x10),
  /** What leads out fails with {@link Errno#EXDEV}. */
  BENEATH(0x08),
  /** As {@link #BENEATH}, and any symbolic link on the way fails with {@link Errno#ELOOP}. */
  BENEATH_NO_SYMLINKS(0x08 | 0x04),
  /** As {@link #BENEATH_NO_SYMLINKS}, and a mount point on the way fails with {@link Errno#EXDEV}. */
  BENEATH_SAME_MOUNT(0x08 | 0x04 | 0x01);

  private static final int NO_MAGIC_LINKS = 0x02; // linux/openat2.h

  final int bits;

  Resolution(int bits) {
    this.bits = bits | NO_MAGIC_LINKS;
  }
}
