package dev.plimsoll.http;

import io.netty.channel.Channel;
import java.net.SocketAddress;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection as handlers and the server see it, from any thread. What they ask for is done on
 * the connection's event loop, by its {@link Conversation}.
 */
final class Connection {
  private static final Logger log = LoggerFactory.getLogger(Connection.class);

  private final Channel channel;
  private final Exchanges exchanges;
  private final boolean secure;
  private final Outbox outbox;
  private final Conversation conversation;
  private volatile @Nullable X509Certificate clientCertificate;

  Connection(Channel channel, Exchanges exchanges, Watch watch, boolean secure) {
    this.channel = channel;
    this.exchanges = exchanges;
    this.secure = secure;
    this.outbox = new Outbox(channel);
    this.conversation = new Conversation(this, channel, exchanges, watch);
  }

  /** Begins to listen to the client; on the event loop. */
  void begin(Watch watch) {
    watch.add(conversation);
    channel.pipeline().addLast(conversation);
  }

  Outbox outbox() {
    return outbox;
  }

  boolean secure() {
    return secure;
  }

  boolean draining() {
    return exchanges.draining();
  }

  SocketAddress peer() {
    return Addresses.ofPeer(channel);
  }

  Optional<X509Certificate> clientCertificate() {
    return Optional.ofNullable(clientCertificate);
  }

  void shown(@Nullable X509Certificate certificate) {
    clientCertificate = certificate;
  }

  Inbox newInbox() {
    return new Inbox(exchanges.limits().bodyBufferBytes(), () -> onLoop(conversation::readOn));
  }

  /** Whether what the handler leaves of a body is little enough to read past it. */
  boolean couldDiscard(long contentLength, Inbox inbox) {
    return inbox.ended()
        || contentLength - inbox.receivedBytes() <= exchanges.limits().bodyBufferBytes();
  }

  void hijacked(RawConnection taken) {
    onLoop(() -> conversation.becomeRaw(taken));
  }

  void halfCloseWhenSent() {
    onLoop(conversation::halfCloseWhenSent);
  }

  void endRaw() {
    onLoop(conversation::lingerWhenSent);
  }

  void exchangeEnded(Exchange ended) {
    onLoop(() -> conversation.exchangeEnded(ended));
  }

  void cut(String why) {
    onLoop(() -> conversation.cut(why));
  }

  void closeIfIdle() {
    onLoop(conversation::closeIfIdle);
  }

  private void onLoop(Runnable task) {
    try {
      channel.eventLoop().execute(task);
    } catch (RejectedExecutionException serverClosed) {
      log.trace("a connection outlived its server", serverClosed);
    }
  }
}
