package dev.plimsoll.linux;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * Runs a short program to its end: input in, output and error out, and no longer than its limit.
 *
 * <p>The program leads a process group of its own, and the whole group is killed at the limit, or
 * when the waiting thread is interrupted. What comes after {@value #STREAM_BYTES_MAX} bytes of a stream
 * is read and dropped. A process that the program leaves behind with its output open does not hold
 * this up for longer than {@value #LEFTOVER_MILLIS} ms after the program's end.
 */
public final class ShortRun {
  static final int STREAM_BYTES_MAX = 1 << 20;
  static final int LEFTOVER_MILLIS = 500;
  private static final int PIPE_BUF =
      4096; // pipe(7): this much goes in without waiting after a poll
  private static final int READ_BYTES = 64 * 1024;

  /** What a program said and how it ended; at most {@value #STREAM_BYTES_MAX} bytes of each stream. */
  public record Result(ExitStatus status, String output, String error) {
    public boolean succeeded() {
      return status.code() == 0;
    }
  }

  private final Command command;
  private final ByteBuffer input;
  private final Duration limit;
  private final ByteArrayOutputStream output = new ByteArrayOutputStream();
  private final ByteArrayOutputStream error = new ByteArrayOutputStream();
  private volatile boolean interrupted;

  ShortRun(Command command, byte[] input, Duration limit) {
    this.command = command;
    this.input = ByteBuffer.wrap(input);
    this.limit = limit;
  }

  Result call() throws IOException, InterruptedException {
    var result = new CompletableFuture<Result>();
    try (Pipe interruption = Pipe.open()) {
      // Polling holds a thread, and the caller's may be virtual.
      Thread thread =
          Thread.ofPlatform()
              .name("run " + command.program().getFileName())
              .start(() -> complete(result, interruption.reader()));
      try {
        return result.get();
      } catch (ExecutionException e) {
        throw e.getCause() instanceof IOException trouble
            ? new IOException(trouble.getMessage(), trouble)
            : new IOException("running " + command, e.getCause());
      } finally {
        if (!result.isDone()) {
          interrupted = true;
          interruption.writer().close();
        }
        Waiting.join(thread);
      }
    }
  }

  private void complete(CompletableFuture<Result> result, FileDescriptor interruption) {
    try {
      result.complete(converse(interruption));
    } catch (IOException | RuntimeException | InterruptedException e) {
      result.completeExceptionally(e);
    }
  }

  private Result converse(FileDescriptor interruption) throws IOException, InterruptedException {
    try (Pipe in = Pipe.open();
        Pipe out = Pipe.open();
        Pipe err = Pipe.open();
        Pipe ended = Pipe.open()) {
      ChildProcess child =
          Processes.start(
              command
                  .descriptor(0, in.reader())
                  .descriptor(1, out.writer())
                  .descriptor(2, err.writer())
                  .ownGroup());
      CompletableFuture<Void> _ = child.exit().thenRun(ended.writer()::close);
      in.reader().close();
      out.writer().close();
      err.writer().close();
      boolean whole = false;
      try {
        talk(in.writer(), out.reader(), err.reader(), ended.reader(), interruption);
        whole = true;
      } finally {
        if (!whole) {
          Processes.killGroup(child.pid(), Signal.KILL);
        }
        child.waitFor();
      }
      return new Result(
          child.waitFor(),
          output.toString(StandardCharsets.UTF_8),
          error.toString(StandardCharsets.UTF_8));
    }
  }

  private void talk(
      FileDescriptor in,
      FileDescriptor out,
      FileDescriptor err,
      FileDescriptor ended,
      FileDescriptor interruption)
      throws IOException {
    long deadline = System.nanoTime() + limit.toNanos();
    short[] events = {Polling.WRITABLE, 1, 1, 1, 1};
    while (out.number() >= 0 || err.number() >= 0 || ended.number() >= 0) {
      if (!input.hasRemaining()) {
        in.close();
      }
      int[] numbers = {
        in.number(), out.number(), err.number(), ended.number(), interruption.number()
      };
      Duration remaining = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
      boolean[] ready = Polling.await(remaining, numbers, events);
      if (interrupted) {
        throw new IOException(command + " was interrupted");
      }
      if (remaining.isZero()) {
        if (ended.number() < 0) {
          return; // somebody it left behind holds its output
        }
        throw new IOException(
            "%s still ran after %s and was killed; it said: %s"
                .formatted(command, limit, error.toString(StandardCharsets.UTF_8)));
      }
      if (ready[0]) {
        feed(in);
      }
      if (ready[1]) {
        drain(out, output);
      }
      if (ready[2]) {
        drain(err, error);
      }
      if (ready[3]) {
        ended.close();
        deadline = System.nanoTime() + LEFTOVER_MILLIS * 1_000_000L;
      }
    }
  }

  private void feed(FileDescriptor in) throws IOException {
    int part = Math.min(PIPE_BUF, input.remaining());
    try {
      in.write(input.slice(input.position(), part));
      input.position(input.position() + part);
    } catch (LinuxException e) {
      if (!e.is(Errno.EPIPE)) {
        throw e;
      }
      in.close(); // it does not want to hear more, which is its business
      input.position(input.limit());
    }
  }

  private static void drain(FileDescriptor from, ByteArrayOutputStream to) throws IOException {
    ByteBuffer part = ByteBuffer.allocate(READ_BYTES);
    int length = from.read(part);
    if (length < 0) {
      from.close();
      return;
    }
    to.write(part.array(), 0, Math.min(length, STREAM_BYTES_MAX - to.size()));
  }
}
