package dev.plimsoll.registry.api;

import dev.plimsoll.http.Request;
import dev.plimsoll.http.Response;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.registry.auth.Need;
import dev.plimsoll.registry.repository.RegistryException.Malformed;
import dev.plimsoll.registry.repository.RegistryException.Malformed.Subject;
import dev.plimsoll.registry.repository.RegistryException.ReporterUnknown;
import dev.plimsoll.registry.retention.Deployed;
import dev.plimsoll.registry.retention.DeployedImage;
import dev.plimsoll.registry.retention.DeployedImage.Usage;
import dev.plimsoll.registry.retention.ReporterName;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** {@code /plimsoll/v1/deployed}: what hosts and services run. Described in docs/registry/deployed.md. */
public final class DeployedApi implements AdminResource {
  private static final String PLACE = ROOT + "/deployed";
  private static final int BODY_BYTES_MAX = 8 << 20;
  private static final int PAGE_MAX = 1000;
  private static final List<String> IMAGE_KEYS = List.of("repository", "digest", "use");

  private final Deployed deployed;

  public DeployedApi(Deployed deployed) {
    this.deployed = deployed;
  }

  /**
   * Whether it is a report. One is taken also while the registry is read-only: what hosts run then
   * has to be known when deleting begins again.
   */
  static boolean isReport(String method, String path) {
    return method.equals("PUT") && path.startsWith(PLACE + "/");
  }

  private record Reporters(List<Reporter> reporters) {}

  private record Reporter(String name, Instant reportedAt, String actor, int images) {}

  private record Report(String reporter, List<Image> images) {}

  private record Image(Optional<String> repository, String digest, String use) {}

  private record Taken(String reporter, int images, List<Trashed> inTrash) {}

  private record Trashed(String repository, String digest, long deletion) {}

  private record Removed(String removed) {}

  /** Who reports is a robot of the reporter's name: nobody can speak for another host. */
  @Override
  public Optional<Need> need(String path, Request request) {
    return path.startsWith(PLACE + "/")
        ? Optional.of(new Need.ToBeRobot(path.substring(PLACE.length() + 1)))
        : Optional.empty();
  }

  @Override
  public Set<String> parameters(String path) {
    return path.equals(PLACE) ? Set.of("n", "last") : Set.of();
  }

  @Override
  public boolean handle(String path, Request request, Response response) throws IOException {
    if (path.equals(PLACE)) {
      list(request, response);
    } else if (path.startsWith(PLACE + "/")) {
      String name = path.substring(PLACE.length() + 1);
      one(Endpoint.read(Subject.PARAMETER, name, ReporterName::new), request, response);
    } else {
      return false;
    }
    return true;
  }

  private void list(Request request, Response response) throws IOException {
    if (Parameters.refused("GET", request, response)) {
      return;
    }
    Page page = Page.of(request, PAGE_MAX);
    Parameters.json(
        response,
        new Reporters(
            deployed.reporters(page.after(), page.size()).stream()
                .map(r -> new Reporter(r.name().value(), r.reportedAt(), r.actor(), r.images()))
                .toList()));
  }

  private void one(ReporterName name, Request request, Response response) throws IOException {
    switch (request.method()) {
      case "GET" -> Parameters.json(response, said(name));
      case "PUT" -> {
        List<DeployedImage> images = images(Parameters.document(request, BODY_BYTES_MAX, "images"));
        List<Trashed> trashed =
            deployed.report(name, images, Callers.of(request)).stream()
                .map(t -> new Trashed(t.repository().value(), t.digest().toString(), t.deletion()))
                .toList();
        Parameters.json(response, new Taken(name.value(), images.size(), trashed));
      }
      case "DELETE" -> {
        if (!deployed.remove(name, Callers.of(request))) {
          throw new ReporterUnknown(name.value());
        }
        Parameters.json(response, new Removed(name.value()));
      }
      default -> Methods.refuse(response, "GET, PUT, DELETE");
    }
  }

  private Report said(ReporterName name) throws IOException {
    return new Report(
        name.value(),
        deployed.images(name).orElseThrow(() -> new ReporterUnknown(name.value())).stream()
            .map(image ->
                new Image(
                    image.repository().map(RepositoryName::value),
                    image.digest().toString(),
                    image.usage().word()))
            .toList());
  }

  private static List<DeployedImage> images(JsonNode report) {
    JsonNode list = report.path("images");
    if (!list.isArray()) {
      throw malformed("a report is {\"images\":[{\"repository\":…,\"digest\":…}]}");
    }
    if (list.size() > Deployed.IMAGES_MAX) {
      throw malformed(
          "the report names %d images; it may name %d".formatted(list.size(), Deployed.IMAGES_MAX));
    }
    List<DeployedImage> images = new ArrayList<>();
    for (JsonNode image : list) {
      images.add(image(image));
    }
    return images;
  }

  private static DeployedImage image(JsonNode image) {
    for (String key : image.propertyNames()) {
      if (!IMAGE_KEYS.contains(key)) {
        throw malformed("an image of a report has no \"%s\"; it has %s".formatted(key, IMAGE_KEYS));
      }
    }
    String repository = image.path("repository").asString("");
    return new DeployedImage(
        repository.isEmpty() ? Optional.empty() : Optional.of(Endpoint.name(repository)),
        Endpoint.read(Subject.DIGEST, image.path("digest").asString(""), Digest::parse),
        Endpoint.read(
            Subject.DOCUMENT, image.path("use").asString(Usage.RUNNING.word()), Usage::parse));
  }

  private static Malformed malformed(String reason) {
    return new Malformed(Subject.DOCUMENT, reason);
  }
}
