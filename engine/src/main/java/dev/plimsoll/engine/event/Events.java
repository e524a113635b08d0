package dev.plimsoll.engine.event;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Keeps the last events and hands new ones to every subscriber, in the order in which they were
 * published. Safe for many threads; {@link #publish} never blocks on a subscriber.
 */
public final class Events {
  /** As many as dockerd keeps. */
  private static final int KEPT_MAX = 256;

  private final InstantSource clock;
  private final Deque<Event> kept = new ArrayDeque<>();
  private final List<Subscription> subscriptions = new ArrayList<>();

  public Events(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * Tells that something has happened, now. Call it when the thing is done and durable.
   *
   * @param id of the thing: a container's full id, an image's name or id, a volume's name
   */
  public void publish(Event.Type type, String action, String id, Map<String, String> attributes) {
    publish(new Event(type, action, id, attributes, clock.instant()));
  }

  /** Tells of something that happened at another time, such as a death while the daemon was down. */
  public synchronized void publish(Event event) {
    if (kept.size() == KEPT_MAX) {
      kept.removeFirst();
    }
    kept.addLast(event);
    subscriptions.forEach(subscription -> subscription.offer(event));
  }

  /** What will happen from now on. The caller closes it. */
  public synchronized Subscription subscribe(Predicate<Event> filter) {
    var subscription = new Subscription(this, filter);
    subscriptions.add(subscription);
    return subscription;
  }

  /** What has happened since then and is still kept, and what will happen. The caller closes it. */
  public synchronized Subscription subscribe(Predicate<Event> filter, Instant since) {
    Subscription subscription = subscribe(filter);
    kept.stream().filter(event -> !event.time().isBefore(since)).forEach(subscription::offer);
    return subscription;
  }

  /** What has happened between two moments and is still kept. */
  public synchronized List<Event> between(Predicate<Event> filter, Instant since, Instant until) {
    return kept.stream()
        .filter(event -> !event.time().isBefore(since) && !event.time().isAfter(until))
        .filter(filter)
        .toList();
  }

  public synchronized int subscribers() {
    return subscriptions.size();
  }

  synchronized void forget(Subscription subscription) {
    subscriptions.remove(subscription);
  }
}
