package dev.plimsoll.engine.api;

import dev.plimsoll.engine.refusal.EngineException.NotFound;
import dev.plimsoll.engine.refusal.EngineException.NotImplemented;
import dev.plimsoll.engine.refusal.EngineException.Unavailable;
import java.util.List;
import java.util.Map;

/**
 * The part of the Engine API that this engine does not have, refused by name: building, plugins,
 * swarm and what else no other resource answers, so it is added to the router last. Each is answered as dockerd answers where it has the thing but it is turned off, so that
 * clients take the way they already know.
 */
public final class MissingApi implements Resource {
  static final String NO_SWARM =
      "This node is not a swarm manager. Use \"docker swarm init\" or \"docker swarm join\" to"
          + " connect this node to swarm and try again.";

  @Override
  public void routes(Router router) {
    building(router);
    plugins(router);
    swarm(router);
    files(router);
    router.get(
        "/containers/{id}/attach/ws",
        refuse("attaching by websocket is not supported: use POST /containers/{id}/attach"));
    router.get("/images/search", refuse("searching Docker Hub is not supported"));
  }

  private static void building(Router router) {
    router.post(
        "/build",
        refuse(
            "building images is not supported by this engine yet: build with buildx in a"
                + " container (docker buildx create --use --driver docker-container) or push from"
                + " elsewhere"));
    // Nothing is built, so there is nothing to prune: `docker system prune` asks for this too.
    router.post(
        "/build/prune",
        (_, response) ->
            JsonReply.ok(response, Map.of("CachesDeleted", List.of(), "SpaceReclaimed", 0)));
    router.post("/build/cancel", refuse("building images is not supported by this engine yet"));
    router.post("/session", refuse("sessions of BuildKit are not supported by this engine yet"));
    router.post("/grpc", refuse("BuildKit is not part of this engine yet"));
    router.post("/commit", refuse("making an image from a container is not supported yet"));
  }

  private static void files(Router router) {
    ApiHandler copying = refuse("copying to and from containers is not supported yet");
    router.head("/containers/{id}/archive", copying);
    router.get("/containers/{id}/archive", copying);
    router.put("/containers/{id}/archive", copying);
    router.get(
        "/containers/{id}/changes",
        refuse("listing the changes of a container is not supported yet"));
    router.get("/containers/{id}/export", refuse("exporting a container is not supported yet"));
  }

  private static void plugins(Router router) {
    router.get("/plugins", (_, response) -> JsonReply.ok(response, List.of()));
    router.get(
        "/plugins/{name...}/json",
        (request, _) -> {
          throw new NotFound("plugin \"%s\" not found".formatted(request.path("name")));
        });
    ApiHandler refusal = refuse("plugins are not supported by this engine");
    router.get("/plugins/privileges", refusal);
    router.delete("/plugins/{name...}", refusal);
    router.post("/plugins/pull", refusal);
    router.post("/plugins/create", refusal);
    for (String verb : List.of("enable", "disable", "upgrade", "push", "set")) {
      router.post("/plugins/{name...}/" + verb, refusal);
    }
  }

  private static void swarm(Router router) {
    ApiHandler noSwarm =
        (_, _) -> {
          throw new Unavailable(NO_SWARM);
        };
    for (String subject : List.of("nodes", "services", "tasks", "secrets", "configs")) {
      router.get("/" + subject, noSwarm);
      router.post("/" + subject + "/create", noSwarm);
      router.get("/" + subject + "/{id}", noSwarm);
      router.delete("/" + subject + "/{id}", noSwarm);
      router.post("/" + subject + "/{id}/update", noSwarm);
      router.get("/" + subject + "/{id}/logs", noSwarm);
    }
    router.get("/swarm", noSwarm);
    router.get("/swarm/unlockkey", noSwarm);
    router.post("/swarm/leave", noSwarm);
    router.post("/swarm/update", noSwarm);
    router.post("/swarm/unlock", noSwarm);
    ApiHandler noCluster =
        refuse("swarm mode is not part of this engine: it runs containers of one machine");
    router.post("/swarm/init", noCluster);
    router.post("/swarm/join", noCluster);
    router.put("/volumes/{name}", noSwarm);
  }

  private static ApiHandler refuse(String sentence) {
    return (_, _) -> {
      throw new NotImplemented(sentence);
    };
  }
}
