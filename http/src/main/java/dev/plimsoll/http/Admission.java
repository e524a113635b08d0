package dev.plimsoll.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.HashSet;
import java.util.Set;

/**
 * Counts connections and stops accepting at the limit: who comes then waits in the kernel's queue until
 * a place is free. One for all sockets of a server. Safe for threads.
 */
@Sharable
final class Admission extends ChannelInboundHandlerAdapter {
  private final int connectionsMax;
  private final Set<Channel> listeners = new HashSet<>();
  private int connections;

  Admission(int connectionsMax) {
    this.connectionsMax = connectionsMax;
  }

  synchronized int connections() {
    return connections;
  }

  /** Whether clients may be waiting outside. */
  synchronized boolean full() {
    return connections >= connectionsMax;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    synchronized (this) {
      listeners.add(ctx.channel());
      ctx.channel().config().setAutoRead(!full());
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    synchronized (this) {
      listeners.remove(ctx.channel());
    }
    ctx.fireChannelInactive();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object accepted) {
    synchronized (this) {
      connections++;
      if (full()) {
        listeners.forEach(listener -> listener.config().setAutoRead(false));
      }
    }
    ((Channel) accepted).closeFuture().addListener(closed -> leave());
    ctx.fireChannelRead(accepted);
  }

  private synchronized void leave() {
    boolean wasFull = full();
    connections--;
    if (wasFull) {
      listeners.forEach(listener -> listener.config().setAutoRead(true));
    }
    notifyAll();
  }

  /** Waits until nobody is connected, or until the deadline ({@link System#nanoTime()}). */
  synchronized boolean awaitNone(long deadlineNanos) throws InterruptedException {
    while (connections > 0) {
      long millis = (deadlineNanos - System.nanoTime()) / 1_000_000;
      if (millis <= 0) {
        return false;
      }
      wait(millis);
    }
    return true;
  }
}
