package dev.plimsoll.engine.api;

import dev.plimsoll.docker.volume.VolumeCreateRequest;
import dev.plimsoll.docker.volume.VolumeListReply;
import dev.plimsoll.docker.volume.VolumePruneReply;
import dev.plimsoll.docker.volume.VolumeReply;
import dev.plimsoll.engine.filter.Filters;
import dev.plimsoll.engine.refusal.EngineException.NotFound;
import dev.plimsoll.engine.refusal.EngineException.Unavailable;
import dev.plimsoll.engine.volume.Volume;
import dev.plimsoll.engine.volume.Volumes;
import dev.plimsoll.http.Response;
import java.io.IOException;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code /volumes}. */
public final class VolumesApi implements Resource {
  /** From this version on a prune takes only volumes that nobody has named. */
  private static final int PRUNES_ANONYMOUS_ONLY = 42;

  private final Volumes volumes;

  public VolumesApi(Volumes volumes) {
    this.volumes = volumes;
  }

  @Override
  public void routes(Router router) {
    router
        .get("/volumes", this::list)
        .post("/volumes/create", this::create)
        .post("/volumes/prune", this::prune)
        .get("/volumes/{name}", this::inspect)
        .delete("/volumes/{name}", this::remove);
  }

  private void list(ApiRequest request, Response response) throws IOException {
    List<VolumeReply> found =
        volumes.list(request.filters()).stream().map(VolumesApi::reply).toList();
    JsonReply.ok(response, new VolumeListReply(found, List.of()));
  }

  private void create(ApiRequest request, Response response) throws IOException {
    VolumeCreateRequest asked = request.json(VolumeCreateRequest.class);
    if (asked.forCluster()) {
      throw new Unavailable(MissingApi.NO_SWARM);
    }
    Volume volume =
        volumes.create(asked.name(), asked.driver(), asked.driverOpts(), asked.labels());
    JsonReply.send(response, 201, reply(volume));
  }

  private void inspect(ApiRequest request, Response response) throws IOException {
    JsonReply.ok(response, reply(volumes.get(request.path("name"))));
  }

  private void remove(ApiRequest request, Response response) throws IOException {
    try {
      volumes.remove(request.path("name"));
    } catch (NotFound e) {
      if (!request.flag("force")) {
        throw e;
      }
    }
    JsonReply.noContent(response);
  }

  private void prune(ApiRequest request, Response response) throws IOException {
    Filters filters = request.filters();
    if (!request.version().atLeast(PRUNES_ANONYMOUS_ONLY)) {
      filters = filters.without("all").with("all", "true");
    }
    Volumes.Pruned pruned = volumes.prune(filters);
    JsonReply.ok(response, new VolumePruneReply(pruned.names(), pruned.bytes()));
  }

  static VolumeReply reply(Volume volume) {
    return reply(volume, null);
  }

  /** A volume together with what it costs. */
  static VolumeReply reply(Volume volume, VolumeReply.@Nullable UsageData usage) {
    return new VolumeReply(
        volume.createdAt().truncatedTo(ChronoUnit.SECONDS).toString(),
        Volume.DRIVER,
        nullIfEmpty(volume.labels()),
        volume.mountpoint().toString(),
        volume.name(),
        nullIfEmpty(volume.options()),
        "local",
        usage);
  }

  private static @Nullable Map<String, String> nullIfEmpty(Map<String, String> map) {
    return map.isEmpty() ? null : map;
  }
}
