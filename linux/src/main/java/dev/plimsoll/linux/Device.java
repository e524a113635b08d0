package dev.plimsoll.linux;

/** The number of a device. {@code 0:0} as a character device is overlayfs' mark of a deleted file. */
public record Device(int major, int minor) {
  public static final Device WHITEOUT = new Device(0, 0);

  public Device {
    if (major < 0 || major >= 1 << 12 || minor < 0 || minor >= 1 << 20) {
      throw new IllegalArgumentException(
          "no device number: %d:%d; major has 12 bits, minor 20".formatted(major, minor));
    }
  }

  /** As {@code mknod(2)} takes it: {@code new_encode_dev} of {@code linux/kdev_t.h}. */
  long encoded() {
    return (minor & 0xFFL) | ((long) major << 8) | ((minor & ~0xFFL) << 12);
  }

  @Override
  public String toString() {
    return major + ":" + minor;
  }
}
