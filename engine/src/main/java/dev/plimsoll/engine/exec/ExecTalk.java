package dev.plimsoll.engine.exec;

import dev.plimsoll.docker.StreamFrames;
import dev.plimsoll.engine.container.DetachKeys;
import dev.plimsoll.linux.FileDescriptor;
import dev.plimsoll.linux.Outputs;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's talk with one exec. The output is read to its end in any case, so that a process whose
 * client has left does not get stuck; the talk is over when the output is, when the client is gone or
 * when it detaches. Waits hold a thread, so both directions get their own.
 */
final class ExecTalk {
  private static final Logger log = LoggerFactory.getLogger(ExecTalk.class);
  private static final int CHUNK_BYTES = 64 << 10;

  /** How a talk came to its end. */
  enum Outcome {
    OUTPUT_ENDED,
    CLIENT_LEFT,
    DETACHED
  }

  private final ExecStreams streams;
  private final Outputs outputs;
  private final boolean framed;
  private final InputStream in;
  private final OutputStream out;
  private final Optional<DetachKeys> keys;
  private final CompletableFuture<Outcome> over = new CompletableFuture<>();

  /**
   * @param outputs reads what {@code streams} has to say
   * @param keys by which a user leaves, where there is a terminal
   */
  ExecTalk(ExecStreams streams, Outputs outputs, Optional<DetachKeys> keys, ExecSession session) {
    this.streams = streams;
    this.outputs = outputs;
    this.framed = session.framed();
    this.keys = keys;
    this.in = session.in();
    this.out = session.out();
  }

  /** Carries bytes both ways from now on; at the end of both the streams are closed. */
  void begin() {
    Optional<Thread> speaker =
        streams
            .input()
            .map(
                input -> Thread.ofPlatform().name("exec-input").daemon().start(() -> speak(input)));
    Thread.ofPlatform().name("exec-output").daemon().start(() -> listen(speaker));
  }

  /** Carries bytes both ways until the talk is over. */
  Outcome carry() throws InterruptedException {
    begin();
    try {
      return over.get();
    } catch (java.util.concurrent.ExecutionException e) {
      throw new AssertionError("completed with a failure", e);
    } finally {
      over.complete(Outcome.CLIENT_LEFT); // interrupted: nobody listens any more
    }
  }

  private void listen(Optional<Thread> speaker) {
    ByteBuffer piece = ByteBuffer.allocate(CHUNK_BYTES);
    try (outputs) {
      int source;
      while ((source = outputs.next(piece)) >= 0) {
        pass(streams.outputs().get(source).stream(), piece);
        piece.clear();
      }
    } catch (IOException e) {
      log.warn("reading an exec's output failed cause={}", e.getMessage());
    }
    over.complete(Outcome.OUTPUT_ENDED);
    closeAfter(speaker);
  }

  private void pass(StreamFrames.Stream stream, ByteBuffer piece) {
    if (over.isDone()) {
      return;
    }
    byte[] bytes = new byte[piece.position()];
    piece.get(0, bytes);
    try {
      if (framed) {
        StreamFrames.write(out, stream, bytes);
      } else {
        out.write(bytes);
      }
      out.flush();
    } catch (IOException e) {
      log.debug("client of an exec left cause={}", e.getMessage());
      over.complete(Outcome.CLIENT_LEFT);
    }
  }

  // The speaker may sit in a read from the client, which ends when the caller closes the
  // connection.
  // Its descriptor must live until then, or its next write would meet another file.
  private void closeAfter(Optional<Thread> speaker) {
    if (speaker.isEmpty()) {
      streams.close();
      return;
    }
    Thread.startVirtualThread(() -> {
      try {
        speaker.get().join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      streams.close();
    });
  }

  private void speak(FileDescriptor input) {
    byte[] typed = new byte[CHUNK_BYTES];
    try {
      int length;
      while ((length = in.read(typed)) >= 0) {
        if (keys.isEmpty()) {
          input.write(typed, 0, length);
          continue;
        }
        DetachKeys.Typed passed = keys.get().type(typed, length);
        input.write(passed.passed(), 0, passed.passed().length);
        if (passed.detached()) {
          over.complete(Outcome.DETACHED);
          return;
        }
      }
    } catch (IOException e) {
      log.debug("input of an exec ended cause={}", e.getMessage());
    }
    if (keys.isEmpty()) {
      input.close(); // the process hears the end; nobody else uses this descriptor
    }
  }

  /** The engine's ends of a process' streams. */
  record ExecStreams(
      Optional<FileDescriptor> input, List<Output> outputs, List<AutoCloseable> owned)
      implements AutoCloseable {

    record Output(StreamFrames.Stream stream, FileDescriptor source) {}

    @Override
    public void close() {
      for (AutoCloseable each : owned) {
        try {
          each.close();
        } catch (Exception e) {
          log.debug("closing a stream of an exec failed", e);
        }
      }
    }
  }
}
