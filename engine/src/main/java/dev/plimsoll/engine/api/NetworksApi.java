package dev.plimsoll.engine.api;

import dev.plimsoll.docker.network.NetworkReply;
import dev.plimsoll.engine.filter.Filters;
import dev.plimsoll.engine.refusal.EngineException.BadParameter;
import dev.plimsoll.engine.refusal.EngineException.Forbidden;
import dev.plimsoll.engine.refusal.EngineException.NotFound;
import dev.plimsoll.engine.refusal.EngineException.NotImplemented;
import dev.plimsoll.http.Response;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * {@code /networks}: the networks that every engine has can be looked at; making, changing and
 * removing others is refused by name.
 */
public final class NetworksApi implements Resource {
  private static final Set<String> LIST_FILTERS =
      Set.of("dangling", "driver", "id", "label", "name", "scope", "type");
  private static final Set<String> BUILT_IN = Set.of("bridge", "host", "none");

  private final Catalog catalog;

  /** Tells which networks there are. */
  @FunctionalInterface
  public interface Catalog {
    List<NetworkReply> networks() throws IOException;
  }

  public NetworksApi(Catalog catalog) {
    this.catalog = catalog;
  }

  @Override
  public void routes(Router router) {
    router
        .get("/networks", this::list)
        .get("/networks/{id}", this::inspect)
        .delete("/networks/{id}", this::remove)
        .post("/networks/create", refuse("making networks"))
        .post("/networks/prune", this::prune)
        .post("/networks/{id}/connect", refuse("connecting a container to a further network"))
        .post("/networks/{id}/disconnect", refuse("disconnecting a container from a network"));
  }

  private void list(ApiRequest request, Response response) throws IOException {
    Filters filters = request.filters().allowOnly(LIST_FILTERS);
    JsonReply.ok(
        response,
        catalog.networks().stream().filter(network -> matches(filters, network)).toList());
  }

  private static boolean matches(Filters filters, NetworkReply network) {
    boolean builtIn = BUILT_IN.contains(network.name());
    for (String type : filters.all("type")) {
      if (!type.equals("builtin") && !type.equals("custom")) {
        throw Filters.invalid("type", List.of(type));
      }
    }
    return filters.matchesExactly("driver", network.driver())
        && filters.matchesPattern("name", network.name())
        && filters.matchesPattern("id", network.id())
        && filters.matchesExactly("scope", network.scope())
        && filters.matchesPairs("label", network.labels())
        && filters.matchesExactly("type", builtIn ? "builtin" : "custom")
        && filters
            .flag("dangling")
            .map(dangling -> dangling == (!builtIn && network.containers().isEmpty()))
            .orElse(true);
  }

  private void inspect(ApiRequest request, Response response) throws IOException {
    JsonReply.ok(response, find(request.path("id")));
  }

  /** By name, by id, or by the beginning of an id that only one network has. */
  private NetworkReply find(String nameOrId) throws IOException {
    List<NetworkReply> all = catalog.networks();
    for (NetworkReply network : all) {
      if (network.name().equals(nameOrId) || network.id().equals(nameOrId)) {
        return network;
      }
    }
    List<NetworkReply> beginning =
        all.stream().filter(network -> network.id().startsWith(nameOrId)).toList();
    if (beginning.size() > 1) {
      throw new BadParameter(
          "network %s is ambiguous (%d matches found on ID prefix)"
              .formatted(nameOrId, beginning.size()));
    }
    if (beginning.isEmpty()) {
      throw new NotFound("network %s not found".formatted(nameOrId));
    }
    return beginning.getFirst();
  }

  private void remove(ApiRequest request, Response response) throws IOException {
    NetworkReply network = find(request.path("id"));
    throw new Forbidden(
        "%s is a pre-defined network and cannot be removed".formatted(network.name()));
  }

  private void prune(ApiRequest request, Response response) throws IOException {
    request.filters().allowOnly(Set.of("until", "label", "label!"));
    JsonReply.ok(response, Map.of("NetworksDeleted", List.of()));
  }

  private static ApiHandler refuse(String what) {
    return (_, _) -> {
      throw new NotImplemented(what + " is not supported by this engine yet");
    };
  }
}
