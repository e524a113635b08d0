package dev.plimsoll.linux.network;

import static dev.plimsoll.linux.ffi.SystemCall.BIND;
import static dev.plimsoll.linux.ffi.SystemCall.RECVFROM;
import static dev.plimsoll.linux.ffi.SystemCall.SENDTO;
import static dev.plimsoll.linux.ffi.SystemCall.SETSOCKOPT;
import static dev.plimsoll.linux.ffi.SystemCall.SOCKET;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.plimsoll.linux.Errno;
import dev.plimsoll.linux.FileDescriptor;
import dev.plimsoll.linux.LinuxException;
import dev.plimsoll.linux.ffi.Scratch;
import dev.plimsoll.linux.ffi.SystemCall;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * A socket to one family of netlink, in the network namespace of the thread that opens it. Safe for
 * many threads: a question and its answers are one step.
 */
final class NetlinkSocket implements AutoCloseable {
  private static final int AF_NETLINK = 16; // linux/socket.h
  private static final int SOCK_RAW_CLOEXEC = 3 | 0x80000;
  private static final int SOL_SOCKET = 1;
  private static final int SO_RCVTIMEO = 20;
  private static final int SOL_NETLINK = 270;
  private static final int NETLINK_CAP_ACK = 10; // linux/netlink.h
  private static final int NETLINK_EXT_ACK = 11;
  private static final long ANSWER_SECONDS_MAX = 30; // it answers at once, save behind a stuck lock

  private static final int REQUEST = 1; // NLM_F_*
  private static final int ACK = 4;
  private static final int DUMP_INTERRUPTED = 0x10;
  static final int DUMP = 0x300;
  private static final int CAPPED = 0x100;
  private static final int HAS_ATTRIBUTES = 0x200;
  private static final int ERROR = 2; // NLMSG_*
  private static final int DONE = 3;
  private static final int MESSAGE = 1; // NLMSGERR_ATTR_MSG
  private static final int DUMPS_MAX = 10;

  private final FileDescriptor descriptor;
  private int sequence;

  NetlinkSocket(int family, String name) throws IOException {
    try (Scratch s = Scratch.take()) {
      long fd = SOCKET.call(s, AF_NETLINK, SOCK_RAW_CLOEXEC, family);
      if (fd < 0) {
        throw LinuxException.of(SOCKET, name, fd);
      }
      descriptor = new FileDescriptor((int) fd, name);
      boolean ready = false;
      try {
        MemorySegment address = s.zeros(12); // struct sockaddr_nl
        address.set(JAVA_SHORT, 0, (short) AF_NETLINK);
        check(BIND, BIND.call(s, fd, address.address(), 12));
        MemorySegment one = s.zeros(4);
        one.set(JAVA_INT, 0, 1);
        check(SETSOCKOPT, SETSOCKOPT.call(s, fd, SOL_NETLINK, NETLINK_EXT_ACK, one.address(), 4));
        check(SETSOCKOPT, SETSOCKOPT.call(s, fd, SOL_NETLINK, NETLINK_CAP_ACK, one.address(), 4));
        MemorySegment time = s.zeros(16);
        time.set(JAVA_LONG, 0, ANSWER_SECONDS_MAX);
        check(SETSOCKOPT, SETSOCKOPT.call(s, fd, SOL_SOCKET, SO_RCVTIMEO, time.address(), 16));
        ready = true;
      } finally {
        if (!ready) {
          descriptor.close();
        }
      }
    }
  }

  /**
   * Asks for a change and waits until it is made.
   *
   * @param what what it is about, for the message of a failure
   * @throws LinuxException with the kernel's own words
   */
  synchronized void change(String what, NetlinkMessage message, int flags) throws IOException {
    int asked = send(message, REQUEST | ACK | flags);
    while (true) {
      for (Answer answer : receive()) {
        if (answer.sequence == asked && answer.type == ERROR) {
          answer.throwIfError(what);
          return;
        }
      }
    }
  }

