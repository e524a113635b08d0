package dev.plimsoll.registry.event;

import dev.plimsoll.foundation.NoSpaceException;
import dev.plimsoll.registry.event.WebhookRows.Standing;
import dev.plimsoll.registry.repository.RegistryException.DeadEventUnknown;
import dev.plimsoll.registry.repository.RegistryException.WebhookUnknown;
import dev.plimsoll.registry.repository.Transactions;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All webhooks: a thread for each that sends what is in its queue, and one that keeps the queues as
 * short as they are set to be. Safe for many threads.
 */
public final class Webhooks {
  private static final Logger log = LoggerFactory.getLogger(Webhooks.class);
  private static final Duration TRIM_EVERY = Duration.ofMillis(200);
  private static final Duration LOOK_EVERY = Duration.ofSeconds(5);
  private static final Duration AFTER_TROUBLE = Duration.ofSeconds(5);
  private static final Duration STOP_MAX = Duration.ofSeconds(10);

  private final WebhookSettings settings;
  private final Outbox outbox;
  private final Transactions transactions;
  private final Delivery delivery;
  private final WebhookCounts counts;
  private final InstantSource clock;
  private final WebhookRows rows = new WebhookRows();
  private final SequencedMap<String, Line> lines = new LinkedHashMap<>();
  private final Semaphore filled = new Semaphore(0);
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final List<Thread> threads = new ArrayList<>();

  /** A webhook, who serves it, and how to say that there is something to do. */
  private record Line(Webhook webhook, Courier courier, Semaphore news) {}

  /**
   * Begins nothing.
   *
   * @param outbox fills the queues
   * @param transactions for what requests change
   */
  public Webhooks(
      WebhookSettings settings,
      Outbox outbox,
      Transactions transactions,
      Delivery delivery,
      WebhookCounts counts,
      RandomGenerator random,
      InstantSource clock) {
    this.settings = settings;
    this.outbox = outbox;
    this.transactions = transactions;
    this.delivery = delivery;
    this.counts = counts;
    this.clock = clock;
    String sender = UUID.randomUUID().toString();
    for (Webhook webhook : settings.webhooks()) {
      var courier =
          new Courier(webhook, settings, transactions, delivery, counts, sender, random, clock);
      counts.begun(webhook.name());
      lines.put(webhook.name(), new Line(webhook, courier, new Semaphore(0)));
    }
  }

  /**
   * How a webhook is doing.
   *
   * @param queued events that wait
   * @param dead events that were given up
   */
  public record Status(
      Webhook webhook,
      long queued,
      long dead,
      Optional<Instant> deliveredAt,
      Optional<Instant> failedAt,
      String error) {}

  /** Sends from now on, what the last process left first. */
  public void start() throws IOException {
    List<String> names = List.copyOf(lines.keySet());
    Instant longAgo = clock.instant().minus(settings.ageMax());
    boolean strangers = transactions.read(h -> rows.anyStrangers(h, names));
    if (strangers || !names.isEmpty()) {
      transactions.write(h -> {
        names.forEach(name -> rows.ensure(h, name));
        if (strangers) {
          rows.forgetStrangers(h, names, longAgo);
        }
        return true;
      });
    }
    if (names.isEmpty()) {
      return;
    }
    outbox.whenFilled(this::wake);
    for (Line line : lines.values()) {
      threads.add(
          Thread.ofVirtual()
              .name("registry-webhook-" + line.webhook().name())
              .start(() -> send(line)));
    }
    threads.add(Thread.ofVirtual().name("registry-webhooks").start(this::keepShort));
  }

  private void wake() {
    lines.values().forEach(line -> line.news().release());
    filled.release();
  }

