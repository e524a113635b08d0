package dev.plimsoll.linux;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * Several descriptors read by one thread, piece by piece as they come, until all have ended. The
 * reading thread is held while it waits; {@link #endWithin} from any thread bounds its waiting. The
 * descriptors stay their owner's, who closes them after the reading.
 */
public final class Outputs implements AutoCloseable {
  private static final Duration FOREVER = Duration.ofDays(365);

  /** The most that a pipe holds unless root has raised it: what was said before the end is in there. */
  private static final long PIPE_BYTES_MAX = 1 << 20;

  private final List<FileDescriptor> sources;
  private final boolean[] over;
  private final Pipe wake = Pipe.open();
  private long readSinceEnd;
  private volatile long deadline;
  private volatile boolean ending;

  public Outputs(List<FileDescriptor> sources) throws IOException {
    this.sources = List.copyOf(sources);
    this.over = new boolean[sources.size()];
  }

  /**
   * Waits for the next piece and puts it into {@code target}, which must have room.
   *
   * @return which source it is from, by index, or -1 when all have ended or the time is over
   */
  public int next(ByteBuffer target) throws IOException {
    int[] numbers = new int[over.length + 1];
    short[] events = new short[numbers.length];
    Arrays.fill(events, Polling.READABLE);
    while (anyOpen()) {
      for (int i = 0; i < over.length; i++) {
        numbers[i] = over[i] ? -1 : sources.get(i).number();
      }
      boolean bounded = ending;
      if (bounded && readSinceEnd > PIPE_BYTES_MAX && System.nanoTime() - deadline > 0) {
        return -1; // somebody that was left behind floods the pipe
      }
      numbers[over.length] = bounded ? -1 : wake.reader().number();
      Duration limit =
          bounded ? Duration.ofNanos(Math.max(0, deadline - System.nanoTime())) : FOREVER;
      boolean[] ready = Polling.await(limit, numbers, events);
      for (int i = 0; i < over.length; i++) {
        if (ready[i] && read(i, target)) {
          readSinceEnd += bounded ? target.position() : 0;
          return i;
        }
      }
      if (bounded && limit.isZero()) {
        return -1;
      }
    }
    return -1;
  }

  private boolean anyOpen() {
    for (boolean ended : over) {
      if (!ended) {
        return true;
      }
    }
    return false;
  }

  private boolean read(int index, ByteBuffer target) throws IOException {
    int length;
    try {
      length = sources.get(index).read(target);
    } catch (LinuxException e) {
      if (!e.is(Errno.EIO)) { // a terminal whose other side is closed
        throw e;
      }
      length = -1;
    }
    over[index] = length < 0;
    return length > 0;
  }

  /**
   * Tells that whoever speaks has ended: what it left in a pipe is still read, and others that keep
   * the pipe open are listened to for this long.
   */
  public void endWithin(Duration limit) {
    deadline = System.nanoTime() + limit.toNanos();
    ending = true;
    wake.writer().close();
  }

  @Override
  public void close() {
    wake.close();
  }
}
