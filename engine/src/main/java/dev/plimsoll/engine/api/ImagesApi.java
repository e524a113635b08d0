package dev.plimsoll.engine.api;

import dev.plimsoll.docker.AuthConfig;
import dev.plimsoll.docker.image.DistributionReply;
import dev.plimsoll.docker.image.ImageDeleteItem;
import dev.plimsoll.docker.image.ImagePruneReply;
import dev.plimsoll.docker.image.ImageSummary;
import dev.plimsoll.engine.image.Image;
import dev.plimsoll.engine.image.ImageId;
import dev.plimsoll.engine.image.ImageImports;
import dev.plimsoll.engine.image.ImageLoads;
import dev.plimsoll.engine.image.ImageNames;
import dev.plimsoll.engine.image.ImagePrunes;
import dev.plimsoll.engine.image.ImagePulls;
import dev.plimsoll.engine.image.ImagePushes;
import dev.plimsoll.engine.image.ImageQuery;
import dev.plimsoll.engine.image.ImageQuery.Scope;
import dev.plimsoll.engine.image.ImageRemovals;
import dev.plimsoll.engine.image.ImageSaves;
import dev.plimsoll.engine.image.ImageStore;
import dev.plimsoll.engine.image.Progress;
import dev.plimsoll.engine.image.RegistryAnswers;
import dev.plimsoll.engine.image.RemoveOptions;
import dev.plimsoll.engine.image.Removed;
import dev.plimsoll.engine.refusal.EngineException.BadParameter;
import dev.plimsoll.engine.refusal.EngineException.NotImplemented;
import dev.plimsoll.http.Response;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.ImageManifest;
import dev.plimsoll.oci.ImageName;
import dev.plimsoll.oci.Index;
import dev.plimsoll.oci.Json;
import dev.plimsoll.oci.Platform;
import dev.plimsoll.oci.Tag;
import dev.plimsoll.transfer.Credentials;
import dev.plimsoll.transfer.Download;
import dev.plimsoll.transfer.ManifestContent;
import dev.plimsoll.transfer.Registries;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import tools.jackson.databind.JsonNode;

/** {@code /images}: what is here, where it comes from, where it goes. */
public final class ImagesApi implements Resource {
  private static final int NOT_COUNTED = -1;

  private final ImageStore store;
  private final ImageQuery query;
  private final ImageLoads loads;
  private final ImageSaves saves;
  private final ImageImports imports;
  private final ImagePulls pulls;
  private final ImagePushes pushes;
  private final ImageRemovals removals;
  private final ImagePrunes prunes;
  private final Registries registries;

  public ImagesApi(ImageStore store, Registries registries) {
    this.store = store;
    this.registries = registries;
    this.query = new ImageQuery(store);
    this.loads = new ImageLoads(store);
    this.saves = new ImageSaves(store);
    this.imports = new ImageImports(store);
    this.pulls = new ImagePulls(store, registries);
    this.pushes = new ImagePushes(store, registries);
    this.removals = new ImageRemovals(store);
    this.prunes = new ImagePrunes(store, removals);
  }

  @Override
  public void routes(Router router) {
    router
        .get("/images/json", this::list)
        .post("/images/create", this::create)
        .post("/images/load", this::load)
        .post("/images/prune", this::prune)
        .get("/images/get", this::save)
        .get("/images/search", this::search)
        .get("/images/{name...}/json", this::inspect)
        .get("/images/{name...}/history", this::history)
        .get("/images/{name...}/get", this::saveOne)
        .post("/images/{name...}/tag", this::tag)
        .post("/images/{name...}/push", this::push)
        .delete("/images/{name...}", this::remove)
        .get("/distribution/{name...}/json", this::distribution);
  }

