package dev.plimsoll.engine.container;

import dev.plimsoll.engine.runtime.Bundle;
import dev.plimsoll.linux.SeqPacketSocket;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * One client's place at a container, taken before the client is told that it has one: whatever the
 * container says from then on, the client hears. Closed by whoever took it.
 */
public final class Attachment implements AutoCloseable {
  private final Container container;
  private final AttachRequest request;
  private final CompletableFuture<SeqPacketSocket> socket;
  private final Runnable detached;
  private final LogReplay replay;

  /** Writes what was said before. */
  interface LogReplay {
    void to(OutputStream out) throws IOException;
  }

  Attachment(
      Container container,
      AttachRequest request,
      CompletableFuture<SeqPacketSocket> socket,
      LogReplay replay,
      Runnable detached) {
    this.container = container;
    this.request = request;
    this.socket = socket;
    this.replay = replay;
    this.detached = detached;
  }

  static CompletableFuture<SeqPacketSocket> place(
      Container container, Attachments attachments, Bundle bundle)
      throws IOException, InterruptedException {
    // Under the lock: a start that goes on now either connects this place or is seen as done.
    return container.locked(() ->
        container.snapshot().alive()
            ? CompletableFuture.completedFuture(attachments.connect(bundle))
            : attachments.enqueue(container.id()));
  }

  /**
   * Carries bytes both ways until the container's output ends, the user detaches or the client
   * leaves. Closes neither stream.
   */
  public void carry(InputStream in, OutputStream out) throws IOException, InterruptedException {
    if (request.logs()) {
      replay.to(out);
    }
    if (!request.stream()) {
      return;
    }
    try {
      boolean terminal = container.snapshot().settings().config().tty();
      var talk = new AttachTalk(socket.get(), request, !terminal, terminal, in, out);
      if (talk.run()) {
        detached.run();
      }
    } catch (CancellationException e) {
      return; // it was left, or the container did not start
    } catch (ExecutionException e) {
      throw new IOException("attaching to container " + container.id(), e.getCause());
    }
  }

  /** Ends it from outside: the client is gone. */
  public void leave() {
    socket.cancel(false);
    try {
      if (socket.state() == java.util.concurrent.Future.State.SUCCESS) {
        socket.resultNow().shutdown();
      }
    } catch (IOException e) {
      return; // closed already
    }
  }

  @Override
  public void close() {
    leave();
  }
}
