package dev.plimsoll.linux.ffi;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;

/**
 * The system calls of this module, each with its number for x86_64 and aarch64.
 *
 * <p>All go through glibc's {@code syscall(2)}: one downcall for every call, the kernel's own structures
 * (the same on both architectures, save where a class says otherwise), and calls that glibc gained
 * late ({@code fsopen}, {@code mount_setattr}) need no newer glibc. A call that the kernel lacks
 * answers {@code -ENOSYS}.
 *
 * <p>A call blocks its thread, and a virtual thread's carrier with it: whatever may wait belongs on a
 * platform thread. A call that a signal interrupted is made again here only by {@link
 * #restarting}.
 */
public enum SystemCall {
  OPENAT(257, 56),
  OPENAT2(437, 437),
  CLOSE(3, 57),
  READ(0, 63),
  WRITE(1, 64),
  PREAD64(17, 67),
  PWRITE64(18, 68),
  LSEEK(8, 62),
  FTRUNCATE(77, 46),
  FALLOCATE(285, 47),
  FSYNC(74, 82),
  FDATASYNC(75, 83),
  SYNCFS(306, 267),
  FCHOWN(93, 55),
  FCHMOD(91, 52),
  FCHOWNAT(260, 54),
  FCHMODAT(268, 53),
  FCHMODAT2(452, 452),
  MKDIRAT(258, 34),
  MKNODAT(259, 33),
  SYMLINKAT(266, 36),
  LINKAT(265, 37),
  UNLINKAT(263, 35),
  RENAMEAT2(316, 276),
  READLINKAT(267, 78),
  UTIMENSAT(280, 88),
  STATX(332, 291),
  GETDENTS64(217, 61),
  FSTATFS(138, 44),
  STATFS(137, 43),
  FCNTL(72, 25),
  IOCTL(16, 29),
  DUP3(292, 24),
  PIPE2(293, 59),
  FSETXATTR(190, 7),
  FGETXATTR(193, 10),
  FLISTXATTR(196, 13),
  FREMOVEXATTR(199, 16),
  LSETXATTR(189, 6),
  LGETXATTR(192, 9),
  LLISTXATTR(195, 12),
  LREMOVEXATTR(198, 15),
  MOUNT(165, 40),
  UMOUNT2(166, 39),
  OPEN_TREE(428, 428),
  MOVE_MOUNT(429, 429),
  FSOPEN(430, 430),
  FSCONFIG(431, 431),
  FSMOUNT(432, 432),
  MOUNT_SETATTR(442, 442),
  UNSHARE(272, 97),
  SETNS(308, 268),
  PIDFD_OPEN(434, 434),
  PIDFD_SEND_SIGNAL(424, 424),
  WAITID(247, 95),
  KILL(62, 129),
  PRCTL(157, 167),
  PPOLL(271, 73),
  EPOLL_CREATE1(291, 20),
  EPOLL_CTL(233, 21),
  EPOLL_PWAIT(281, 22),
  SOCKET(41, 198),
  BIND(49, 200),
  LISTEN(50, 201),
  ACCEPT4(288, 242),
  CONNECT(42, 203),
  GETSOCKNAME(51, 204),
  SENDTO(44, 206),
  RECVFROM(45, 207),
  RECVMSG(47, 212),
  SETSOCKOPT(54, 208),
  SHUTDOWN(48, 210),
  COPY_FILE_RANGE(326, 285);

  private static final MethodHandle SYSCALL =
      Linker.nativeLinker()
          .downcallHandle(
              Linker.nativeLinker().defaultLookup().findOrThrow("syscall"),
              FunctionDescriptor.of(
                  JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG,
                  JAVA_LONG),
              Linker.Option.captureCallState("errno"));

  private static final int EINTR = 4; // asm-generic/errno-base.h

  private final int number;

  SystemCall(int x86, int aarch64) {
    this.number = Machine.pick(x86, aarch64);
  }

  /** Makes the call: its result, or the negated errno as the kernel itself answers. */
  public long call(Scratch s, long a, long b, long c, long d, long e, long f) {
    try {
      long result = (long) SYSCALL.invokeExact(s.callState(), (long) number, a, b, c, d, e, f);
      return result == -1 ? -s.errno() : result;
    } catch (Throwable t) {
      throw new AssertionError("a downcall throws nothing of its own", t);
    }
  }

  public long call(Scratch s, long a, long b, long c, long d, long e) {
    return call(s, a, b, c, d, e, 0);
  }

  public long call(Scratch s, long a, long b, long c, long d) {
    return call(s, a, b, c, d, 0, 0);
  }

  public long call(Scratch s, long a, long b, long c) {
    return call(s, a, b, c, 0, 0, 0);
  }

  public long call(Scratch s, long a, long b) {
    return call(s, a, b, 0, 0, 0, 0);
  }

  public long call(Scratch s, long a) {
    return call(s, a, 0, 0, 0, 0, 0);
  }

  /** As {@link #call}, and once more for as long as a signal interrupts it. */
  public long restarting(Scratch s, long a, long b, long c, long d, long e) {
    long result;
    do {
      result = call(s, a, b, c, d, e, 0);
    } while (result == -EINTR);
    return result;
  }

  public long restarting(Scratch s, long a, long b, long c, long d) {
    return restarting(s, a, b, c, d, 0);
  }

  public long restarting(Scratch s, long a, long b, long c) {
    return restarting(s, a, b, c, 0, 0);
  }
}
