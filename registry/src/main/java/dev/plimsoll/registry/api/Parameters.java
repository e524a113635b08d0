package dev.plimsoll.registry.api;

import dev.plimsoll.http.Request;
import dev.plimsoll.http.Response;
import dev.plimsoll.oci.Json;
import dev.plimsoll.registry.auth.Action;
import dev.plimsoll.registry.auth.Need;
import dev.plimsoll.registry.repository.RegistryException.JobRefused;
import dev.plimsoll.registry.repository.RegistryException.Malformed;
import dev.plimsoll.registry.repository.RegistryException.Malformed.Subject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** What the subjects of the registry's own API read and answer alike. */
final class Parameters {
  /** Asks what a change would do. */
  static final String DRY_RUN = "dry-run";

  private Parameters() {}

  static String required(Request request, String name) {
    return request
        .query(name)
        .orElseThrow(
            () -> new Malformed(Subject.PARAMETER, "the parameter %s is missing".formatted(name)));
  }

  /** An absolute path on the registry's machine. */
  static Path directory(Request request, String name) {
    Path directory = Path.of(required(request, name));
    if (!directory.isAbsolute()) {
      throw new JobRefused(directory + " is not an absolute path of the registry's machine");
    }
    return directory.normalize();
  }

  /** A parameter's value. */
  static long number(String name, String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new Malformed(
          Subject.PARAMETER, "%s is \"%s\"; it must be a whole number".formatted(name, text));
    }
  }

  /** Whether it is only to be told what the change would do. */
  static boolean dryRun(Request request) {
    return flag(request, DRY_RUN);
  }

  /** {@code ?name} and {@code ?name=true}; what is neither yes nor no is refused. */
  static boolean flag(Request request, String name) {
    return request
        .query(name)
        .map(value ->
            switch (value) {
              case "", "true", "1", "yes" -> true;
              case "false", "0", "no" -> false;
              default ->
                  throw new Malformed(
                      Subject.PARAMETER,
                      "%s is \"%s\"; it must be true or false".formatted(name, value));
            })
        .orElse(false);
  }

  /** Answers 405, and returns true, if the request's method is another. */
  static boolean refused(String method, Request request, Response response) throws IOException {
    if (request.method().equals(method)) {
      return false;
    }
    Methods.refuse(response, method);
    return true;
  }

  /** For what concerns the repository of a parameter, looking after that one is enough. */
  static Optional<Need> toAdministerOne(Request request) {
    return request.query("repository").map(name -> new Need.On(Action.ADMIN, Endpoint.name(name)));
  }

  /** The JSON document that a request carries; it may have these keys and no others. */
  static JsonNode document(Request request, int bytesMax, String... keys) throws IOException {
    byte[] body = request.bytes(bytesMax);
    try {
      return only(Json.tree(body), keys);
    } catch (IllegalArgumentException e) {
      Malformed refusal = new Malformed(Subject.DOCUMENT, String.valueOf(e.getMessage()));
      refusal.initCause(e);
      throw refusal;
    }
  }

  /** Refuses other keys: a robot that is to {@code expire} and not to {@code expires} never would. */
  static JsonNode only(JsonNode document, String... keys) {
    List<String> known = List.of(keys);
    if (!document.isObject()) {
      throw new Malformed(Subject.DOCUMENT, "a document with " + known + " must be sent");
    }
    for (String key : document.propertyNames()) {
      if (!known.contains(key)) {
        throw new Malformed(
            Subject.DOCUMENT, "the document has no \"%s\"; it has %s".formatted(key, known));
      }
    }
    return document;
  }

  /** The entries of a list that a document may have. */
  static Iterable<JsonNode> list(JsonNode document, String key) {
    JsonNode list = document.path(key);
    if (!list.isMissingNode() && !list.isNull() && !list.isArray()) {
      throw new Malformed(Subject.DOCUMENT, "\"%s\" must be a list".formatted(key));
    }
    return list;
  }

  static void json(Response response, Object value) throws IOException {
    response.header("Content-Type", "application/json").send(Json.write(value));
  }
}
