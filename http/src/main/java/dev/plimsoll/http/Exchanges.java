package dev.plimsoll.http;

import dev.plimsoll.http.RequestMetrics.Finished;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Runs the handler for each request on a virtual thread of its own, and says how it went. */
final class Exchanges {
  private static final Logger log = LoggerFactory.getLogger(HttpServer.class);
  private static final Logger access = LoggerFactory.getLogger(HttpServer.ACCESS_LOG);
  private static final Pattern HARMLESS_ID = Pattern.compile("[A-Za-z0-9._-]{1,64}");
  private static final int CLIENT_GONE = 499; // nginx's number for it; never sent

  private final Handler handler;
  private final Limits limits;
  private final RequestMetrics metrics;
  private final Admission admission;
  private final Set<Thread> running = ConcurrentHashMap.newKeySet();
  private final AtomicLong started = new AtomicLong();
  private final String idPrefix =
      Integer.toHexString(ThreadLocalRandom.current().nextInt() | 0x1000_0000) + "-";
  private volatile boolean draining;

  Exchanges(Handler handler, Limits limits, RequestMetrics metrics, Admission admission) {
    this.handler = handler;
    this.limits = limits;
    this.metrics = metrics;
    this.admission = admission;
  }

  Limits limits() {
    return limits;
  }

  Admission admission() {
    return admission;
  }

  /** Whether the server is closing, so that no connection is kept after its answer. */
  boolean draining() {
    return draining;
  }

  void drain() {
    draining = true;
  }

  String idFor(RequestHead head) {
    Optional<String> given = head.headers().first("X-Request-Id");
    return given.isPresent() && HARMLESS_ID.matcher(given.get()).matches()
        ? given.get()
        : idPrefix + Long.toHexString(started.incrementAndGet());
  }

  void start(Exchange exchange) {
    Thread thread = Thread.ofVirtual().name("http-" + exchange.id()).unstarted(() -> run(exchange));
    running.add(thread);
    thread.start();
  }

  private void run(Exchange exchange) {
    try {
      try {
        handler.handle(exchange, exchange.response());
        exchange.response().finish();
      } catch (ClientGone e) {
        log.debug("client left id={} cause={}", exchange.id(), e.getMessage());
      } catch (CutShort e) {
        log.debug("answer cut off id={} cause={}", exchange.id(), e.getMessage());
      } catch (BodyException e) {
        answer(exchange, e.status(), e.sentence());
      } catch (Throwable e) { // an Error of one handler is not the end of the server
        log.error(
            "request failed id={} method={} path={}",
            exchange.id(),
            exchange.method(),
            exchange.path(),
            e);
        answer(exchange, 500, "internal error, see the log for request " + exchange.id());
      } finally {
        exchange.ended();
      }
    } finally {
      running.remove(Thread.currentThread());
      exchange.connection().exchangeEnded(exchange);
      tell(exchange);
    }
  }

  /** The server's own answer for a handler that failed, if there is still a chance to give one. */
  private static void answer(Exchange exchange, int status, String message) {
    if (exchange.response().committed()) {
      return;
    }
    try {
      exchange.response().reset();
      exchange
          .response()
          .status(status)
          .header("Content-Type", "text/plain; charset=utf-8")
          .send((message + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      log.debug("client left before it was told id={} status={}", exchange.id(), status);
    }
  }

  private void tell(Exchange exchange) {
    ServerResponse response = exchange.response();
    int status = response.committed() ? response.status() : CLIENT_GONE;
    Duration duration = Duration.ofNanos(System.nanoTime() - exchange.startedNanos());
    Level level = isRead(exchange) && status < 400 ? Level.DEBUG : Level.INFO;
    if (access.isEnabledForLevel(level)) {
      access
          .atLevel(level)
          .log(
              "request answered id={} peer={} method={} path={} status={} bytes={} millis={}",
              exchange.id(),
              Addresses.text(exchange.peer()),
              exchange.method(),
              exchange.path(),
              status,
              response.sentBytes(),
              duration.toMillis());
    }
    metrics.finished(
        new Finished(
            exchange.id(),
            exchange.method(),
            exchange.path(),
            status,
            exchange.inbox().receivedBytes(),
            response.sentBytes(),
            duration));
  }

  /** One that changes nothing: its line would cost more than its answer. */
  private static boolean isRead(Exchange exchange) {
    return exchange.method().equals("GET") || exchange.method().equals("HEAD");
  }

  /** A request that no handler saw. What was sent is not repeated: it may be anything. */
  void refused(Connection connection, int status, String message) {
    access.info(
        "request refused peer={} status={} reason={}",
        Addresses.text(connection.peer()),
        status,
        message);
    metrics.finished(new Finished("-", "-", "-", status, 0, 0, Duration.ZERO));
  }

  void interruptRunning() {
    running.forEach(Thread::interrupt);
  }

  int runningCount() {
    return running.size();
  }

  /** Waits for all handlers to end. */
  boolean awaitEnd(Duration atMost) throws InterruptedException {
    long deadline = System.nanoTime() + atMost.toNanos();
    for (Thread thread : running) {
      Duration left = Duration.ofNanos(Math.max(1, deadline - System.nanoTime()));
      if (!thread.join(left)) {
        return false;
      }
    }
    return true;
  }
}
