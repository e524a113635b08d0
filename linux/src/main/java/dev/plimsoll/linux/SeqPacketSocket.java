package dev.plimsoll.linux;

import static dev.plimsoll.linux.ffi.SystemCall.CONNECT;
import static dev.plimsoll.linux.ffi.SystemCall.RECVFROM;
import static dev.plimsoll.linux.ffi.SystemCall.SENDTO;
import static dev.plimsoll.linux.ffi.SystemCall.SHUTDOWN;
import static dev.plimsoll.linux.ffi.SystemCall.SOCKET;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.plimsoll.linux.ffi.FileName;
import dev.plimsoll.linux.ffi.Scratch;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalInt;

/**
 * The client's end of a unix socket that keeps the borders of packets, as conmon's {@code attach}
 * socket is.
 *
 * <p>One thread may receive while another sends. Both hold their thread while they wait, so they
 * belong on platform threads; {@link #shutdown} from any thread ends their waiting. Close after both
 * have ended.
 */
public final class SeqPacketSocket implements AutoCloseable {
  /** The most that {@link #receive} takes of one packet; conmon's are of 8 KiB and a byte. */
  public static final int PACKET_BYTES_MAX = Scratch.BUFFER_BYTES;

  private static final int AF_UNIX = 1; // linux/socket.h
  private static final int SOCK_SEQPACKET = 5; // linux/net.h
  private static final int SOCK_CLOEXEC = 0x80000;
  private static final int MSG_NOSIGNAL = 0x4000;
  private static final int MSG_TRUNC = 0x20;
  private static final int SHUT_WR = 1;
  private static final int SHUT_RDWR = 2;
  private static final int PATH_BYTES_MAX = 107; // sun_path without its NUL

  private final FileDescriptor descriptor;

  private SeqPacketSocket(FileDescriptor descriptor) {
    this.descriptor = descriptor;
  }

  /**
   * Connects to the socket at {@code path}.
   *
   * <p>A path may have 107 bytes at most; a longer one is reached through {@link Directory#link()}.
   */
  public static SeqPacketSocket connect(Path path) throws IOException {
    if (FileName.encode(path.toString()).length <= PATH_BYTES_MAX) {
      return connect(path, path);
    }
    Path absolute = path.toAbsolutePath();
    Path parent = absolute.getParent();
    Path name = absolute.getFileName();
    if (parent == null || name == null) {
      throw new IOException("no path of a socket: " + path);
    }
    try (Directory directory = Directory.open(parent)) {
      return connect(directory.link().resolve(name), path);
    }
  }

  private static SeqPacketSocket connect(Path path, Path subject) throws IOException {
    try (Scratch s = Scratch.take()) {
      long fd = SOCKET.call(s, AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
      if (fd < 0) {
        throw LinuxException.of(SOCKET, subject, fd);
      }
      var descriptor = new FileDescriptor((int) fd, subject);
      byte[] name = FileName.encode(path.toString());
      MemorySegment address = s.zeros(2 + PATH_BYTES_MAX + 1); // struct sockaddr_un
      address.set(JAVA_SHORT, 0, (short) AF_UNIX);
      if (name.length > PATH_BYTES_MAX) {
        descriptor.close();
        throw new IOException("the name of the socket is too long: " + subject);
      }
      MemorySegment.copy(name, 0, address, JAVA_BYTE, 2, name.length);
      long result = CONNECT.restarting(s, fd, address.address(), address.byteSize());
      if (result < 0) {
        descriptor.close();
        throw LinuxException.of(CONNECT, subject, result);
      }
      return new SeqPacketSocket(descriptor);
    }
  }

  /**
   * Waits for a packet and puts it into {@code target}.
   *
   * @return its length, or -1 when the other end is closed
   * @throws IOException if the packet is longer than the room in {@code target}; it is lost
   */
  public int receive(ByteBuffer target) throws IOException {
    int room = Math.min(target.remaining(), PACKET_BYTES_MAX);
    try (Scratch s = Scratch.take()) {
      MemorySegment buffer = s.buffer();
      long length = RECVFROM.restarting(s, descriptor.number(), buffer.address(), room, MSG_TRUNC);
      if (length == -Errno.ECONNRESET.number()) {
        return -1; // the other end closed without reading what was sent to it
      }
      if (length < 0) {
        throw LinuxException.of(RECVFROM, descriptor, length);
      }
      if (length > room) {
        throw new IOException(
            "a packet of %d bytes from %s, with room for %d".formatted(length, descriptor, room));
      }
      target.put(buffer.asSlice(0, length).asByteBuffer());
      return length == 0 ? -1 : (int) length;
    }
  }

  /** As {@link #receive(ByteBuffer)}, or empty if none came within {@code limit}. */
  public OptionalInt receive(ByteBuffer target, Duration limit) throws IOException {
    if (!Polling.await(limit, descriptor.number(), Polling.READABLE)) {
      return OptionalInt.empty();
    }
    return OptionalInt.of(receive(target));
  }

  /**
   * Sends what remains in {@code source} as one packet, waiting while the other end is full.
   *
   * @throws LinuxException {@link Errno#EPIPE} if the other end is closed
   */
  public void send(ByteBuffer source) throws IOException {
    int length = source.remaining();
    if (length == 0) {
      return; // an empty packet would read as the end
    }
    if (length > PACKET_BYTES_MAX) {
      throw new IOException(
          "a packet of %d bytes; %d are the most".formatted(length, PACKET_BYTES_MAX));
    }
    try (Scratch s = Scratch.take()) {
      MemorySegment buffer = s.buffer();
      MemorySegment.copy(MemorySegment.ofBuffer(source), 0, buffer, 0, length);
      long sent = SENDTO.restarting(s, descriptor.number(), buffer.address(), length, MSG_NOSIGNAL);
      if (sent < 0) {
        throw LinuxException.of(SENDTO, descriptor, sent);
      }
      source.position(source.limit());
    }
  }

  /** Tells the other end that no more comes; it may go on sending. */
  public void shutdownOutput() throws IOException {
    shutdown(SHUT_WR);
  }

  /** Ends the talk both ways: who waits in here gets the end. */
  public void shutdown() throws IOException {
    shutdown(SHUT_RDWR);
  }

  private void shutdown(int how) throws LinuxException {
    try (Scratch s = Scratch.take()) {
      long result = SHUTDOWN.call(s, descriptor.number(), how);
      if (result < 0 && result != -Errno.ENOTCONN.number()) {
        throw LinuxException.of(SHUTDOWN, descriptor, result);
      }
    }
  }

  @Override
  public void close() {
    descriptor.close();
  }

  @Override
  public String toString() {
    return descriptor.toString();
  }
}
