package dev.plimsoll.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of one connection. Everything here runs on the connection's event loop and never waits,
 * except where a method says that handlers call it.
 *
 * <pre>
 *   IDLE ──byte──▶ HEAD ──head──▶ EXCHANGE ──answered──▶ IDLE
 *                                  │    │ └─body unread─▶ DISCARDING ──▶ IDLE
 *                              hijack   └──────close────▶ LINGERING ──▶ CLOSED
 *                                  ▼                          ▲
 *                                 RAW ────────────────────────┘
 * </pre>
 */
final class Connection extends ChannelInboundHandlerAdapter {
  private static final Logger log = LoggerFactory.getLogger(Connection.class);

  /** How much of further requests is read while one is answered: enough to notice that a client left. */
  private static final int PIPELINED_BYTES_MAX = 64 * 1024;

  private static final Duration LINGER = Duration.ofSeconds(2);

  /** How long a connection may be idle while others wait to get in. */
  private static final Duration IDLE_WHEN_FULL = Duration.ofSeconds(1);

  private enum Phase {
    IDLE,
    HEAD,
    EXCHANGE,
    DISCARDING,
    RAW,
    LINGERING,
    CLOSED
  }

  private final Channel channel;
  private final Exchanges exchanges;
  private final Watch watch;
  private final boolean secure;
  private final Outbox outbox;
  private final HeadCutter heads;
  private final Stall writing;
  private ByteBuf held = Unpooled.EMPTY_BUFFER;
  private Phase phase = Phase.IDLE;
  private long phaseSince = System.nanoTime();
  private long lastReceived = phaseSince;
  private boolean inputEnded;
  private boolean socketEnded;
  private boolean outputClosed;
  private boolean handshaken;
  private boolean answered;
  private long discardedBytes;
  private @Nullable Exchange exchange;
  private @Nullable BodyDecoder body;
  private @Nullable RawConnection raw;
  private volatile @Nullable X509Certificate clientCertificate;

  Connection(Channel channel, Exchanges exchanges, Watch watch, boolean secure) {
    this.channel = channel;
    this.exchanges = exchanges;
    this.watch = watch;
    this.secure = secure;
    this.outbox = new Outbox(channel);
    this.heads = new HeadCutter(exchanges.limits());
    this.writing = new Stall(channel, outbox);
  }

  // What handlers call, from their own threads.

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

  Inbox newInbox() {
    return new Inbox(exchanges.limits().bodyBufferBytes(), () -> onLoop(this::readOn));
  }

  /** Whether what the handler leaves of a body is little enough to read past it. */
  boolean couldDiscard(long contentLength, Inbox inbox) {
    return inbox.ended()
        || contentLength - inbox.receivedBytes() <= exchanges.limits().bodyBufferBytes();
  }

  void hijacked(RawConnection taken) {
    onLoop(() -> becomeRaw(taken));
  }

  void halfCloseWhenSent() {
    onLoop(() -> whenSent(this::halfClose));
  }

  void endRaw() {
    onLoop(() -> whenSent(this::linger));
  }

  void exchangeEnded(Exchange ended) {
    onLoop(() -> {
      if (ended.response().progress() == ServerResponse.Progress.COMPLETE) {
        whenSent(() -> afterExchange(ended));
      } else {
        closeNow();
      }
    });
  }

  void cut(String why) {
    onLoop(() -> {
      outbox.fail(new ClientGone(why));
      closeNow();
    });
  }

  void closeIfIdle() {
    onLoop(() -> {
      if (phase == Phase.IDLE) {
        closeNow();
      }
    });
  }

  private void onLoop(Runnable task) {
    try {
      channel.eventLoop().execute(task);
    } catch (RejectedExecutionException serverClosed) {
      log.trace("a connection outlived its server", serverClosed);
    }
  }

