package dev.plimsoll.engine.api;

import dev.plimsoll.docker.container.ContainerSummary;
import dev.plimsoll.docker.image.ImageSummary;
import dev.plimsoll.docker.system.DiskUsageReply;
import dev.plimsoll.docker.volume.VolumeReply;
import dev.plimsoll.engine.container.Containers;
import dev.plimsoll.engine.container.ListRequest;
import dev.plimsoll.engine.filter.Filters;
import dev.plimsoll.engine.image.Image;
import dev.plimsoll.engine.image.ImageQuery;
import dev.plimsoll.engine.image.ImageStore;
import dev.plimsoll.engine.refusal.EngineException.BadParameter;
import dev.plimsoll.engine.volume.Volume;
import dev.plimsoll.engine.volume.Volumes;
import dev.plimsoll.http.Response;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@code GET /system/df}: what everything occupies. It reads the disk, so it may take a while. */
public final class DiskUsageApi implements Resource {
  private static final Set<String> KINDS = Set.of("container", "image", "volume", "build-cache");
  private static final long NOT_KNOWN = -1;

  private final ImageQuery query;
  private final Containers containers;
  private final Volumes volumes;

  public DiskUsageApi(ImageStore images, Containers containers, Volumes volumes) {
    this.query = new ImageQuery(images);
    this.containers = containers;
    this.volumes = volumes;
  }

  @Override
  public void routes(Router router) {
    router.get("/system/df", this::usage);
  }

  private void usage(ApiRequest request, Response response) throws IOException {
    List<String> asked = request.queries("type");
    for (String kind : asked) {
      if (!KINDS.contains(kind)) {
        throw new BadParameter("unknown object type: " + kind);
      }
    }
    Set<String> kinds = asked.isEmpty() ? KINDS : Set.copyOf(asked);
    JsonReply.ok(
        response,
        new DiskUsageReply(
            kinds.contains("image") ? query.layersSizeBytes() : 0,
            kinds.contains("image") ? images(request) : null,
            kinds.contains("container") ? containers() : null,
            kinds.contains("volume") ? volumes() : null,
            kinds.contains("build-cache") ? List.of() : null));
  }

  private List<ImageSummary> images(ApiRequest request) throws IOException {
    List<ImageSummary> found = new ArrayList<>();
    for (Image image : query.list(Filters.NONE, ImageQuery.Scope.FINAL)) {
      found.add(
          ImageReplies.summary(
              image,
              request.version(),
              query.sharedSizeBytes(image),
              containers.containersUsing(image.id()).size()));
    }
    return found;
  }

  private List<ContainerSummary> containers() throws IOException {
    return containers.list(new ListRequest(true, 0, true, Filters.NONE));
  }

  private List<VolumeReply> volumes() throws IOException {
    Map<String, Integer> uses = volumes.useCounts();
    List<VolumeReply> found = new ArrayList<>();
    for (Volume volume : volumes.list(Filters.NONE)) {
      long size = volumes.sizeBytes(volume).orElse(NOT_KNOWN);
      int count = uses.getOrDefault(volume.name(), 0);
      found.add(VolumesApi.reply(volume, new VolumeReply.UsageData(size, count)));
    }
    return found;
  }
}
