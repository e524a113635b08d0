package dev.plimsoll.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannelConfig;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Makes a {@link Connection} of each client that comes to one socket. */
class Acceptor extends ChannelInitializer<Channel> {
  /** Reads grow up to this for clients that send fast, and shrink again. */
  private static final int RECEIVE_BYTES_MAX = 256 * 1024;

  private static final int RECEIVE_BYTES_FIRST = 4 * 1024;
  private static final int RECEIVE_BYTES_MIN = 1024;

  private final Shared shared;

  /** What all sockets of one server have in common. */
  record Shared(
      Exchanges exchanges,
      ByteBufAllocator buffers,
      Map<EventLoop, Watch> watches,
      Set<Connection> connections) {
    Shared(Exchanges exchanges, ByteBufAllocator buffers) {
      this(exchanges, buffers, new ConcurrentHashMap<>(), ConcurrentHashMap.newKeySet());
    }
  }

  Acceptor(Shared shared) {
    this.shared = shared;
  }

  /** Few arenas with small chunks: an idle server holds next to nothing. */
  static ByteBufAllocator buffers(int loops) {
    return new PooledByteBufAllocator(true, 0, loops, 8192, 7, 64, 16, false);
  }

  static void configure(ServerBootstrap bootstrap, Shared shared) {
    bootstrap
        .childOption(ChannelOption.ALLOCATOR, shared.buffers)
        .childOption(ChannelOption.AUTO_READ, false)
        .childOption(
            ChannelOption.RECVBUF_ALLOCATOR,
            new AdaptiveRecvByteBufAllocator(
                RECEIVE_BYTES_MIN, RECEIVE_BYTES_FIRST, RECEIVE_BYTES_MAX));
  }

  @Override
  protected void initChannel(Channel channel) {
    add(channel, false);
    channel.read();
  }

  final void add(Channel channel, boolean secure) {
    ((DuplexChannelConfig) channel.config()).setAllowHalfClosure(true);
    Watch watch =
        shared.watches.computeIfAbsent(
            channel.eventLoop(), loop -> new Watch(loop, shared.exchanges.limits()));
    Connection connection = new Connection(channel, shared.exchanges, watch, secure);
    shared.connections.add(connection);
    channel.closeFuture().addListener(closed -> shared.connections.remove(connection));
    connection.begin(watch);
  }

  final Exchanges exchanges() {
    return shared.exchanges;
  }
}
