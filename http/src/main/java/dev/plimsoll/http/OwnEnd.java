package dev.plimsoll.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;

/** Our own end of a connection: how it is closed, wholly or for what we send. For the event loop. */
final class OwnEnd {
  private final Channel channel;
  private boolean outputClosed;

  OwnEnd(Channel channel) {
    this.channel = channel;
  }

  /** Does something when all that was written is in the socket, or cannot be. */
  void whenSent(Runnable next) {
    channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(sent -> next.run());
  }

  /** Sends nothing more, and goes on receiving. */
  void halfClose() {
    SslHandler tls = channel.pipeline().get(SslHandler.class);
    if (outputClosed || !channel.isActive()) {
      return;
    }
    outputClosed = true;
    if (tls != null) {
      var _ = tls.closeOutbound(); // close_notify; in TLS 1.3 the other way goes on
    } else {
      var _ = ((DuplexChannel) channel).shutdownOutput();
    }
  }

  /** Without a last word: TLS would wait for a client that reads nothing to take its close_notify. */
  void closeNow() {
    ChannelHandlerContext tls = channel.pipeline().context(SslHandler.class);
    var _ = tls == null ? channel.close() : tls.close();
  }
}
