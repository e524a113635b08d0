package dev.plimsoll.engine.api;

import dev.plimsoll.docker.event.EventMessage;
import dev.plimsoll.engine.event.Event;
import dev.plimsoll.engine.event.EventFilter;
import dev.plimsoll.engine.event.Events;
import dev.plimsoll.engine.event.Subscription;
import dev.plimsoll.engine.refusal.EngineException.BadParameter;
import dev.plimsoll.http.Response;
import dev.plimsoll.oci.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code GET /events}: one JSON object a line, for as long as the client listens. */
public final class EventsApi implements Resource {
  private static final Logger log = LoggerFactory.getLogger(EventsApi.class);

  /** Long enough to cost nothing; a client that goes ends the wait at once anyway. */
  private static final Duration WAIT_MAX = Duration.ofMinutes(10);

  private final Events events;
  private final InstantSource clock;

  public EventsApi(Events events, InstantSource clock) {
    this.events = events;
    this.clock = clock;
  }

  @Override
  public void routes(Router router) {
    router.get("/events", this::stream);
  }

  private void stream(ApiRequest request, Response response)
      throws IOException, InterruptedException {
    Optional<Instant> since = Timestamps.instant(request, "since");
    Optional<Instant> until = Timestamps.instant(request, "until");
    if (since.isPresent() && until.isPresent() && since.get().isAfter(until.get())) {
      throw new BadParameter(
          "`since` time (%s) cannot be after `until` time (%s)"
              .formatted(request.query("since").orElse(""), request.query("until").orElse("")));
    }
    var filter = new EventFilter(request.filters());
    try (Subscription subscription =
        since.isPresent() ? events.subscribe(filter, since.get()) : events.subscribe(filter)) {
      request.http().onDisconnect(subscription::close);
      // The header goes out before anything has happened: clients wait for it.
      OutputStream out = response.header("Content-Type", "application/json").stream();
      out.flush();
      deliver(subscription, until.orElse(Instant.MAX), out);
      out.close();
    }
  }

  private void deliver(Subscription subscription, Instant until, OutputStream out)
      throws IOException, InterruptedException {
    while (true) {
      Optional<Event> event = subscription.next(remaining(until));
      if (event.isPresent()) {
        if (event.get().time().isAfter(until)) {
          return;
        }
        out.write(Json.write(message(event.get())));
        out.write('\n');
        out.flush();
      } else if (subscription.ended()) {
        if (subscription.fellBehind()) {
          log.warn("event listener fell behind and was ended");
        }
        return;
      } else if (!clock.instant().isBefore(until)) {
        return;
      }
    }
  }

  private Duration remaining(Instant until) {
    if (until.equals(Instant.MAX)) {
      return WAIT_MAX;
    }
    Duration left = Duration.between(clock.instant(), until);
    return left.isNegative() ? Duration.ZERO : left.compareTo(WAIT_MAX) > 0 ? WAIT_MAX : left;
  }

  static EventMessage message(Event event) {
    boolean legacy = event.type() == Event.Type.CONTAINER || event.type() == Event.Type.IMAGE;
    @Nullable String from =
        event.type() == Event.Type.CONTAINER ? event.attributes().get("image") : null;
    return new EventMessage(
        legacy ? event.action() : null,
        legacy ? event.id() : null,
        from,
        event.type().word(),
        event.action(),
        new EventMessage.Actor(event.id(), event.attributes()),
        "local",
        event.time().getEpochSecond(),
        ChronoUnit.NANOS.between(Instant.EPOCH, event.time()));
  }
}
