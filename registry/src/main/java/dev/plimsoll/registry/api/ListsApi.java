package dev.plimsoll.registry.api;

import dev.plimsoll.http.Request;
import dev.plimsoll.http.Response;
import dev.plimsoll.oci.Json;
import dev.plimsoll.oci.Manifest;
import dev.plimsoll.oci.MediaTypes;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.oci.Tag;
import dev.plimsoll.registry.auth.AccessControl;
import dev.plimsoll.registry.auth.AccessPolicy;
import dev.plimsoll.registry.auth.Caller;
import dev.plimsoll.registry.repository.Manifests;
import dev.plimsoll.registry.repository.StoredManifest;
import dev.plimsoll.registry.repository.Tags;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Lists in pages: tags, repositories, referrers. */
final class ListsApi {
  static final int NAMES_MAX = 10_000;
  static final int REFERRERS_MAX = 100;
  private static final int LOOK_AT_ONCE = 1000;

  /** Annotations travel in a list of referrers; together they may be no larger than a manifest. */
  private static final int REFERRERS_BYTES_MAX = ManifestsApi.SIZE_BYTES_MAX;

  private final Tags tags;
  private final Manifests manifests;
  private final MirrorApi mirrors;
  private final AccessControl access;
  private final Locations locations;

  ListsApi(
      Tags tags,
      Manifests manifests,
      MirrorApi mirrors,
      AccessControl access,
      Locations locations) {
    this.tags = tags;
    this.manifests = manifests;
    this.mirrors = mirrors;
    this.access = access;
    this.locations = locations;
  }

  private record TagList(String name, List<String> tags) {}

  private record RepositoryList(List<String> repositories) {}

  private record ReferrerList(int schemaVersion, String mediaType, List<Referrer> manifests) {}

  private record Referrer(
      String mediaType,
      String digest,
      long size,
      Optional<String> artifactType,
      @Nullable Map<String, String> annotations) {}

  void tags(Endpoint.Tags at, Request request, Response response) throws IOException {
    if (refused(request, response)) {
      return;
    }
    Page page = Page.of(request, NAMES_MAX);
    MirrorApi.Pages here = (after, most) -> tags.page(at.repository(), after, most);
    Optional<List<Tag>> mirrored = mirrors.tags(at.repository(), page, here, response);
    List<String> found =
        (mirrored.isPresent() ? mirrored.get() : here.page(page.after(), page.size() + 1))
            .stream().map(Tag::value).toList();
    String path = "/v2/" + at.repository() + "/tags/list";
    List<String> shown = cut(found, page, path, response);
    json(response, new TagList(at.repository().value(), shown));
  }

  void catalog(Request request, Response response) throws IOException {
    if (refused(request, response)) {
      return;
    }
    Page page = Page.of(request, NAMES_MAX);
    List<String> found =
        visible(page.after(), page.size() + 1).stream().map(RepositoryName::value).toList();
    json(response, new RepositoryList(cut(found, page, "/v2/_catalog", response)));
  }

  /** Repositories that the caller may pull from, as many as asked for, as long as there are any. */
  private List<RepositoryName> visible(String after, int most) throws IOException {
    if (!access.configured()) {
      return tags.catalog(after, most);
    }
    AccessPolicy policy = access.policy();
    Caller caller = Callers.visitor().caller();
    List<RepositoryName> visible = new ArrayList<>();
    String last = after;
    while (visible.size() < most) {
      List<RepositoryName> next = tags.catalog(last, LOOK_AT_ONCE);
      next.stream().filter(name -> caller.maySee(policy, name)).forEach(visible::add);
      if (next.size() < LOOK_AT_ONCE) {
        break;
      }
      last = next.getLast().value();
    }
    return visible.subList(0, Math.min(most, visible.size()));
  }

  void referrers(Endpoint.Referrers at, Request request, Response response) throws IOException {
    if (refused(request, response)) {
      return;
    }
    Page page = Page.of(request, REFERRERS_MAX);
    Optional<String> type = request.query("artifactType").filter(t -> !t.isEmpty());
    Optional<List<StoredManifest>> mirrored = mirrors.referrers(at, type, page, response);
    List<StoredManifest> found =
        mirrored.isPresent()
            ? mirrored.get()
            : manifests.referrers(
                at.repository(), at.subject(), type, page.after(), page.size() + 1);
    List<Referrer> shown = fitting(found, page.size());
    if (shown.size() < found.size() && page.size() > 0) {
      String more = type.map(t -> "&artifactType=" + Locations.encoded(t)).orElse("");
      response.header(
          "Link",
          locations.next(
              "/v2/" + at.repository() + "/referrers/" + at.subject(),
              page.size(),
              shown.getLast().digest(),
              more));
    }
    type.ifPresent(_ -> response.header("OCI-Filters-Applied", "artifactType"));
    response
        .header("Content-Type", MediaTypes.OCI_INDEX)
        .send(Json.write(new ReferrerList(2, MediaTypes.OCI_INDEX, shown)));
  }

  /** The first of them, as many as a page takes; at least one, so that a walk ends. */
  private static List<Referrer> fitting(List<StoredManifest> found, int most) {
    List<Referrer> shown = new ArrayList<>();
    long sizeBytes = 0;
    for (StoredManifest manifest : found.subList(0, Math.min(found.size(), most))) {
      sizeBytes += manifest.bytes().length;
      if (sizeBytes > REFERRERS_BYTES_MAX && !shown.isEmpty()) {
        break;
      }
      Manifest parsed = Manifest.parse(manifest.bytes(), manifest.mediaType());
      shown.add(
          new Referrer(
              manifest.mediaType(),
              manifest.digest().toString(),
              manifest.bytes().length,
              parsed.artifactType(),
              parsed.annotations().isEmpty() ? null : parsed.annotations()));
    }
    return shown;
  }

  private List<String> cut(List<String> found, Page page, String path, Response response) {
    if (found.size() <= page.size() || page.size() == 0) {
      return found.subList(0, Math.min(found.size(), page.size()));
    }
    List<String> shown = found.subList(0, page.size());
    response.header("Link", locations.next(path, page.size(), shown.getLast(), ""));
    return shown;
  }

  private static boolean refused(Request request, Response response) throws IOException {
    if (request.method().equals("GET") || request.method().equals("HEAD")) {
      return false;
    }
    Methods.refuse(response, "GET, HEAD");
    return true;
  }

  private static void json(Response response, Object value) throws IOException {
    response.header("Content-Type", "application/json").send(Json.write(value));
  }
}
