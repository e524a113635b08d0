package dev.plimsoll.registry.event;

import dev.plimsoll.registry.event.Delivery.Answer;
import dev.plimsoll.registry.event.WebhookRows.Standing;
import dev.plimsoll.registry.event.WebhookRows.Waiting;
import dev.plimsoll.registry.repository.Transactions;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings one webhook its events. {@link #turn} is for one thread, the rest for any.
 *
 * <p>Of several replicas one is the sender at a time, for a while that it renews. One that stops
 * without a word is followed by another when that is over; one that only stood still may then send
 * an event that the other sends too.
 */
final class Courier {
  private static final Logger log = LoggerFactory.getLogger(Courier.class);
  private static final int BATCH = 50;
  private static final Duration SENDER_FOR_LEAST = Duration.ofSeconds(30);
  private static final Duration LOOK_EVERY = Duration.ofMinutes(1);

  /** What other replicas put into the queue is only found by looking. */
  private static final Duration LOOK_EVERY_SHARED = Duration.ofSeconds(1);

  /** So many failures in a row are no accident: what is too old is then given up with the rest. */
  private static final int FAILURES_FOR_GOOD = 5;

  private final Webhook webhook;
  private final WebhookSettings settings;
  private final Transactions transactions;
  private final Delivery delivery;
  private final WebhookCounts counts;
  private final String sender;
  private final RandomGenerator random;
  private final InstantSource clock;
  private final WebhookRows rows = new WebhookRows();
  private final Duration senderFor;
  private volatile Instant senderUntil = Instant.EPOCH;
  private volatile Instant pausedUntil = Instant.EPOCH;
  private int failuresInARow;
  private @Nullable Wait lastWait;

  /** An event that was told to wait. */
  private record Wait(long id, Instant until) {}

  /**
   * For one webhook.
   *
   * @param sender what this process is called among replicas
   */
  Courier(
      Webhook webhook,
      WebhookSettings settings,
      Transactions transactions,
      Delivery delivery,
      WebhookCounts counts,
      String sender,
      RandomGenerator random,
      InstantSource clock) {
    this.webhook = webhook;
    this.settings = settings;
    this.transactions = transactions;
    this.delivery = delivery;
    this.counts = counts;
    this.sender = sender;
    this.random = random;
    this.clock = clock;
    this.senderFor = SENDER_FOR_LEAST.plus(webhook.timeout().multipliedBy(3));
  }

  /**
   * Sends what is due, in order, until the receiver is found unreachable.
   *
   * @return when there may be more to do, unless something comes in between
   */
  Instant turn() throws IOException, InterruptedException {
    Instant now = clock.instant();
    Instant look = now.plus(transactions.shared() ? LOOK_EVERY_SHARED : LOOK_EVERY);
    if (!sends(now)) {
      return look;
    }
    if (now.isBefore(pausedUntil) && !hurried()) {
      return earlier(pausedUntil, look);
    }
    List<Waiting> due = transactions.read(h -> rows.due(h, webhook.name(), now, BATCH));
    if (due.isEmpty()) {
      return transactions
          .read(h -> rows.nextDue(h, webhook.name(), now))
          .map(next -> earlier(next, look))
          .orElse(look);
    }
    Set<String> heldUp = new HashSet<>();
    for (Waiting event : due) {
      if (!heldUp.contains(event.repository()) && sends(clock.instant())) {
        switch (delivery.post(webhook, event.body())) {
          case Answer.Taken _ -> delivered(event);
          case Answer.Refused(String reason) -> {
            failed(event, reason);
            heldUp.add(event.repository());
          }
          case Answer.Unreachable(String reason) -> {
            failed(event, reason);
            pause(reason);
            return earlier(pausedUntil, look);
          }
        }
      }
    }
    return clock.instant();
  }

  /** Whether another replica was asked to {@link #hurry}; nothing else brings a wait forward. */
  private boolean hurried() throws IOException {
    Wait last = lastWait;
    return transactions.shared()
        && last != null
        && transactions.read(h -> rows.dueBefore(h, last.id(), last.until()));
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }

  /** Whether this process is the sender; makes it so if nobody is. */
  private boolean sends(Instant now) throws IOException {
    boolean sent = now.isBefore(senderUntil);
    if (sent
        && (!transactions.shared() || now.isBefore(senderUntil.minus(senderFor.dividedBy(2))))) {
      return true;
    }
    // Alone it needs nobody's leave: what a process that was killed had said counts for nothing.
    Instant until = transactions.shared() ? now.plus(senderFor) : Instant.MAX;
    boolean taken =
        transactions.free(h -> {
          boolean free = !transactions.shared() || rows.take(h, webhook.name(), sender, now, until);
          if (free && !sent) {
            rows.hurry(h, webhook.name(), now); // another process's waits are no reason to wait
          }
          return free;
        });
    senderUntil = taken ? until : Instant.EPOCH;
    return taken;
  }

  private void delivered(Waiting event) throws IOException {
    Instant now = clock.instant();
    boolean back = failuresInARow > 0;
    transactions.free(h -> {
      rows.delivered(h, webhook.name(), event.id(), now);
      if (back) {
        rows.hurry(h, webhook.name(), now);
      }
      return true;
    });
    failuresInARow = 0;
    counts.delivered(webhook.name());
    log.debug("event delivered webhook={} event={}", webhook.name(), event.eventId());
  }

  private void failed(Waiting event, String reason) throws IOException {
    Instant now = clock.instant();
    Instant due = now.plus(wait(event.attempts() + 1));
    boolean tooOld = !event.madeAt().plus(settings.ageMax()).isAfter(now);
    transactions.free(h -> {
      rows.failed(h, webhook.name(), event.id(), reason, now, due);
      if (tooOld) {
        rows.die(h, event.id(), now);
      }
      return true;
    });
    lastWait = new Wait(event.id(), due);
    counts.failed(webhook.name());
    log.warn(
        "event not delivered webhook={} event={} type={} attempt={} next={} error={}",
        webhook.name(),
        event.eventId(),
        event.type(),
        event.attempts() + 1,
        tooOld ? "never" : due,
        reason);
  }

  private void pause(String reason) throws IOException {
    failuresInARow++;
    Instant now = clock.instant();
    pausedUntil = now.plus(wait(failuresInARow));
    if (failuresInARow >= FAILURES_FOR_GOOD) {
      int dead =
          transactions.free(
              h -> rows.die(h, webhook.name(), now.minus(settings.ageMax()), now, reason));
      if (dead > 0) {
        log.warn("events given up webhook={} events={}", webhook.name(), dead);
      }
    }
  }

  /** Doubled by each attempt, and somewhere between the half and the whole of that. */
  private Duration wait(int attempts) {
    long most = settings.retryMost().toMillis();
    long doubled = settings.retryFirst().toMillis() << Math.min(attempts - 1, 20);
    long millis = Math.max(1, Math.min(most, doubled));
    return Duration.ofMillis(millis / 2 + random.nextLong(millis / 2 + 1));
  }

  /** Somebody says that the receiver is well again. */
  void hurry() throws IOException {
    Instant now = clock.instant();
    transactions.free(h -> {
      rows.hurry(h, webhook.name(), now);
      return true;
    });
    pausedUntil = Instant.EPOCH;
  }

  /** Lets go of what is too much; left to the sender, so that replicas are not at it together. */
  void trim() throws IOException {
    if (clock.instant().isBefore(senderUntil)) {
      trim(Standing.WAITING, settings.queueMax());
      trim(Standing.DEAD, settings.deadMax());
    }
  }

  private void trim(Standing standing, int most) throws IOException {
    Optional<Long> last = transactions.read(h -> rows.tooOld(h, webhook.name(), standing, most));
    if (last.isPresent()) {
      int dropped = transactions.free(h -> rows.drop(h, webhook.name(), standing, last.get()));
      counts.dropped(webhook.name(), dropped);
      log.warn(
          "events dropped webhook={} events={} of={} most={}",
          webhook.name(),
          dropped,
          standing,
          most);
    }
  }

  /** Leaves the rest to another replica. */
  void leave() throws IOException {
    if (transactions.shared() && clock.instant().isBefore(senderUntil)) {
      transactions.free(h -> {
        rows.give(h, webhook.name(), sender);
        return true;
      });
    }
    senderUntil = Instant.EPOCH;
  }
}
