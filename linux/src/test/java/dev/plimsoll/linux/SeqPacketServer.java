package dev.plimsoll.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.plimsoll.linux.ffi.Library;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The other end of a {@link SeqPacketSocket}: listens, accepts one, then sends and receives. */
final class SeqPacketServer implements AutoCloseable {
  private static final MethodHandle SOCKET =
      Library.function("socket", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
  private static final MethodHandle BIND =
      Library.function("bind", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle LISTEN =
      Library.function("listen", JAVA_INT, JAVA_INT, JAVA_INT);
  private static final MethodHandle ACCEPT =
      Library.function("accept", JAVA_INT, JAVA_INT, ADDRESS, ADDRESS);
  private static final MethodHandle SEND =
      Library.function("send", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
  private static final MethodHandle RECEIVE =
      Library.function("recv", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);

  private final Arena arena = Arena.ofShared();
  private final FileDescriptor listening;
  private FileDescriptor accepted = new FileDescriptor(-1, "nobody yet");

  SeqPacketServer(Path path) throws Throwable {
    listening = new FileDescriptor((int) SOCKET.invokeExact(1, 5, 0), path);
    MemorySegment address = arena.allocate(110);
    address.set(ValueLayout.JAVA_SHORT, 0, (short) 1);
    address.setString(2, path.toString());
    if ((int) BIND.invokeExact(listening.number(), address, 110) != 0
        || (int) LISTEN.invokeExact(listening.number(), 8) != 0) {
      throw new IllegalStateException("binding " + path);
    }
  }

  void accept() throws Throwable {
    accepted =
        new FileDescriptor(
            (int) ACCEPT.invokeExact(listening.number(), MemorySegment.NULL, MemorySegment.NULL),
            "accepted");
  }

  void send(String packet) throws Throwable {
    MemorySegment bytes = arena.allocateFrom(packet, StandardCharsets.US_ASCII);
    long sent = (long) SEND.invokeExact(accepted.number(), bytes, (long) packet.length(), 0x4000);
    if (sent != packet.length()) {
      throw new IllegalStateException("sent " + sent);
    }
  }

  /** A packet, or the empty text at the end. */
  String receive() throws Throwable {
    MemorySegment buffer = arena.allocate(200_000);
    long length = (long) RECEIVE.invokeExact(accepted.number(), buffer, 200_000L, 0);
    byte[] bytes = buffer.asSlice(0, Math.max(0, length)).toArray(ValueLayout.JAVA_BYTE);
    return new String(bytes, StandardCharsets.US_ASCII);
  }

  void closeAccepted() {
    accepted.close();
  }

  @Override
  public void close() {
    accepted.close();
    listening.close();
    arena.close();
  }
}
