package dev.plimsoll.registry.api;

import dev.plimsoll.http.Request;
import dev.plimsoll.http.Response;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.registry.auth.AccessControl;
import dev.plimsoll.registry.auth.Action;
import dev.plimsoll.registry.auth.Caller;
import dev.plimsoll.registry.repository.Blobs;
import dev.plimsoll.registry.repository.Chunk;
import dev.plimsoll.registry.repository.Quotas;
import dev.plimsoll.registry.repository.RegistryException.ChunkOutOfOrder;
import dev.plimsoll.registry.repository.RegistryException.Malformed;
import dev.plimsoll.registry.repository.RegistryException.Malformed.Subject;
import dev.plimsoll.registry.repository.RegistryException.SizeMismatch;
import dev.plimsoll.registry.repository.Space;
import dev.plimsoll.registry.repository.UploadId;
import dev.plimsoll.registry.repository.Uploads;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code /v2/<name>/blobs/uploads/} and {@code /v2/<name>/blobs/uploads/<id>}. */
final class UploadsApi {
  /** OCI writes {@code 0-99}; Docker's own form is that of HTTP, {@code bytes 0-99/*}. */
  private static final Pattern CONTENT_RANGE =
      Pattern.compile("(?:bytes )?([0-9]{1,18})-([0-9]{1,18})(?:/.*)?");

  private final Uploads uploads;
  private final Blobs blobs;
  private final Space space;
  private final Quotas quotas;
  private final AccessControl access;
  private final Locations locations;
  private final long chunkMinBytes;

  UploadsApi(
      Uploads uploads,
      Blobs blobs,
      Space space,
      Quotas quotas,
      AccessControl access,
      Locations locations,
      long chunkMinBytes) {
    this.uploads = uploads;
    this.blobs = blobs;
    this.space = space;
    this.quotas = quotas;
    this.access = access;
    this.locations = locations;
    this.chunkMinBytes = chunkMinBytes;
  }

  void handle(Endpoint.Uploads at, Request request, Response response) throws IOException {
    if (!request.method().equals("POST")) {
      Methods.refuse(response, "POST");
      return;
    }
    Optional<String> mount = request.query("mount");
    Optional<String> digest = request.query("digest");
    if (mount.isPresent() && mounted(at.repository(), mount.get(), request)) {
      created(at.repository(), Endpoint.digest(mount.get()), response);
      return;
    }
    space.refuseIfLow();
    quotas.refuseIfFull(at.repository(), request.contentLength().orElse(0));
    if (digest.isPresent() && request.hasBody()) {
      Digest promised = Endpoint.digest(digest.get());
      uploads.put(at.repository(), promised, body(request));
      created(at.repository(), promised, response);
      return;
    }
    UploadId id = uploads.begin(at.repository());
    if (chunkMinBytes > 0) {
      response.header("OCI-Chunk-Min-Length", chunkMinBytes);
    }
    progress(at.repository(), id, 0, response).status(202).send();
  }

  void handle(Endpoint.Upload at, Request request, Response response) throws IOException {
    try {
      switch (request.method()) {
        case "GET", "HEAD" -> {
          long size = uploads.size(at.repository(), at.id());
          progress(at.repository(), at.id(), size, response).status(204).send();
        }
        case "PATCH" -> {
          space.refuseIfLow();
          quotas.refuseIfFull(at.repository(), request.contentLength().orElse(0));
          long size = uploads.append(at.repository(), at.id(), offset(request), body(request));
          progress(at.repository(), at.id(), size, response).status(202).send();
        }
        case "PUT" -> finish(at, request, response);
        case "DELETE" -> {
          uploads.cancel(at.repository(), at.id());
          response.status(204).send();
        }
        default -> Methods.refuse(response, "GET, HEAD, PATCH, PUT, DELETE");
      }
    } catch (ChunkOutOfOrder e) {
      progress(at.repository(), at.id(), e.sizeBytes(), response);
      throw e;
    }
  }

  private void finish(Endpoint.Upload at, Request request, Response response) throws IOException {
    Digest promised =
        Endpoint.digest(
            request
                .query("digest")
                .orElseThrow(
                    () -> new Malformed(Subject.DIGEST, "the parameter digest is missing")));
    if (request.hasBody()) {
      space.refuseIfLow();
      quotas.refuseIfFull(at.repository(), request.contentLength().orElse(0));
    }
    Chunk last = request.hasBody() ? body(request) : Chunk.EMPTY;
    uploads.finish(at.repository(), at.id(), promised, offset(request), last);
    created(at.repository(), promised, response);
  }

  private boolean mounted(RepositoryName repository, String mount, Request request)
      throws IOException {
    Caller caller = Callers.visitor().caller();
    return blobs.mount(
        repository,
        Endpoint.digest(mount),
        request.query("from").map(Endpoint::name),
        source -> access.allows(caller, Action.PULL, source));
  }

  private static Chunk body(Request request) {
    return sink -> request.forEachPart(sink::accept);
  }

  private static OptionalLong offset(Request request) {
    Optional<String> header = request.header("Content-Range");
    if (header.isEmpty()) {
      return OptionalLong.empty();
    }
    Matcher range = CONTENT_RANGE.matcher(header.get());
    if (!range.matches()) {
      throw new Malformed(
          Subject.UPLOAD,
          "Content-Range is \"%s\"; it must be first-last, such as 0-1023".formatted(header.get()));
    }
    long first = Long.parseLong(range.group(1));
    long announced = Long.parseLong(range.group(2)) - first + 1;
    if (request.contentLength().orElse(announced) != announced) {
      throw new SizeMismatch(announced, request.contentLength().orElse(0));
    }
    return OptionalLong.of(first);
  }

  private Response progress(
      RepositoryName repository, UploadId id, long sizeBytes, Response response) {
    return response
        .header("Location", locations.upload(repository, id))
        .header("Range", "0-" + Math.max(0, sizeBytes - 1))
        .header("Docker-Upload-UUID", id);
  }

  private void created(RepositoryName repository, Digest digest, Response response)
      throws IOException {
    response
        .status(201)
        .header("Location", locations.blob(repository, digest))
        .header("Docker-Content-Digest", digest)
        .send();
  }
}
