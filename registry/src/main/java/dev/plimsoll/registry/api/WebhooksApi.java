package dev.plimsoll.registry.api;

import dev.plimsoll.http.Request;
import dev.plimsoll.http.Response;
import dev.plimsoll.registry.event.DeadEvent;
import dev.plimsoll.registry.event.Delivery.Answer;
import dev.plimsoll.registry.event.Webhooks;
import dev.plimsoll.registry.repository.RegistryException.Malformed;
import dev.plimsoll.registry.repository.RegistryException.Malformed.Subject;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** {@code /plimsoll/v1/webhooks}: who is told of changes, and whether it works. */
public final class WebhooksApi implements AdminResource {
  private static final String PLACE = ROOT + "/webhooks";
  private static final String EVENT = "event";
  private static final int PAGE_MAX = 1000;

  private final Webhooks webhooks;

  public WebhooksApi(Webhooks webhooks) {
    this.webhooks = webhooks;
  }

  private record All(List<One> webhooks) {}

  private record One(
      String name,
      String url,
      boolean signed,
      List<String> events,
      List<String> repositories,
      long queued,
      long dead,
      Optional<Instant> lastSuccess,
      Optional<Failure> lastError) {

    static One of(Webhooks.Status status) {
      return new One(
          status.webhook().name(),
          status.webhook().place(),
          status.webhook().secret().isPresent(),
          status.webhook().events().stream().map(Object::toString).toList(),
          status.webhook().repositories().stream().map(Object::toString).toList(),
          status.queued(),
          status.dead(),
          status.deliveredAt(),
          status.failedAt().map(at -> new Failure(at, status.error())));
    }
  }

  private record Failure(Instant at, String error) {}

  private record Dead(List<DeadEvent> events) {}

  private record Tested(boolean delivered, String answer, long millis) {}

  private record Resent(String webhook, int resent) {}

  private record Discarded(String webhook, boolean dryRun, int discarded) {}

  @Override
  public Set<String> parameters(String path) {
    if (!path.startsWith(PLACE + "/")) {
      return Set.of();
    }
    if (path.endsWith("/dead")) {
      return Set.of("n", "last", EVENT);
    }
    return path.endsWith("/resend") ? Set.of(EVENT) : Set.of();
  }

  @Override
  public boolean rehearses(String method, String path) {
    return method.equals("DELETE") && path.startsWith(PLACE + "/") && path.endsWith("/dead");
  }

  @Override
  public boolean handle(String path, Request request, Response response) throws IOException {
    if (path.equals(PLACE)) {
      if (!Parameters.refused("GET", request, response)) {
        Parameters.json(response, new All(webhooks.list().stream().map(One::of).toList()));
      }
      return true;
    }
    String[] words =
        path.startsWith(PLACE + "/")
            ? path.substring(PLACE.length() + 1).split("/")
            : new String[0];
    return words.length == 2 && handle(words[0], words[1], request, response);
  }

  private boolean handle(String name, String verb, Request request, Response response)
      throws IOException {
    switch (verb) {
      case "dead" -> dead(name, request, response);
      case "test" -> test(name, request, response);
      case "resend" -> {
        if (!Parameters.refused("POST", request, response)) {
          Parameters.json(response, new Resent(name, resent(name, request.query(EVENT))));
        }
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  private int resent(String name, Optional<String> event) throws IOException {
    if (event.isEmpty()) {
      return webhooks.resend(name);
    }
    webhooks.resend(name, event.get());
    return 1;
  }

  private void dead(String name, Request request, Response response) throws IOException {
    switch (request.method()) {
      case "GET" -> {
        if (request.query(EVENT).isPresent()) {
          throw new Malformed(Subject.PARAMETER, "a list is not of one event; leave out event");
        }
        Page page = Page.of(request, PAGE_MAX);
        long before = page.before();
        Parameters.json(response, new Dead(webhooks.dead(name, before, page.size())));
      }
      case "DELETE" -> discard(name, request, response);
      default -> Methods.refuse(response, "GET, DELETE");
    }
  }

  private void discard(String name, Request request, Response response) throws IOException {
    if (!Set.of(Parameters.DRY_RUN, EVENT).containsAll(request.queryNames())) {
      throw new Malformed(
          Subject.PARAMETER,
          "all that was given up is discarded, or one event; leave out n and last");
    }
    boolean dryRun = Parameters.dryRun(request);
    Optional<String> event = request.query(EVENT);
    int events = event.isPresent() ? discarded(name, event.get(), dryRun) : discarded(name, dryRun);
    Parameters.json(response, new Discarded(name, dryRun, events));
  }

  private int discarded(String name, boolean dryRun) throws IOException {
    return dryRun ? webhooks.wouldDiscard(name) : webhooks.discard(name);
  }

  private int discarded(String name, String event, boolean dryRun) throws IOException {
    if (dryRun) {
      webhooks.checkDead(name, event);
    } else {
      webhooks.discard(name, event);
    }
    return 1;
  }

  private void test(String name, Request request, Response response) throws IOException {
    if (Parameters.refused("POST", request, response)) {
      return;
    }
    long began = System.nanoTime();
    Answer answer = posted(name, Callers.of(request));
    long millis = Duration.ofNanos(System.nanoTime() - began).toMillis();
    Parameters.json(
        response,
        switch (answer) {
          case Answer.Taken(int status) -> new Tested(true, "answered " + status, millis);
          case Answer.Refused(String reason) -> new Tested(false, reason, millis);
          case Answer.Unreachable(String reason) -> new Tested(false, reason, millis);
        });
  }

  private Answer posted(String name, String actor) throws IOException {
    try {
      return webhooks.test(name, actor);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      var cut = new InterruptedIOException("interrupted while webhook " + name + " was tested");
      cut.initCause(e);
      throw cut;
    }
  }
}
