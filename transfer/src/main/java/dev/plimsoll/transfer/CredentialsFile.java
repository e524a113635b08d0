package dev.plimsoll.transfer;

import dev.plimsoll.oci.ImageName;
import dev.plimsoll.oci.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * Credentials by registry, from a file as {@code docker login} writes it. Immutable; its text form
 * holds no secret.
 *
 * @see <a href="https://docs.docker.com/reference/cli/docker/login/#credential-stores">config.json,
 *     auths</a>
 */
public final class CredentialsFile {
  private static final int BYTES_MAX = 1024 * 1024;
  private static final Set<String> HUB =
      Set.of(ImageName.DOCKER_HUB, "index.docker.io", "registry-1.docker.io");

  private final Map<String, Credentials> byRegistry;

  private CredentialsFile(Map<String, Credentials> byRegistry) {
    this.byRegistry = byRegistry;
  }

  /**
   * Reads a file.
   *
   * @throws IOException with a sentence if it cannot be read or understood
   */
  public static CredentialsFile read(Path file) throws IOException {
    if (Files.size(file) > BYTES_MAX) {
      throw new IOException("%s is larger than %d bytes".formatted(file, BYTES_MAX));
    }
    Map<String, Credentials> found = new HashMap<>();
    try {
      JsonNode auths = Json.tree(Files.readAllBytes(file)).path("auths");
      auths
          .properties()
          .forEach(entry ->
              found.put(registry(entry.getKey()), credentials(entry.getKey(), entry.getValue())));
    } catch (IllegalArgumentException e) {
      throw new IOException(
          "%s is not a file of credentials as docker login writes it: %s"
              .formatted(file, e.getMessage()),
          e);
    }
    return new CredentialsFile(found);
  }

  /**
   * What the file has for a registry; {@link Credentials#anonymous} if nothing.
   *
   * @param registry host and port, or {@code docker.io}
   */
  public Credentials of(String registry) {
    return byRegistry.getOrDefault(registry(registry), Credentials.anonymous());
  }

  private static Credentials credentials(String key, JsonNode entry) {
    String username = entry.path("username").asString("");
    String password = entry.path("password").asString("");
    String auth = entry.path("auth").asString("");
    if (!auth.isEmpty()) {
      String pair = decoded(key, auth);
      int colon = pair.indexOf(':');
      if (colon < 0) {
        throw new IllegalArgumentException("auth of " + key + " is no user and password");
      }
      username = pair.substring(0, colon);
      password = pair.substring(colon + 1);
    }
    return Credentials.ofDocker(
        username,
        password,
        entry.path("identitytoken").asString(""),
        entry.path("registrytoken").asString(""));
  }

  private static String decoded(String key, String auth) {
    try {
      return new String(Base64.getDecoder().decode(auth), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("auth of " + key + " is not base64", e);
    }
  }

  /** Docker writes {@code https://index.docker.io/v1/} for its own, others host and port. */
  private static String registry(String key) {
    String host = key.replaceFirst("^https?://", "").replaceFirst("/.*$", "");
    return HUB.contains(host) ? ImageName.DOCKER_HUB : host;
  }
}