  private void send(Line line) {
    try {
      while (stopping.getCount() > 0) {
        long millis = Duration.between(clock.instant(), next(line.courier())).toMillis();
        if (millis > 0 && line.news().tryAcquire(millis, TimeUnit.MILLISECONDS)) {
          line.news().drainPermits();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Trouble with the database is no reason to give up. */
  private Instant next(Courier courier) throws InterruptedException {
    try {
      return courier.turn();
    } catch (NoSpaceException e) {
      log.warn(
          "events could not be sent reason={}; it is tried again in {} s",
          e.getMessage(),
          AFTER_TROUBLE.toSeconds());
      return clock.instant().plus(AFTER_TROUBLE);
    } catch (IOException | RuntimeException e) {
      log.warn("events could not be sent; it is tried again in {} s", AFTER_TROUBLE.toSeconds(), e);
      return clock.instant().plus(AFTER_TROUBLE);
    }
  }

  private void keepShort() {
    try {
      while (!stopping.await(TRIM_EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
        if (filled.tryAcquire(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
          filled.drainPermits();
        }
        for (Line line : lines.values()) {
          trim(line.courier());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void trim(Courier courier) {
    try {
      courier.trim();
    } catch (IOException | RuntimeException e) {
      log.warn("queue not kept short", e);
    }
  }

  /** All of them, in the order of their names. */
  public List<Status> list() throws IOException {
    List<Status> all = new ArrayList<>();
    for (Line line : lines.values()) {
      all.add(status(line.webhook()));
    }
    return all;
  }

  private Status status(Webhook webhook) throws IOException {
    String name = webhook.name();
    return transactions.read(h -> {
      WebhookRows.History history = rows.history(h, name);
      return new Status(
          webhook,
          rows.count(h, name, Standing.WAITING),
          rows.count(h, name, Standing.DEAD),
          history.deliveredAt(),
          history.failedAt(),
          history.error());
    });
  }

  /** Events that were given up, the newest first. */
  public List<DeadEvent> dead(String name, long beforeId, int most) throws IOException {
    line(name);
    return transactions.read(h -> rows.dead(h, name, beforeId, most));
  }

  /** Posts an event that tells of nothing, at once and once, whatever is in the queue. */
  public Delivery.Answer test(String name, String actor) throws InterruptedException {
    Webhook webhook = line(name).webhook();
    return delivery.post(webhook, outbox.ping(webhook, actor));
  }

  /** Takes up again what was given up, and sends at once what waits; returns how many were dead. */
  public int resend(String name) throws IOException {
    Line line = line(name);
    Instant now = clock.instant();
    int revived = transactions.free(h -> rows.revive(h, name, now));
    hurry(line);
    return revived;
  }

  /**
   * The same for one event.
   *
   * @throws DeadEventUnknown if none of that id was given up
   */
  public void resend(String name, String eventId) throws IOException {
    Line line = line(name);
    Instant now = clock.instant();
    if (!transactions.free(h -> rows.revive(h, name, eventId, now))) {
      throw new DeadEventUnknown(name, eventId);
    }
    hurry(line);
  }

  private static void hurry(Line line) throws IOException {
    line.courier().hurry();
    line.news().release();
  }

  /**
   * Forgets what was given up: nobody will get it. What waits stays.
   *
   * @return how many they were
   */
  public int discard(String name) throws IOException {
    line(name);
    int discarded = transactions.free(h -> rows.drop(h, name, Standing.DEAD, Long.MAX_VALUE));
    counts.discarded(name, discarded);
    return discarded;
  }

  /**
   * The same for one event.
   *
   * @throws DeadEventUnknown if none of that id was given up
   */
  public void discard(String name, String eventId) throws IOException {
    line(name);
    if (!transactions.free(h -> rows.drop(h, name, eventId))) {
      throw new DeadEventUnknown(name, eventId);
    }
    counts.discarded(name, 1);
  }

  /** Refuses what {@link #discard(String, String)} would refuse. */
  public void checkDead(String name, String eventId) throws IOException {
    line(name);
    if (!transactions.read(h -> rows.isDead(h, name, eventId))) {
      throw new DeadEventUnknown(name, eventId);
    }
  }

  /** How many {@link #discard(String)} would forget at this moment. */
  public int wouldDiscard(String name) throws IOException {
    line(name);
    return transactions.read(h -> Math.toIntExact(rows.count(h, name, Standing.DEAD)));
  }

  private Line line(String name) {
    Line line = lines.get(name);
    if (line == null) {
      throw new WebhookUnknown(name);
    }
    return line;
  }

  /** Sends nothing more; what is on its way may arrive and be sent again by the next process. */
  public void close() throws IOException, InterruptedException {
    stopping.countDown();
    for (Thread thread : threads) {
      thread.interrupt();
    }
    for (Thread thread : threads) {
      thread.join(STOP_MAX);
    }
    for (Line line : lines.values()) {
      line.courier().leave();
    }
  }
}
