package dev.plimsoll.registry.api;

import dev.plimsoll.http.BodyException;
import dev.plimsoll.http.Request;
import dev.plimsoll.http.Response;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.Tag;
import dev.plimsoll.registry.mirror.Mirror;
import dev.plimsoll.registry.repository.Manifests;
import dev.plimsoll.registry.repository.RegistryException.Malformed.Subject;
import dev.plimsoll.registry.repository.RegistryException.ManifestTooLarge;
import dev.plimsoll.registry.repository.Space;
import dev.plimsoll.registry.repository.StoredManifest;
import dev.plimsoll.registry.retention.Pulls;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** {@code /v2/<name>/manifests/<reference>}. */
final class ManifestsApi {
  /** What the specification asks a registry to take, and no more: the whole of it is in memory. */
  static final int SIZE_BYTES_MAX = 4 * 1024 * 1024;

  private static final int ABSENT_TOLD_MAX = 20;

  private final Manifests manifests;
  private final Pulls pulls;
  private final Space space;
  private final MirrorApi mirrors;
  private final Locations locations;

  ManifestsApi(
      Manifests manifests, Pulls pulls, Space space, MirrorApi mirrors, Locations locations) {
    this.manifests = manifests;
    this.pulls = pulls;
    this.space = space;
    this.mirrors = mirrors;
    this.locations = locations;
  }

  void handle(Endpoint.ManifestOf at, Request request, Response response) throws IOException {
    switch (request.method()) {
      case "GET", "HEAD" -> get(at, request, response);
      case "PUT" -> put(at, request, response);
      case "DELETE" -> {
        manifests.deleteAskedFor(at.repository(), at.reference(), Callers.of(request));
        response.status(202).send();
      }
      default -> Methods.refuse(response, "GET, HEAD, PUT, DELETE");
    }
  }

  private void get(Endpoint.ManifestOf at, Request request, Response response) throws IOException {
    Optional<Mirror.Served> mirrored = mirrors.manifest(at, response);
    StoredManifest manifest =
        mirrored.isPresent()
            ? mirrored.get().manifest()
            : manifests.get(at.repository(), at.reference());
    // HEAD counts: with it clients ask whether what they have is still right, and pull no further.
    pulls.pulled(at.repository(), at.reference(), manifest.digest());
    response
        .header("Docker-Content-Digest", manifest.digest())
        .header("ETag", Etags.of(manifest.digest()));
    if (Etags.matches(request, manifest.digest())) {
      response.status(304).send();
      return;
    }
    response.header("Content-Type", manifest.mediaType()).send(manifest.bytes());
  }

  private void put(Endpoint.ManifestOf at, Request request, Response response) throws IOException {
    mirrors.refusePush(at.repository());
    space.refuseIfLow();
    Set<Tag> alsoTagged = new LinkedHashSet<>();
    for (String tag : request.queries("tag")) {
      alsoTagged.add(Endpoint.read(Subject.TAG, tag, Tag::new));
    }
    Manifests.Put put =
        manifests.put(
            at.repository(),
            new Manifests.Pushed(
                at.reference(),
                alsoTagged,
                contentType(request),
                bytes(request),
                Callers.of(request)));
    response
        .header("Location", locations.manifest(at.repository(), put.digest()))
        .header("Docker-Content-Digest", put.digest());
    put.subject().ifPresent(subject -> response.header("OCI-Subject", subject));
    alsoTagged.forEach(tag -> response.addHeader("OCI-Tag", tag));
    if (!put.absent().isEmpty()) {
      response.header(
          "Plimsoll-Absent",
          put.absent().stream()
              .limit(ABSENT_TOLD_MAX)
              .map(Digest::toString)
              .collect(Collectors.joining(", ")));
    }
    response.status(201).send();
  }

  private static byte[] bytes(Request request) throws IOException {
    if (request.contentLength().orElse(0) > SIZE_BYTES_MAX) {
      throw new ManifestTooLarge(SIZE_BYTES_MAX);
    }
    try {
      return request.bytes(SIZE_BYTES_MAX);
    } catch (BodyException.TooLarge e) {
      ManifestTooLarge refusal = new ManifestTooLarge(SIZE_BYTES_MAX);
      refusal.initCause(e);
      throw refusal;
    }
  }

  private static String contentType(Request request) {
    String header = request.header("Content-Type").orElse("");
    int parameters = header.indexOf(';');
    return (parameters < 0 ? header : header.substring(0, parameters)).strip();
  }
}
