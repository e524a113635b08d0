package dev.plimsoll.linux;

import dev.plimsoll.linux.ffi.SystemCall;
import java.io.IOException;
import java.util.Locale;

/**
 * A system call that failed: which, on what, and why, as in {@code mount /x: Permission denied
 * (EACCES)}.
 */
public final class LinuxException extends IOException {
  private final String call;
  private final int number;
  private final String kernelSays;

  /**
   * @param call the system call, as its manual page is named
   * @param subject what it was asked to work on: a path, a name, a pid
   * @param number the errno it answered with
   */
  public LinuxException(String call, Object subject, int number) {
    this(call, subject, number, "");
  }

  /** With what the kernel itself said about it, as the new mount API and netlink do. */
  public LinuxException(String call, Object subject, int number, String kernelSays) {
    super(text(call, subject, number, kernelSays));
    this.call = call;
    this.number = number;
    this.kernelSays = kernelSays.strip();
  }

  /** The failure of a call that answered {@code negated}, which is below zero. */
  public static LinuxException of(SystemCall call, Object subject, long negated) {
    return new LinuxException(call.name().toLowerCase(Locale.ROOT), subject, (int) -negated);
  }

  private static String text(String call, Object subject, int number, String kernelSays) {
    Errno errno = Errno.of(number);
    String name = errno == Errno.UNKNOWN ? "errno " + number : errno.name();
    String hint =
        errno == Errno.ENOSYS ? "; this kernel is too old for the call, or a filter hides it" : "";
    String said = kernelSays.isBlank() ? "" : ": " + kernelSays.strip();
    return "%s %s: %s (%s)%s%s".formatted(call, subject, errno.message(), name, said, hint);
  }

  public String call() {
    return call;
  }

  public Errno errno() {
    return Errno.of(number);
  }

  /** The errno as the kernel gave it, also where {@link Errno} has no name for it. */
  public int number() {
    return number;
  }

  /** What the kernel said in words; empty where it said nothing. */
  public String kernelSays() {
    return kernelSays;
  }

  public boolean is(Errno errno) {
    return number == errno.number();
  }
}
