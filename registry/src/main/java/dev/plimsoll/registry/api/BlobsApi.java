package dev.plimsoll.registry.api;

import dev.plimsoll.http.Request;
import dev.plimsoll.http.Response;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.registry.repository.Blobs;
import dev.plimsoll.registry.repository.OpenBlob;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.Arrays;
import java.util.Optional;

/** {@code /v2/<name>/blobs/<digest>}. */
final class BlobsApi {
  private static final ErrorReply OUTSIDE =
      new ErrorReply(416, "SIZE_INVALID", "nothing of the blob is in that range");

  private final Blobs blobs;

  BlobsApi(Blobs blobs) {
    this.blobs = blobs;
  }

  void handle(Endpoint.Blob at, Request request, Response response) throws IOException {
    switch (request.method()) {
      case "HEAD" -> head(at, request, response);
      case "GET" -> get(at, request, response);
      case "DELETE" -> {
        blobs.delete(at.repository(), at.digest());
        response.status(202).send();
      }
      default -> Methods.refuse(response, "HEAD, GET, DELETE");
    }
  }

  private void head(Endpoint.Blob at, Request request, Response response) throws IOException {
    long sizeBytes = blobs.promise(at.repository(), at.digest());
    describe(at.digest(), response);
    if (Etags.matches(request, at.digest())) {
      response.status(304).send();
      return;
    }
    response.header("Content-Length", sizeBytes).send();
  }

  private void get(Endpoint.Blob at, Request request, Response response) throws IOException {
    Optional<URI> elsewhere = blobs.address(at.repository(), at.digest());
    if (elsewhere.isPresent() && !Etags.matches(request, at.digest())) {
      describe(at.digest(), response);
      response
          .status(307)
          .header("Location", elsewhere.get())
          .header("Cache-Control", "no-store")
          .send();
      return;
    }
    try (OpenBlob blob = blobs.open(at.repository(), at.digest())) {
      if (Etags.matches(request, at.digest())) {
        response.status(304).header("ETag", Etags.of(at.digest())).send();
        return;
      }
      Optional<ByteRange> range = range(at.digest(), request, blob.sizeBytes());
      if (range.isPresent() && !range.get().satisfiable()) {
        response.header("Content-Range", "bytes */" + blob.sizeBytes());
        OUTSIDE.send(response);
        return;
      }
      describe(at.digest(), response);
      range.ifPresent(part ->
          response.status(206).header("Content-Range", part.contentRange(blob.sizeBytes())));
      send(blob, range.orElse(new ByteRange(0, blob.sizeBytes())), response);
    }
  }

  private static Optional<ByteRange> range(Digest digest, Request request, long sizeBytes) {
    boolean same =
        request.header("If-Range").map(etag -> etag.equals(Etags.of(digest))).orElse(true);
    return same
        ? request.header("Range").flatMap(r -> ByteRange.of(r, sizeBytes))
        : Optional.empty();
  }

  private static void send(OpenBlob blob, ByteRange part, Response response) throws IOException {
    switch (blob) {
      case OpenBlob.InMemory(byte[] bytes) ->
          response.send(
              part.length() == bytes.length
                  ? bytes
                  : Arrays.copyOfRange(
                      bytes, (int) part.first(), (int) (part.first() + part.length())));
      case OpenBlob.Stored(var stored) when stored.channel().isPresent() ->
          response.send(stored.channel().get(), part.first(), part.length());
      case OpenBlob.Stored(var stored) -> {
        try (InputStream bytes = stored.stream(part.first(), part.length())) {
          response.send(bytes, part.length());
        }
      }
    }
  }

  private static void describe(Digest digest, Response response) {
    response
        .header("Content-Type", "application/octet-stream")
        .header("Docker-Content-Digest", digest)
        .header("ETag", Etags.of(digest))
        .header("Accept-Ranges", "bytes");
  }
}
