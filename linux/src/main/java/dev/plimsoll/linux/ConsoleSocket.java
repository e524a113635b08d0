package dev.plimsoll.linux;

import static dev.plimsoll.linux.ffi.SystemCall.ACCEPT4;
import static dev.plimsoll.linux.ffi.SystemCall.BIND;
import static dev.plimsoll.linux.ffi.SystemCall.LISTEN;
import static dev.plimsoll.linux.ffi.SystemCall.RECVMSG;
import static dev.plimsoll.linux.ffi.SystemCall.SOCKET;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.plimsoll.linux.ffi.FileName;
import dev.plimsoll.linux.ffi.Scratch;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * The unix socket through which a container runtime hands over the terminal it has made, its {@code
 * --console-socket}: one connection, one message, one descriptor ({@code SCM_RIGHTS} of unix(7)).
 * Waiting holds the thread. Closing removes the socket's file.
 */
public final class ConsoleSocket implements AutoCloseable {
  private static final int AF_UNIX = 1; // linux/socket.h
  private static final int SOCK_STREAM = 1; // linux/net.h
  private static final int SOCK_CLOEXEC = 0x80000;
  private static final int MSG_CMSG_CLOEXEC = 0x40000000;
  private static final int SOL_SOCKET = 1;
  private static final int SCM_RIGHTS = 1;
  private static final int PATH_BYTES_MAX = 107;
  private static final int NAME_BYTES = 4096; // the runtime sends the terminal's name along
  private static final int CONTROL_BYTES = 64;
  private static final int CONTROL_HEADER_BYTES = 16; // struct cmsghdr

  private final Path path;
  private final FileDescriptor socket;

  private ConsoleSocket(Path path, FileDescriptor socket) {
    this.path = path;
    this.socket = socket;
  }

  /** Listens at {@code path}, where nothing is yet; it may have 107 bytes. */
  public static ConsoleSocket listen(Path path) throws IOException {
    byte[] name = FileName.encode(path.toString());
    if (name.length > PATH_BYTES_MAX) {
      throw new IOException("the name of the socket is too long: " + path);
    }
    try (Scratch s = Scratch.take()) {
      long fd = SOCKET.call(s, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
      if (fd < 0) {
        throw LinuxException.of(SOCKET, path, fd);
      }
      var socket = new FileDescriptor((int) fd, path);
      MemorySegment address = s.zeros(2 + PATH_BYTES_MAX + 1); // struct sockaddr_un
      address.set(JAVA_SHORT, 0, (short) AF_UNIX);
      MemorySegment.copy(name, 0, address, JAVA_BYTE, 2, name.length);
      long result = BIND.call(s, fd, address.address(), address.byteSize());
      if (result >= 0) {
        result = LISTEN.call(s, fd, 1);
      }
      if (result < 0) {
        socket.close();
        throw LinuxException.of(BIND, path, result);
      }
      return new ConsoleSocket(path, socket);
    }
  }

  /**
   * Waits for the terminal, which the caller closes.
   *
   * @return empty if none came in time
   * @throws IOException if something else came
   */
  public Optional<Terminal> receive(Duration limit) throws IOException {
    if (!Polling.await(limit, socket.number(), Polling.READABLE)) {
      return Optional.empty();
    }
    try (Scratch s = Scratch.take()) {
      long fd = ACCEPT4.call(s, socket.number(), 0, 0, SOCK_CLOEXEC);
      if (fd < 0) {
        throw LinuxException.of(ACCEPT4, socket, fd);
      }
      try (var connection = new FileDescriptor((int) fd, path)) {
        if (!Polling.await(limit, connection.number(), Polling.READABLE)) {
          return Optional.empty();
        }
        return Optional.of(new Terminal(passed(s, connection)));
      }
    }
  }

  private FileDescriptor passed(Scratch s, FileDescriptor connection) throws IOException {
    MemorySegment name = s.zeros(NAME_BYTES);
    MemorySegment control = s.zeros(CONTROL_BYTES);
    MemorySegment vector = s.zeros(16); // struct iovec
    vector.set(JAVA_LONG, 0, name.address());
    vector.set(JAVA_LONG, 8, NAME_BYTES);
    MemorySegment message = s.zeros(56); // struct msghdr
    message.set(JAVA_LONG, 16, vector.address());
    message.set(JAVA_LONG, 24, 1);
    message.set(JAVA_LONG, 32, control.address());
    message.set(JAVA_LONG, 40, CONTROL_BYTES);
    long length = RECVMSG.restarting(s, connection.number(), message.address(), MSG_CMSG_CLOEXEC);
    if (length < 0) {
      throw LinuxException.of(RECVMSG, connection, length);
    }
    boolean passed =
        message.get(JAVA_LONG, 40) >= CONTROL_HEADER_BYTES + 4
            && control.get(JAVA_INT, 8) == SOL_SOCKET
            && control.get(JAVA_INT, 12) == SCM_RIGHTS;
    if (!passed) {
      throw new IOException("no descriptor came through " + path);
    }
    return new FileDescriptor(control.get(JAVA_INT, CONTROL_HEADER_BYTES), "terminal");
  }

  @Override
  public void close() throws IOException {
    socket.close();
    Files.deleteIfExists(path);
  }
}