  private void list(ApiRequest request, Response response) throws IOException {
    Scope scope = request.flag("all") ? Scope.ALL : Scope.FINAL;
    List<ImageSummary> found = new ArrayList<>();
    for (Image image : query.list(request.filters(), scope)) {
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

  private void create(ApiRequest request, Response response) throws Exception {
    if (request.query("fromImage").isPresent()) {
      pull(request, response);
    } else if (request.query("fromSrc").isPresent()) {
      load(request, response, request.query("fromSrc").get());
    } else {
      throw new BadParameter("one of fromImage and fromSrc is needed");
    }
  }

  private void pull(ApiRequest request, Response response) throws Exception {
    ImageName name = pulledName(request);
    Optional<Platform> platform = platform(request);
    Credentials credentials = credentials(request);
    run(
        request,
        response,
        progress -> {
          if (name.tag().isEmpty() && name.digest().isEmpty()) {
            pulls.pullAll(name, platform, credentials, progress);
          } else {
            pulls.pull(name, platform, credentials, progress);
          }
        });
  }

  /** The tag parameter wins over the one in the name, and may be a digest; without both, all tags. */
  private static ImageName pulledName(ApiRequest request) {
    String image = request.query("fromImage").orElseThrow();
    String tag = request.query("tag").orElse("");
    ImageName name = ImageNames.parse(image);
    if (tag.isEmpty()) {
      return name;
    }
    return tag.contains(":")
        ? ImageNames.parse(name.withoutReference() + "@" + tag)
        : name.digest().isPresent() ? name : name.withTag(ImageNames.tag(tag));
  }

  private static Credentials credentials(ApiRequest request) {
    AuthConfig auth = request.registryAuth();
    try {
      return Credentials.ofDocker(
          auth.username(), auth.password(), auth.identityToken(), auth.registryToken());
    } catch (IllegalArgumentException e) {
      throw new BadParameter("invalid credentials: " + e.getMessage(), e);
    }
  }

  private interface Work {
    void run(Progress progress) throws Exception;
  }

  /** Runs what takes long, tells how it goes, and breaks it off when the client is gone. */
  private static void run(ApiRequest request, Response response, Work work) throws Exception {
    Thread worker = Thread.currentThread();
    var ended = new AtomicBoolean();
    request
        .http()
        .onDisconnect(() -> {
          if (!ended.get()) {
            worker.interrupt();
          }
        });
    try (var progress = new ProgressStream(response)) {
      try {
        work.run(progress);
      } catch (Exception e) {
        progress.fail(e);
      } finally {
        ended.set(true);
      }
    }
  }

  private void load(ApiRequest request, Response response, String source) throws Exception {
    Optional<ImageName> name =
        request
            .query("repo")
            .map(ImageNames::parse)
            .map(n -> request.query("tag").map(t -> n.withTag(ImageNames.tag(t))).orElse(n))
            .map(ImageName::withDefaultTag);
    var wanted =
        new ImageImports.Request(
            name,
            request.query("message").orElse("Imported from " + source),
            request.queries("changes"),
            platform(request).orElse(Platform.host()));
    if (!source.equals("-")) {
      URI url = url(source);
      run(request, response, progress -> importFrom(url, wanted, progress));
      return;
    }
    try (var progress = new ProgressStream(response);
        InputStream archive = request.http().body()) {
      try {
        imports.load(archive, wanted, progress);
      } catch (Exception e) {
        progress.fail(e);
      }
    }
  }

  private static URI url(String source) {
    try {
      URI url = new URI(source.contains("://") ? source : "http://" + source);
      if (Set.of("http", "https").contains(url.getScheme()) && url.getHost() != null) {
        return url;
      }
    } catch (URISyntaxException e) {
      throw new BadParameter("invalid URL to import from: " + e.getMessage(), e);
    }
    throw new BadParameter(
        "cannot import from \"%s\": only http:// and https:// URLs, and - for what is sent"
            .formatted(source));
  }

  private void importFrom(URI url, ImageImports.Request wanted, Progress progress)
      throws IOException, InterruptedException {
    progress.status("Downloading from " + url);
    try (Download download = registries.download(url)) {
      imports.load(download.body(), wanted, progress);
    }
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

  private void save(ApiRequest request, Response response) throws Exception {
    List<String> names = request.queries("names");
    if (names.isEmpty()) {
      throw new BadParameter("names of images are needed");
    }
    save(names, response);
  }

  private void saveOne(ApiRequest request, Response response) throws Exception {
    save(List.of(request.path("name")), response);
  }

  private void save(List<String> names, Response response) throws Exception {
    try (ImageSaves.Selection selection = saves.select(names)) {
      try (OutputStream out =
          response.status(200).header("Content-Type", "application/x-tar").stream()) {
        selection.writeTo(out);
      }
    }
  }

  private void push(ApiRequest request, Response response) throws Exception {
    ImageName name = ImageNames.parse(request.path("name"));
    Optional<Tag> tag = request.query("tag").map(ImageNames::tag).or(name::tag);
    Credentials credentials = credentials(request);
    run(request, response, progress -> pushes.push(name, tag, credentials, progress));
  }

  private void remove(ApiRequest request, Response response) throws IOException {
    var options = new RemoveOptions(request.flag("force"), !request.flag("noprune"));
    JsonReply.ok(
        response,
        removals.remove(request.path("name"), options).stream().map(ImagesApi::item).toList());
  }

  private static ImageDeleteItem item(Removed removed) {
    return switch (removed) {
      case Removed.Untagged(ImageName name) -> new ImageDeleteItem(name.familiar(), null);
      case Removed.Image(ImageId id) -> new ImageDeleteItem(null, id.toString());
      case Removed.Layer(Digest chainId) -> new ImageDeleteItem(null, chainId.toString());
    };
  }

  private void prune(ApiRequest request, Response response) throws IOException {
    ImagePrunes.Pruned pruned = prunes.prune(request.filters());
    List<ImageDeleteItem> items = pruned.removed().stream().map(ImagesApi::item).toList();
    JsonReply.ok(
        response, new ImagePruneReply(items.isEmpty() ? null : items, pruned.freedBytes()));
  }

  private void distribution(ApiRequest request, Response response) throws Exception {
    ImageName name = ImageNames.parse(request.path("name")).withDefaultTag();
    ManifestContent content = RegistryAnswers.manifest(registries, name, credentials(request));
    List<Platform> platforms =
        switch (content.manifest()) {
          case Index index ->
              index.manifests().stream().flatMap(d -> d.platform().stream()).toList();
          case ImageManifest _ -> List.of();
        };
    JsonReply.ok(
        response,
        new DistributionReply(
            new DistributionReply.Descriptor(
                content.descriptor().mediaType(),
                content.digest().toString(),
                content.descriptor().size()),
            platforms.stream()
                .map(p ->
                    new DistributionReply.Platform(
                        p.architecture(), p.os(), p.variant().orElse(null)))
                .toList()));
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
