package dev.plimsoll.registry.api;

import dev.plimsoll.http.Response;
import java.io.IOException;

/** Methods that an endpoint does not have. */
final class Methods {
  private Methods() {}

  static void refuse(Response response, String allowed) throws IOException {
    response.header("Allow", allowed);
    new ErrorReply(405, "UNSUPPORTED", "the endpoint has only these methods: " + allowed)
        .send(response);
  }
}
