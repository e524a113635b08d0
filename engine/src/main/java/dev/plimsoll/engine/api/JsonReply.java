package dev.plimsoll.engine.api;

import dev.plimsoll.http.Response;
import dev.plimsoll.oci.Json;
import java.io.IOException;
import java.util.Arrays;

/** Answers that are one JSON document. */
public final class JsonReply {
  private JsonReply() {}

  /** Sends the value as the whole answer, ended by a line feed as dockerd does. */
  public static void send(Response response, int status, Object value) throws IOException {
    byte[] json = Json.write(value);
    byte[] line = Arrays.copyOf(json, json.length + 1);
    line[json.length] = '\n';
    response.status(status).header("Content-Type", "application/json").send(line);
  }

  public static void ok(Response response, Object value) throws IOException {
    send(response, 200, value);
  }

  /** The answer to a command that has nothing to say: 204. */
  public static void noContent(Response response) throws IOException {
    response.status(204).send();
  }
}
