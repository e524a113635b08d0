package dev.plimsoll.registry.api;

import dev.plimsoll.http.Request;
import dev.plimsoll.oci.Json;
import dev.plimsoll.registry.auth.NamePattern;
import dev.plimsoll.registry.moving.RegistryLogin;
import dev.plimsoll.registry.repository.RegistryException.Malformed;
import dev.plimsoll.registry.repository.RegistryException.Malformed.Subject;
import dev.plimsoll.transfer.Credentials;
import dev.plimsoll.transfer.RegistryAddress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * How requests name another registry: its address is in the query, which is on record; what it is
 * shown is in the body, which is not.
 */
final class RemoteParameters {
  private static final int BODY_BYTES_MAX = 1 << 20;
  private static final List<String> LOGIN =
      List.of("username", "password", "identityToken", "registryToken");
  private static final int PATTERNS_MAX = 1000;
  private static final Pattern URL = Pattern.compile("https?://.*", Pattern.CASE_INSENSITIVE);

  private RemoteParameters() {}

  static boolean isUrl(String text) {
    return URL.matcher(text).matches();
  }

  /** The body, with what {@link #login} reads and these keys; an empty object without one. */
  static JsonNode document(Request request, String... keys) throws IOException {
    byte[] body = request.bytes(BODY_BYTES_MAX);
    List<String> known = new ArrayList<>(LOGIN);
    known.addAll(List.of(keys));
    try {
      return Parameters.only(
          Json.tree(body.length == 0 ? new byte[] {'{', '}'} : body), known.toArray(String[]::new));
    } catch (IllegalArgumentException e) {
      // What was sent may hold a password, and is not repeated.
      throw new Malformed(Subject.DOCUMENT, "the body is no JSON document");
    }
  }

  static RegistryLogin login(String from, Request request, JsonNode document) {
    RegistryAddress address = Endpoint.read(Subject.PARAMETER, from, RegistryAddress::parse);
    Credentials credentials =
        Endpoint.read(
            Subject.DOCUMENT,
            document.path("username").asString(""),
            username ->
                Credentials.ofDocker(
                    username,
                    document.path("password").asString(""),
                    document.path("identityToken").asString(""),
                    document.path("registryToken").asString("")));
    return new RegistryLogin(
        address,
        credentials,
        Parameters.flag(request, "insecure")
            ? RegistryLogin.Proof.ANY
            : RegistryLogin.Proof.CERTIFICATE);
  }

  static List<NamePattern> patterns(JsonNode document, String key) {
    List<NamePattern> patterns = new ArrayList<>();
    for (JsonNode text : Parameters.list(document, key)) {
      if (patterns.size() == PATTERNS_MAX) {
        throw new Malformed(
            Subject.DOCUMENT, "%s has more than %d entries".formatted(key, PATTERNS_MAX));
      }
      patterns.add(Endpoint.read(Subject.DOCUMENT, text.asString(""), NamePattern::parse));
    }
    return patterns;
  }
}
