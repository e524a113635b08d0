package dev.plimsoll.http;

import io.netty.channel.Channel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes connections that begin with a TLS handshake. */
final class TlsAcceptor extends Acceptor {
  private static final Logger log = LoggerFactory.getLogger(TlsAcceptor.class);

  /** Signing takes a millisecond and more, which is long for an event loop. */
  private static final Executor HANDSHAKES =
      task -> Thread.ofVirtual().name("http-tls-handshake").start(task);

  private final TlsContexts contexts;

  TlsAcceptor(Shared shared, Supplier<TlsIdentity> identities) {
    super(shared);
    this.contexts = new TlsContexts(identities);
  }

  @Override
  protected void initChannel(Channel channel) {
    add(channel, true);
    // The supplier may read files, which is nothing for the event loop.
    Thread.ofVirtual().name("http-tls-identity").start(() -> secure(channel));
  }

  private void secure(Channel channel) {
    try {
      SslContext context = contexts.current();
      channel.eventLoop().execute(() -> begin(channel, context));
    } catch (RejectedExecutionException serverClosed) {
      log.trace("a connection came as its server closed", serverClosed);
    } catch (SSLException | RuntimeException e) {
      log.error("no TLS identity for a connection cause={}", e.toString());
      var _ = channel.close();
    }
  }

  private void begin(Channel channel, SslContext context) {
    SslHandler tls = context.newHandler(channel.alloc(), HANDSHAKES);
    tls.setHandshakeTimeoutMillis(exchanges().limits().headerTimeout().toMillis());
    channel.pipeline().addFirst(tls);
    channel.read();
  }
}
