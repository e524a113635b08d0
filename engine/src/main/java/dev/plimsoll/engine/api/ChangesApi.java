package dev.plimsoll.engine.api;

import dev.plimsoll.engine.archive.Archives;
import dev.plimsoll.http.Response;
import java.io.IOException;

/** {@code GET /containers/{id}/changes}: what a container changed of its image. */
public final class ChangesApi implements Resource {
  private final Archives archives;

  public ChangesApi(Archives archives) {
    this.archives = archives;
  }

  @Override
  public void routes(Router router) {
    router.get("/containers/{id}/changes", this::changes);
  }

  private void changes(ApiRequest request, Response response) throws IOException {
    JsonReply.ok(response, archives.changes(request.path("id")));
  }
}
