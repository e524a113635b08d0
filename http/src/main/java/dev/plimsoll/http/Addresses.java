package dev.plimsoll.http;

import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;

/** Addresses as the JDK knows them, whatever the transport calls them. */
final class Addresses {
  private static final SocketAddress UNNAMED = UnixDomainSocketAddress.of("");

  private Addresses() {}

  static SocketAddress ofPeer(Channel channel) {
    return channel.remoteAddress() instanceof InetSocketAddress internet ? internet : UNNAMED;
  }

  /** For logs: {@code 10.0.0.7:41234}, or {@code unix}. */
  static String text(SocketAddress address) {
    return address instanceof InetSocketAddress internet
        ? internet.getAddress().getHostAddress() + ":" + internet.getPort()
        : "unix";
  }
}
