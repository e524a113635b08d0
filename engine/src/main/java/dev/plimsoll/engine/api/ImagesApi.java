package dev.plimsoll.engine.api;

import dev.plimsoll.docker.image.ImageSummary;
import dev.plimsoll.engine.image.Image;
import dev.plimsoll.engine.image.ImageLoads;
import dev.plimsoll.engine.image.ImageQuery;
import dev.plimsoll.engine.image.ImageQuery.Scope;
import dev.plimsoll.engine.image.ImageStore;
import dev.plimsoll.engine.image.Progress;
import dev.plimsoll.engine.refusal.EngineException.BadParameter;
import dev.plimsoll.engine.refusal.EngineException.NotImplemented;
import dev.plimsoll.http.Response;
import dev.plimsoll.oci.Json;
import dev.plimsoll.oci.Platform;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** {@code /images}: what is here, and bringing it in from archives. */
public final class ImagesApi implements Resource {
  private static final int NOT_COUNTED = -1;

  private final ImageStore store;
  private final ImageQuery query;
  private final ImageLoads loads;

  public ImagesApi(ImageStore store) {
    this.store = store;
    this.query = new ImageQuery(store);
    this.loads = new ImageLoads(store);
  }

  @Override
  public void routes(Router router) {
    router
        .get("/images/json", this::list)
        .post("/images/load", this::load)
        .get("/images/search", this::search)
        .get("/images/{name...}/json", this::inspect)
        .get("/images/{name...}/history", this::history)
        .post("/images/{name...}/tag", this::tag);
  }

  private void list(ApiRequest request, Response response) throws IOException {
    Scope scope = request.flag("all") ? Scope.ALL : Scope.FINAL;
    List<Image> images = query.list(request.filters(), scope);
    List<ImageSummary> found = new ArrayList<>();
    for (Image image : images) {
      long shared = request.flag("shared-size") ? query.sharedSizeBytes(image) : NOT_COUNTED;
      found.add(ImageReplies.summary(image, request.version(), shared, NOT_COUNTED));
    }
    JsonReply.ok(response, found);
  }

  private void inspect(ApiRequest request, Response response) throws IOException {
    Image image = store.find(request.path("name"));
    JsonReply.ok(
        response,
        ImageReplies.inspect(image, store.lowerDirectories(image.id()), request.version()));
  }

  private void history(ApiRequest request, Response response) throws IOException {
    JsonReply.ok(
        response, store.history(request.path("name")).stream().map(ImageReplies::history).toList());
  }

  private void tag(ApiRequest request, Response response) throws IOException {
    store.tag(
        request.path("name"), request.query("repo").orElse(""), request.query("tag").orElse(""));
    response.status(201).send();
  }

  private void search(ApiRequest request, Response response) {
    throw new NotImplemented(
        "searching Docker Hub is not supported by this engine; search at https://hub.docker.com");
  }

  private void load(ApiRequest request, Response response) throws Exception {
    Optional<Platform> platform = platform(request);
    try (var progress = new ProgressStream(response);
        InputStream archive = request.http().body()) {
      try {
        loads.load(archive, platform, request.flag("quiet") ? quiet(progress) : progress);
      } catch (Exception e) {
        progress.fail(e);
      }
    }
  }

  /** With {@code -q} only what was loaded is told. */
  private static Progress quiet(Progress progress) {
    return new Progress() {
      @Override
      public void stream(String text) {
        progress.stream(text);
      }
    };
  }

  /** {@code linux/arm64} as old clients write it, or the JSON of the platform as new ones do. */
  static Optional<Platform> platform(ApiRequest request) {
    Optional<String> text = request.query("platform");
    try {
      if (text.isPresent() && text.get().startsWith("{")) {
        JsonNode json = Json.tree(text.get().getBytes(java.nio.charset.StandardCharsets.UTF_8));
        String variant = json.path("variant").asString("");
        return Optional.of(
            Platform.parse(
                json.path("os").asString("linux")
                    + "/"
                    + json.path("architecture").asString(Platform.host().architecture())
                    + (variant.isEmpty() ? "" : "/" + variant)));
      }
      return text.map(Platform::parse);
    } catch (IllegalArgumentException e) {
      throw new BadParameter("invalid platform: " + e.getMessage(), e);
    }
  }
}
