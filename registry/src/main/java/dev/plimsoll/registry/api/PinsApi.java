package dev.plimsoll.registry.api;

import dev.plimsoll.http.Request;
import dev.plimsoll.http.Response;
import dev.plimsoll.oci.Reference;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.registry.auth.Need;
import dev.plimsoll.registry.repository.RegistryException.Malformed;
import dev.plimsoll.registry.repository.RegistryException.Malformed.Subject;
import dev.plimsoll.registry.repository.RegistryException.NotPinned;
import dev.plimsoll.registry.retention.Pin;
import dev.plimsoll.registry.retention.Pins;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** {@code /plimsoll/v1/pins}: tags and digests that no rule may delete. */
public final class PinsApi implements AdminResource {
  private static final int PAGE_MAX = 1000;
  private static final int REASON_CHARS_MAX = 1000;

  private final Pins pins;

  public PinsApi(Pins pins) {
    this.pins = pins;
  }

  private record PinList(List<Item> pins) {}

  private record Item(
      String repository, String reference, Instant pinnedAt, String actor, String reason) {
    static Item of(Pin pin) {
      return new Item(
          pin.repository().value(),
          pin.reference().toString(),
          pin.at(),
          pin.actor(),
          pin.reason());
    }
  }

  private record Unpinned(String repository, String reference) {}

  @Override
  public Optional<Need> need(String path, Request request) {
    return path.equals(ROOT + "/pins") ? Parameters.toAdministerOne(request) : Optional.empty();
  }

  @Override
  public Set<String> parameters(String path) {
    return path.equals(ROOT + "/pins")
        ? Set.of("repository", "reference", "reason", "n", "last")
        : Set.of();
  }

  @Override
  public boolean handle(String path, Request request, Response response) throws IOException {
    if (!path.equals(ROOT + "/pins")) {
      return false;
    }
    switch (request.method()) {
      case "GET" -> list(request, response);
      case "PUT" -> pin(request, response);
      case "DELETE" -> unpin(request, response);
      default -> Methods.refuse(response, "GET, PUT, DELETE");
    }
    return true;
  }

  private void list(Request request, Response response) throws IOException {
    Page page = Page.of(request, PAGE_MAX);
    String after = page.after();
    int at = after.indexOf('@') < 0 ? after.lastIndexOf(':') : after.indexOf('@');
    Parameters.json(
        response,
        new PinList(
            pins
                .list(
                    request.query("repository").map(Endpoint::name),
                    at < 0 ? after : after.substring(0, at),
                    at < 0 ? "" : after.substring(at + 1),
                    page.size())
                .stream()
                .map(Item::of)
                .toList()));
  }

  private void pin(Request request, Response response) throws IOException {
    String reason = request.query("reason").orElse("");
    if (reason.length() > REASON_CHARS_MAX) {
      throw new Malformed(
          Subject.DOCUMENT, "the reason is longer than %d characters".formatted(REASON_CHARS_MAX));
    }
    Pin pin = pins.pin(repository(request), reference(request), Callers.of(request), reason);
    Parameters.json(response, Item.of(pin));
  }

  private void unpin(Request request, Response response) throws IOException {
    RepositoryName repository = repository(request);
    Reference reference = reference(request);
    if (!pins.unpin(repository, reference, Callers.of(request))) {
      throw new NotPinned(repository, reference);
    }
    Parameters.json(response, new Unpinned(repository.value(), reference.toString()));
  }

  private static RepositoryName repository(Request request) {
    return Endpoint.name(Parameters.required(request, "repository"));
  }

  private static Reference reference(Request request) {
    return Endpoint.reference(Parameters.required(request, "reference"));
  }
}
