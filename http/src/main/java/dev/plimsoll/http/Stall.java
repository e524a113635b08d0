package dev.plimsoll.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Notices when the socket takes nothing though something waits for it. Any progress counts, however
 * small: a client on a slow line is not a client that stalls. For the event loop.
 */
final class Stall {
  private final Channel channel;
  private final Outbox outbox;
  private @Nullable Object message;
  private long messageProgress;
  private long writesDone;
  private long since;

  Stall(Channel channel, Outbox outbox) {
    this.channel = channel;
    this.outbox = outbox;
  }

  /** Since when there has been no progress; {@code now} if there was, or nothing waits. */
  @SuppressWarnings("ReferenceEquality") // whether it is the same message, not an equal one
  long since(long now) {
    ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
    Object current = waiting == null ? null : waiting.current();
    long progress = current == null || waiting == null ? 0 : waiting.currentProgress();
    long done = outbox.writesDone();
    if (current == null
        || current != message
        || progress != messageProgress
        || done != writesDone) {
      since = now;
    }
    message = current;
    messageProgress = progress;
    writesDone = done;
    return since;
  }
}