  // What the channel tells.

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    lastReceived = System.nanoTime();
    switch (phase) {
      case RAW -> rawInbox().add(bytes);
      case EXCHANGE, DISCARDING -> {
        if (body == null) {
          hold(bytes);
        } else {
          decodeBody(bytes);
        }
      }
      case IDLE, HEAD -> {
        hold(bytes);
        parseHead();
      }
      case LINGERING, CLOSED -> bytes.release();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    readOn();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      socketEnded = true; // to read on would be an error
      EpollInterest.keep(channel);
      inputEnded();
    } else if (event instanceof SslCloseCompletionEvent) {
      inputEnded();
    } else if (event instanceof SslHandshakeCompletionEvent handshake && handshake.isSuccess()) {
      handshaken = true;
      phaseSince = System.nanoTime();
      clientCertificate = peerCertificate(ctx.pipeline().get(SslHandler.class));
    }
    ctx.fireUserEventTriggered(event);
  }

  private static @Nullable X509Certificate peerCertificate(SslHandler tls) {
    try {
      return (X509Certificate) tls.engine().getSession().getPeerCertificates()[0];
    } catch (SSLPeerUnverifiedException noneShown) {
      return null;
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    phase = Phase.CLOSED;
    watch.remove(this);
    ClientGone gone = new ClientGone("the client closed the connection");
    outbox.fail(gone);
    release();
    if (raw != null) {
      raw.inbox().fail(gone);
    }
    if (exchange != null) {
      exchange.inbox().fail(gone);
      exchange.disconnected();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof IOException || cause.getCause() instanceof SSLException) {
      log.debug("connection broken peer={} cause={}", peer(), cause.toString());
    } else {
      log.error("connection failed peer={}", peer(), cause);
    }
    closeNow();
  }

  // Requests.

  private void hold(ByteBuf bytes) {
    if (!held.isReadable()) {
      held.release();
      held = bytes;
    } else {
      try {
        if (held.writableBytes() < bytes.readableBytes()) {
          ByteBuf larger =
              channel.alloc().buffer(2 * (held.readableBytes() + bytes.readableBytes()));
          larger.writeBytes(held);
          held.release();
          held = larger;
        }
        held.writeBytes(bytes);
      } finally {
        bytes.release();
      }
    }
  }

  private void release() {
    held.release();
    held = Unpooled.EMPTY_BUFFER;
  }

  private void enter(Phase next) {
    phase = next;
    phaseSince = System.nanoTime();
  }

  private void parseHead() {
    try {
      if (phase == Phase.IDLE && held.isReadable()) {
        enter(Phase.HEAD);
      }
      byte[] bytes = heads.next(held);
      if (bytes != null) {
        begin(new RequestHeadParser(bytes, exchanges.limits().headersMax()).parse());
      } else if (inputEnded) {
        closeNow();
      }
    } catch (RefusedRequest e) {
      refuse(e.status(), e.sentence());
    }
  }

  private void begin(RequestHead head) {
    enter(Phase.EXCHANGE);
    Inbox inbox = newInbox();
    Exchange next = new Exchange(this, head, exchanges.idFor(head), inbox);
    exchange = next;
    if (head.hasBody()) {
      body =
          head.chunked()
              ? new ChunkedBody(exchanges.limits().headersBytes())
              : new FixedBody(head.contentLength());
      if (held.isReadable()) {
        ByteBuf behind = held;
        held = Unpooled.EMPTY_BUFFER;
        decodeBody(behind);
      }
    } else {
      inbox.end();
      if (!held.isReadable()) {
        release();
      }
    }
    if (inputEnded) {
      inputEndedInExchange(next);
    }
    exchanges.start(next);
  }

  private void decodeBody(ByteBuf bytes) {
    Exchange current = Objects.requireNonNull(exchange);
    BodyDecoder decoder = Objects.requireNonNull(body);
    try {
      ByteBuf part = decoder.decode(bytes);
      if (part != null) {
        discardedBytes += part.readableBytes();
        current.inbox().add(part);
      }
      if (decoder.done()) {
        body = null;
        current.inbox().end();
        if (bytes.isReadable()) {
          hold(bytes.retain());
        }
        if (phase == Phase.DISCARDING) {
          becomeIdle();
        }
      } else if (phase == Phase.DISCARDING
          && discardedBytes > exchanges.limits().bodyBufferBytes()) {
        linger();
      }
    } catch (BodyException e) {
      body =
          null; // nobody knows where a next request would begin: the connection ends with this one
      current.inbox().fail(e);
      if (phase == Phase.DISCARDING) {
        linger();
      }
    } finally {
      bytes.release();
    }
  }

  /** Answers what cannot be understood, and reads nothing more from this client. */
  private void refuse(int status, String message) {
    exchanges.refused(this, status, message);
    byte[] text = (message + "\n").getBytes(StandardCharsets.UTF_8);
    HeaderFields headers = new HeaderFields();
    headers.add("Content-Type", "text/plain; charset=utf-8");
    headers.add("Content-Length", Integer.toString(text.length));
    headers.add("Connection", "close");
    headers.add("Date", ResponseHead.date());
    byte[] head = ResponseHead.bytes(status, Reasons.of(status), headers);
    enter(Phase.LINGERING);
    channel.writeAndFlush(Unpooled.wrappedBuffer(head, text)).addListener(sent -> linger());
  }

  private void afterExchange(Exchange ended) {
    if (phase != Phase.EXCHANGE || exchange != ended) {
      return;
    }
    if (!ended.response().keepAlive() || ended.inbox().failed()) {
      linger();
    } else if (body != null) {
      discardedBytes = 0;
      enter(Phase.DISCARDING);
      readOn();
    } else {
      becomeIdle();
    }
  }

  private void becomeIdle() {
    exchange = null;
    answered = true;
    enter(Phase.IDLE);
    if (exchanges.draining() && !held.isReadable()) {
      closeNow();
      return;
    }
    parseHead();
    readOn();
  }

  // The two ends.

  private void inputEnded() {
    if (inputEnded) {
      return;
    }
    inputEnded = true;
    switch (phase) {
      case IDLE, HEAD, DISCARDING, LINGERING -> closeNow();
      case EXCHANGE -> inputEndedInExchange(Objects.requireNonNull(exchange));
      case RAW -> rawInbox().end();
      case CLOSED -> {}
    }
  }

  /** The answer may still be wanted: {@code nc -N} half-closes. A client that is gone fails the write. */
  private void inputEndedInExchange(Exchange current) {
    if (body != null) {
      current.inbox().fail(new ClientGone("the client left in the middle of its request body"));
    }
    current.disconnected();
  }

  private void becomeRaw(RawConnection taken) {
    raw = taken;
    if (phase == Phase.CLOSED) {
      taken.inbox().fail(new ClientGone("the client closed the connection"));
      return;
    }
    enter(Phase.RAW);
    if (held.isReadable()) {
      taken.inbox().add(held);
      held = Unpooled.EMPTY_BUFFER;
    }
    if (inputEnded) {
      taken.inbox().end();
    }
    readOn();
  }

  private Inbox rawInbox() {
    return Objects.requireNonNull(raw).inbox();
  }

  private void halfClose() {
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

  /**
   * Closes so that the client sees the answer: to close a socket with unread bytes in it resets the
   * connection, and a reset overtakes what the client has not read yet. So: half-close, read and drop
   * what still comes, close when the client has closed or some time has passed.
   */
  private void linger() {
    if (phase == Phase.CLOSED) {
      return;
    }
    release();
    body = null;
    if (inputEnded) {
      closeNow();
      return;
    }
    enter(Phase.LINGERING);
    halfClose();
    readOn();
  }

  /** Without a last word: TLS would wait for a client that reads nothing to take its close_notify. */
  private void closeNow() {
    ChannelHandlerContext tls = channel.pipeline().context(SslHandler.class);
    var _ = tls == null ? channel.close() : tls.close();
  }

  private void whenSent(Runnable next) {
    if (phase != Phase.CLOSED) {
      channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(sent -> next.run());
    }
  }

  private void readOn() {
    boolean wanted =
        switch (phase) {
          case IDLE, HEAD, DISCARDING, LINGERING -> true;
          case EXCHANGE ->
              body == null
                  ? held.readableBytes() < PIPELINED_BYTES_MAX
                  : Objects.requireNonNull(exchange).inbox().wantsMore();
          case RAW -> rawInbox().wantsMore();
          case CLOSED -> false;
        };
    // After a close_notify nothing of use comes, but only reading tells when the socket is closed.
    if (!socketEnded && (wanted || inputEnded)) {
      channel.read();
    }
  }

  /** Called about every second, or more often where the limits are shorter. */
  void check(long now) {
    Limits limits = exchanges.limits();
    switch (phase) {
      case IDLE -> {
        Duration limit = secure && !handshaken ? limits.headerTimeout() : limits.idleTimeout();
        if (passed(now, phaseSince, limit)
            || (answered
                && exchanges.admission().full()
                && passed(now, phaseSince, IDLE_WHEN_FULL))) {
          closeNow();
        }
      }
      case HEAD -> {
        if (passed(now, phaseSince, limits.headerTimeout())) {
          refuse(
              408,
              "the request header took longer than " + limits.headerTimeout().toMillis() + " ms");
        }
      }
      case EXCHANGE -> checkProgress(now, limits.stallTimeout());
      case DISCARDING, LINGERING -> {
        if (passed(now, phaseSince, LINGER)) {
          closeNow();
        }
      }
      case RAW, CLOSED -> {}
    }
  }

  private void checkProgress(long now, Duration stall) {
    Inbox inbox = Objects.requireNonNull(exchange).inbox();
    long waitingSince = inbox.waitingSince();
    if (waitingSince != 0 && passed(now, waitingSince, stall) && passed(now, lastReceived, stall)) {
      inbox.fail(new BodyException.Stalled(stall));
    }
    if (passed(now, writing.since(now), stall)) {
      outbox.fail(new ClientGone("the client read nothing for " + stall.toMillis() + " ms"));
      closeNow();
    }
  }

  private static boolean passed(long now, long since, Duration limit) {
    return now - since > limit.toNanos();
  }
}
