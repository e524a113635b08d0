package dev.plimsoll.registry.event;

import dev.plimsoll.database.Work;
import dev.plimsoll.registry.repository.Change;
import dev.plimsoll.registry.repository.Changes;
import dev.plimsoll.registry.repository.Transactions;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Puts what changes tell into the queues of those who want to know, in the transaction of the change
 * itself: none is lost by a crash, and none is told of a change that was not made. A change is never
 * refused or kept waiting for a receiver's sake. Safe for many threads.
 */
public final class Outbox {
  private final Transactions plain;
  private final List<Webhook> webhooks;
  private final String source;
  private final InstantSource clock;
  private final WebhookRows rows = new WebhookRows();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

  /**
   * For the database of {@code transactions}.
   *
   * @param source what events call the registry
   */
  public Outbox(
      Transactions transactions, List<Webhook> webhooks, String source, InstantSource clock) {
    this.plain = transactions;
    this.webhooks = List.copyOf(webhooks);
    this.source = source;
    this.clock = clock;
  }

  /** The database, for all whose changes are to be told. */
  public Transactions transactions() {
    return webhooks.isEmpty() ? plain : new Telling();
  }

  /** Runs after each commit that put something into a queue; does not wait. */
  void whenFilled(Runnable listener) {
    listeners.add(listener);
  }

  /** An event that is in no queue. */
  byte[] ping(Webhook webhook, String actor) {
    return Event.ping(webhook.name(), actor)
        .body(UUID.randomUUID().toString(), source, clock.instant());
  }

  private final class Telling implements Transactions {
    @Override
    public boolean shared() {
      return plain.shared();
    }

    @Override
    public <T extends @Nullable Object> T read(Work<T> work) throws IOException {
      return plain.read(work);
    }

    @Override
    public <T extends @Nullable Object> T look(Work<T> work) throws IOException {
      return plain.look(work);
    }

    @Override
    public <T extends @Nullable Object> T write(Work<T> work) throws IOException {
      return told(plain.write(telling(work)));
    }

    @Override
    public <T extends @Nullable Object> T free(Work<T> work) throws IOException {
      return told(plain.free(telling(work)));
    }
  }

  /** What a work returned, and whether it put something into a queue. */
  private record Told<T extends @Nullable Object>(T result, boolean filled) {}

  private <T extends @Nullable Object> Work<Told<T>> telling(Work<T> work) {
    return h -> {
      Changes changes = new Changes();
      T result = changes.of(work, h);
      return new Told<>(result, enqueue(h, changes.all()));
    };
  }

  private <T extends @Nullable Object> T told(Told<T> told) {
    if (told.filled()) {
      listeners.forEach(Runnable::run);
    }
    return told.result();
  }

  private boolean enqueue(Handle h, List<Change> changes) {
    if (changes.isEmpty()) {
      return false;
    }
    Instant now = clock.instant();
    Map<Long, String> names = new HashMap<>();
    List<WebhookRows.New> fresh = new ArrayList<>();
    Change.@Nullable Requested request = request(changes);
    for (Change change : changes) {
      if (change instanceof Change.Requested && changes.size() > 1) {
        continue; // it is told with what it did
      }
      Event event =
          Event.of(
              change,
              request,
              id -> names.computeIfAbsent(id, unknown -> rows.repository(h, unknown)));
      add(fresh, event, now);
    }
    rows.insert(h, fresh, now);
    return !fresh.isEmpty();
  }

  private void add(List<WebhookRows.New> fresh, Event event, Instant now) {
    String id = UUID.randomUUID().toString();
    byte @Nullable [] body = null;
    for (Webhook webhook : webhooks) {
      if (webhook.wants(event.type(), event.repository())) {
        body = body == null ? event.body(id, source, now) : body;
        fresh.add(
            new WebhookRows.New(
                webhook.name(), id, event.type().toString(), event.repository(), body));
      }
    }
  }

  private static Change.@Nullable Requested request(List<Change> changes) {
    for (Change change : changes) {
      if (change instanceof Change.Requested requested) {
        return requested;
      }
    }
    return null;
  }
}
