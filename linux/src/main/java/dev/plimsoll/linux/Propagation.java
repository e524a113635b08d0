package dev.plimsoll.linux;

/** Whether mounts made below one place appear below its copies: {@code mount_namespaces(7)}. */
public enum Propagation {
  UNBINDABLE(1 << 17),
  PRIVATE(1 << 18),
  SLAVE(1 << 19),
  SHARED(1 << 20);

  final int bits; // MS_*, linux/mount.h

  Propagation(int bits) {
    this.bits = bits;
  }
}
