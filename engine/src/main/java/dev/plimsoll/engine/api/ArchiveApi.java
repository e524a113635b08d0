package dev.plimsoll.engine.api;

import dev.plimsoll.docker.container.PathStat;
import dev.plimsoll.engine.archive.Archives;
import dev.plimsoll.engine.archive.Archives.Ownership;
import dev.plimsoll.engine.archive.Archives.Replace;
import dev.plimsoll.engine.refusal.EngineException.BadParameter;
import dev.plimsoll.http.Response;
import dev.plimsoll.oci.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Base64;

/** {@code /containers/{id}/archive} and {@code export}: files of containers as archives. */
public final class ArchiveApi implements Resource {
  private static final String TYPE = "application/x-tar";

  private final Archives archives;

  public ArchiveApi(Archives archives) {
    this.archives = archives;
  }

  @Override
  public void routes(Router router) {
    router
        .head("/containers/{id}/archive", this::stat)
        .get("/containers/{id}/archive", this::read)
        .put("/containers/{id}/archive", this::extract)
        .get("/containers/{id}/export", this::export);
  }

  private static String path(ApiRequest request) {
    return request
        .query("path")
        .orElseThrow(() -> new BadParameter("bad parameter: path cannot be empty"));
  }

  private void stat(ApiRequest request, Response response)
      throws IOException, InterruptedException {
    try (Archives.Part part = archives.find(request.path("id"), path(request))) {
      tell(response, part.stat());
    }
    response.status(200).send();
  }

  private void read(ApiRequest request, Response response)
      throws IOException, InterruptedException {
    try (Archives.Part part = archives.find(request.path("id"), path(request))) {
      tell(response, part.stat());
      response.status(200).header("Content-Type", TYPE);
      try (OutputStream out = response.stream()) {
        part.writeTo(out);
      }
    }
    archives.wasRead(request.path("id"));
  }

  private static void tell(Response response, PathStat stat) {
    String text = Base64.getEncoder().encodeToString(Json.write(stat));
    response.header("X-Docker-Container-Path-Stat", text);
  }

  private void extract(ApiRequest request, Response response)
      throws IOException, InterruptedException {
    archives.extract(
        request.path("id"),
        path(request),
        request.http().body(),
        request.flag("noOverwriteDirNonDir") ? Replace.SAME_KIND : Replace.ANYTHING,
        request.flag("copyUIDGID") ? Ownership.OF_CONTAINER : Ownership.AS_ARCHIVED);
    response.status(200).send();
  }

  private void export(ApiRequest request, Response response)
      throws IOException, InterruptedException {
    try (Archives.Export export = archives.export(request.path("id"))) {
      response.status(200).header("Content-Type", TYPE);
      try (OutputStream out = response.stream()) {
        export.writeTo(out);
      }
    }
  }
}
