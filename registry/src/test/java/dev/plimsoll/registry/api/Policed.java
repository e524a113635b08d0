package dev.plimsoll.registry.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.plimsoll.oci.Json;
import dev.plimsoll.registry.AccessSettings;
import dev.plimsoll.registry.RegistrySettings;
import dev.plimsoll.registry.api.Client.Reply;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Map;

/** A registry with a policy and users, and how they sign in. */
final class Policed {
  private static final String KEY = "key of the command that makes the first user";

  private Policed() {}

  /** One that has these users, by their passwords. */
  static Client start(
      RegistrySettings settings, Path policy, Map<String, String> users, InstantSource clock)
      throws Exception {
    AccessSettings access = AccessSettings.DEFAULT.withPolicy(policy);
    try (Client first = Client.start(settings.withAccess(access.onlyFor(KEY)), clock)) {
      for (Map.Entry<String, String> user : users.entrySet()) {
        byte[] body = Json.write(Map.of("name", user.getKey(), "password", user.getValue()));
        Reply reply =
            first.send("POST", "/plimsoll/v1/users", body, "Authorization", "Bearer " + KEY);
        if (reply.status() != 200) {
          throw new AssertionError(reply.text());
        }
      }
    }
    return Client.start(settings.withAccess(access), clock);
  }

  static Path policy(Path directory, String text) throws Exception {
    return Files.writeString(directory.resolve("access.yaml"), text);
  }

  static String basic(String user, String password) {
    return "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(UTF_8));
  }

  /** A token for the scope, as {@code Authorization} wants it; asked for without a name if empty. */
  static String bearer(Client client, String who, String scope) throws Exception {
    String path = "/plimsoll/v1/token?service=plimsoll-registry&scope=" + scope;
    Reply reply =
        who.isEmpty() ? client.send("GET", path) : client.send("GET", path, "Authorization", who);
    if (reply.status() != 200) {
      throw new AssertionError(reply.text());
    }
    return "Bearer " + Json.tree(reply.body()).path("token").asString();
  }
}
