package dev.plimsoll.engine.container;

import dev.plimsoll.docker.StreamFrames;
import dev.plimsoll.linux.SeqPacketSocket;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One client's talk with one container. Waits on the socket hold a thread, so they get their own. */
final class AttachTalk {
  private static final Logger log = LoggerFactory.getLogger(AttachTalk.class);
  private static final int CHUNK_BYTES = 8 << 10; // as much as conmon passes on at once

  private final SeqPacketSocket socket;
  private final AttachRequest request;
  private final boolean framed;
  private final boolean terminal;
  private final InputStream in;
  private final OutputStream out;
  private final AtomicBoolean detached = new AtomicBoolean();

  AttachTalk(
      SeqPacketSocket socket,
      AttachRequest request,
      boolean framed,
      boolean terminal,
      InputStream in,
      OutputStream out) {
    this.socket = socket;
    this.request = request;
    this.framed = framed;
    this.terminal = terminal;
    this.in = in;
    this.out = out;
  }

  boolean run() throws InterruptedException {
    Thread listener = Thread.ofPlatform().name("attach-output").daemon().start(this::listen);
    Thread speaker = null;
    if (request.stdin()) {
      speaker = Thread.ofPlatform().name("attach-input").daemon().start(this::speak);
    }
    try {
      listener.join();
    } finally {
      end();
      listener.join();
      if (speaker != null) {
        // It may sit in a read from the client; that ends when the caller closes the connection,
        // and the socket must outlive its last send.
        Thread waiter = speaker;
        Thread.startVirtualThread(() -> closeAfter(waiter));
      } else {
        socket.close();
      }
    }
    return detached.get();
  }

  private void closeAfter(Thread speaker) {
    try {
      speaker.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    socket.close();
  }

  private void listen() {
    ByteBuffer packet = ByteBuffer.allocate(SeqPacketSocket.PACKET_BYTES_MAX);
    try {
      while (socket.receive(packet) > 0) {
        byte first = packet.get(0);
        StreamFrames.Stream stream = Attachments.stream(first);
        boolean wanted = stream == StreamFrames.Stream.STDERR ? request.stderr() : request.stdout();
        if (wanted) {
          write(stream, packet.array(), 1, packet.position() - 1);
        }
        packet.clear();
      }
    } catch (IOException e) {
      log.debug("attached client left cause={}", e.getMessage());
    }
  }

  private void write(StreamFrames.Stream stream, byte[] bytes, int offset, int length)
      throws IOException {
    if (framed) {
      StreamFrames.write(out, stream, bytes, offset, length);
    } else {
      out.write(bytes, offset, length);
    }
    out.flush();
  }

  private void speak() {
    DetachKeys keys = DetachKeys.parse(request.detachKeys());
    byte[] typed = new byte[CHUNK_BYTES];
    try {
      int length;
      while ((length = in.read(typed)) >= 0) {
        if (!terminal) {
          socket.send(ByteBuffer.wrap(typed, 0, length));
          continue;
        }
        DetachKeys.Typed passed = keys.type(typed, length);
        socket.send(ByteBuffer.wrap(passed.passed()));
        if (passed.detached()) {
          detached.set(true);
          end();
          return;
        }
      }
      socket.shutdownOutput();
    } catch (IOException e) {
      log.debug("input of an attached client ended cause={}", e.getMessage());
    }
  }

  private void end() {
    try {
      socket.shutdown();
    } catch (IOException e) {
      log.debug("attach socket was closed cause={}", e.getMessage());
    }
  }
}
