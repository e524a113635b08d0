package dev.plimsoll.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Objects;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is said on one connection, and when it ends. Everything here runs on the connection's event
 * loop and never waits.
 *
 * <pre>
 *   IDLE ──byte──▶ HEAD ──head──▶ EXCHANGE ──answered──▶ IDLE
 *                                  │    │ └─body unread─▶ DISCARDING ──▶ IDLE
 *                              hijack   └──────close────▶ LINGERING ──▶ CLOSED
 *                                  ▼                          ▲
 *                                 RAW ────────────────────────┘
 * </pre>
 */
final class Conversation extends ChannelInboundHandlerAdapter {
  private static final Logger log = LoggerFactory.getLogger(Conversation.class);

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

  private final Connection connection;
  private final Channel channel;
  private final Exchanges exchanges;
  private final Watch watch;
  private final OwnEnd end;
  private final HeldBytes held;
  private final HeadCutter heads;
  private final Stall writing;
  private Phase phase = Phase.IDLE;
  private long phaseSince = System.nanoTime();
  private long lastReceived = phaseSince;
  private boolean inputEnded;
  private boolean socketEnded;
  private boolean handshaken;
  private boolean answered;
  private @Nullable Exchange exchange;
  private @Nullable IncomingBody body;
  private @Nullable RawConnection raw;

  Conversation(Connection connection, Channel channel, Exchanges exchanges, Watch watch) {
    this.connection = connection;
    this.channel = channel;
    this.exchanges = exchanges;
    this.watch = watch;
    this.end = new OwnEnd(channel);
    this.held = new HeldBytes(channel.alloc());
    this.heads = new HeadCutter(exchanges.limits());
    this.writing = new Stall(channel, connection.outbox());
  }

  // What the connection's users ask for.

  void becomeRaw(RawConnection taken) {
    raw = taken;
    if (phase == Phase.CLOSED) {
      taken.inbox().fail(new ClientGone("the client closed the connection"));
      return;
    }
    enter(Phase.RAW);
    if (!held.isEmpty()) {
      taken.inbox().add(held.take());
    }
    if (inputEnded) {
      taken.inbox().end();
    }
    readOn();
  }

  void halfCloseWhenSent() {
    whenSent(end::halfClose);
  }

  void lingerWhenSent() {
    whenSent(this::linger);
  }

  void exchangeEnded(Exchange ended) {
    if (ended.response().progress() == ServerResponse.Progress.COMPLETE) {
      whenSent(() -> afterExchange(ended));
    } else {
      end.closeNow();
    }
  }

  void cut(String why) {
    connection.outbox().fail(new ClientGone(why));
    end.closeNow();
  }

  void closeIfIdle() {
    if (phase == Phase.IDLE) {
      end.closeNow();
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
          held.add(bytes);
        } else {
          feedBody(body, bytes);
        }
      }
      case IDLE, HEAD -> {
        held.add(bytes);
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
      connection.shown(peerCertificate(ctx.pipeline().get(SslHandler.class)));
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
    connection.outbox().fail(gone);
    held.release();
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
      log.debug("connection broken peer={} cause={}", connection.peer(), cause.toString());
    } else {
      log.error("connection failed peer={}", connection.peer(), cause);
    }
    end.closeNow();
  }

  // Requests.

  private void enter(Phase next) {
    phase = next;
    phaseSince = System.nanoTime();
  }

  private void parseHead() {
    try {
      if (phase == Phase.IDLE && !held.isEmpty()) {
        enter(Phase.HEAD);
      }
      byte[] bytes = heads.next(held.view());
      if (bytes != null) {
        begin(new RequestHeadParser(bytes, exchanges.limits().headersMax()).parse());
      } else if (inputEnded) {
        end.closeNow();
      }
    } catch (RefusedRequest e) {
      refuse(e.status(), e.sentence());
    }
  }

  private void begin(RequestHead head) {
    enter(Phase.EXCHANGE);
    Inbox inbox = connection.newInbox();
    Exchange next = new Exchange(connection, head, exchanges.idFor(head), inbox);
    exchange = next;
    if (head.hasBody()) {
      body = new IncomingBody(head, exchanges.limits(), inbox, held);
      if (!held.isEmpty()) {
        feedBody(body, held.take());
      }
    } else {
      inbox.end();
      if (held.isEmpty()) {
        held.release();
      }
    }
    if (inputEnded) {
      inputEndedInExchange(next);
    }
    exchanges.start(next);
  }

  private void feedBody(IncomingBody incoming, ByteBuf bytes) {
    IncomingBody.Progress progress = incoming.feed(bytes);
    if (progress != IncomingBody.Progress.MORE_TO_COME) {
      body = null;
    }
    if (phase != Phase.DISCARDING) {
      return;
    }
    switch (progress) {
      case WHOLE -> becomeIdle();
      case BROKEN -> linger();
      case MORE_TO_COME -> {
        if (incoming.discardedBytes() > exchanges.limits().bodyBufferBytes()) {
          linger();
        }
      }
    }
  }

  /** Answers what cannot be understood, and reads nothing more from this client. */
  private void refuse(int status, String message) {
    exchanges.refused(connection, status, message);
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
      body.discard();
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
    if (exchanges.draining() && held.isEmpty()) {
      end.closeNow();
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
      case IDLE, HEAD, DISCARDING, LINGERING -> end.closeNow();
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

  private Inbox rawInbox() {
    return Objects.requireNonNull(raw).inbox();
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
    held.release();
    body = null;
    if (inputEnded) {
      end.closeNow();
      return;
    }
    enter(Phase.LINGERING);
    end.halfClose();
    readOn();
  }

  private void whenSent(Runnable next) {
    if (phase != Phase.CLOSED) {
      end.whenSent(next);
    }
  }

  void readOn() {
    boolean wanted =
        switch (phase) {
          case IDLE, HEAD, DISCARDING, LINGERING -> true;
          case EXCHANGE ->
              body == null
                  ? held.size() < PIPELINED_BYTES_MAX
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
        Duration limit =
            connection.secure() && !handshaken ? limits.headerTimeout() : limits.idleTimeout();
        if (passed(now, phaseSince, limit)
            || (answered
                && exchanges.admission().full()
                && passed(now, phaseSince, IDLE_WHEN_FULL))) {
          end.closeNow();
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
          end.closeNow();
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
      connection
          .outbox()
          .fail(new ClientGone("the client read nothing for " + stall.toMillis() + " ms"));
      end.closeNow();
    }
  }

  private static boolean passed(long now, long since, Duration limit) {
    return now - since > limit.toNanos();
  }
}