  /**
   * Asks for all of a kind: the payloads of the answers, without their headers. Where something changed
   * meanwhile, the kernel says so and it is asked again.
   */
  synchronized List<byte[]> dump(String what, NetlinkMessage message) throws IOException {
    for (int attempt = 1; attempt <= DUMPS_MAX; attempt++) {
      List<byte[]> payloads = new ArrayList<>();
      if (dumpOnce(what, message, payloads)) {
        return payloads;
      }
    }
    throw new IOException(what + " changed all the while it was read");
  }

  private boolean dumpOnce(String what, NetlinkMessage message, List<byte[]> payloads)
      throws IOException {
    int asked = send(message, REQUEST | DUMP);
    boolean consistent = true;
    while (true) {
      for (Answer answer : receive()) {
        if (answer.sequence != asked) {
          continue; // the rest of an earlier dump that failed in its middle
        }
        consistent &= (answer.flags & DUMP_INTERRUPTED) == 0;
        if (answer.type == DONE) {
          return consistent;
        }
        if (answer.type == ERROR) {
          answer.throwIfError(what);
          return consistent;
        }
        payloads.add(answer.payload);
      }
    }
  }

  private int send(NetlinkMessage message, int flags) throws IOException {
    int current = ++sequence;
    byte[] bytes = message.finish(current);
    ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).putShort(6, (short) flags);
    try (Scratch s = Scratch.take()) {
      MemorySegment copy = s.bytes(bytes);
      check(SENDTO, SENDTO.restarting(s, descriptor.number(), copy.address(), bytes.length, 0));
    }
    return current;
  }

  private List<Answer> receive() throws IOException {
    try (Scratch s = Scratch.take()) {
      MemorySegment buffer = s.buffer();
      long length =
          RECVFROM.restarting(s, descriptor.number(), buffer.address(), Scratch.BUFFER_BYTES, 0);
      if (length == -Errno.EAGAIN.number()) {
        throw new IOException(
            "%s gave no answer for %d s".formatted(descriptor, ANSWER_SECONDS_MAX));
      }
      check(RECVFROM, length);
      return split(buffer.asSlice(0, length).toArray(JAVA_BYTE));
    }
  }

  private static List<Answer> split(byte[] datagram) {
    ByteBuffer buffer = ByteBuffer.wrap(datagram).order(ByteOrder.nativeOrder());
    List<Answer> answers = new ArrayList<>();
    int at = 0;
    while (at + NetlinkMessage.HEADER_BYTES <= datagram.length) {
      int length = buffer.getInt(at);
      if (length < NetlinkMessage.HEADER_BYTES || at + length > datagram.length) {
        break;
      }
      byte[] payload = new byte[length - NetlinkMessage.HEADER_BYTES];
      buffer.get(at + NetlinkMessage.HEADER_BYTES, payload);
      answers.add(
          new Answer(
              Short.toUnsignedInt(buffer.getShort(at + 4)),
              Short.toUnsignedInt(buffer.getShort(at + 6)),
              buffer.getInt(at + 8),
              payload));
      at += (length + 3) & ~3;
    }
    return answers;
  }

  private static final class Answer {
    final int type;
    final int flags;
    final int sequence;
    final byte[] payload;

    Answer(int type, int flags, int sequence, byte[] payload) {
      this.type = type;
      this.flags = flags;
      this.sequence = sequence;
      this.payload = payload;
    }

    // The errno, the header of the question, the question itself unless it was cut, then
    // attributes.
    void throwIfError(String what) throws LinuxException {
      ByteBuffer buffer = ByteBuffer.wrap(payload).order(ByteOrder.nativeOrder());
      int errno = -buffer.getInt(0);
      if (errno == 0) {
        return;
      }
      String says = "";
      if ((flags & HAS_ATTRIBUTES) != 0) {
        int questionBytes = (flags & CAPPED) != 0 ? NetlinkMessage.HEADER_BYTES : buffer.getInt(4);
        int offset = 4 + ((questionBytes + 3) & ~3);
        says = new NetlinkAttributes(payload, offset).text(MESSAGE).orElse("");
      }
      throw new LinuxException("netlink", what, errno, says);
    }
  }

  private long check(SystemCall call, long result) throws LinuxException {
    if (result < 0) {
      throw LinuxException.of(call, descriptor, result);
    }
    return result;
  }

  @Override
  public void close() {
    descriptor.close();
  }
}
