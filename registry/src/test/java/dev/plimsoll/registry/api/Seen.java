package dev.plimsoll.registry.api;

import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.Json;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/** What clients see of a registry in which a {@link Deed} was done. */
final class Seen {
  private final Client client;
  private final Map<String, String> all = new TreeMap<>();

  private Seen(Client client) {
    this.client = client;
  }

  /** Every tag, manifest and blob with what comes of it, referrers, and the trash. */
  static Map<String, String> of(Client client) throws Exception {
    Seen seen = new Seen(client);
    for (String repository : List.of("team/app", "team/other", "moved")) {
      seen.repository(repository);
    }
    for (JsonNode referrer :
        seen.json("/v2/team/app/referrers/" + Deed.digest("a")).path("manifests")) {
      seen.all.put("referrer " + referrer.path("digest").asString(), "");
    }
    for (JsonNode deletion : seen.json("/plimsoll/v1/trash").path("deletions")) {
      seen.all.put(
          "trash %s %s"
              .formatted(
                  deletion.path("repository").asString(), deletion.path("reference").asString()),
          "%s manifests, %s tags".formatted(deletion.path("manifests"), deletion.path("tags")));
    }
    return seen.all;
  }

  private void repository(String repository) throws Exception {
    String at = "/v2/" + repository;
    for (JsonNode tag : json(at + "/tags/list").path("tags")) {
      String name = at + "/manifests/" + tag.asString();
      all.put(name, image(repository, name));
    }
    for (String image : List.of("a", "b", "c", "d", "e", "f", "gone")) {
      String name = at + "/manifests/" + Deed.digest(image);
      all.put(name, image(repository, name));
    }
    for (byte[] bytes :
        List.of(Deed.PUSHED, Deed.WHOLE, Deed.CONDEMNED, Deed.layer("a"), Deed.layer("d"))) {
      Digest digest = Digest.sha256(bytes);
      all.put(repository + " " + digest, blob(repository, digest.toString()));
    }
  }

  private JsonNode json(String path) throws Exception {
    return Json.tree(client.send("GET", path).body());
  }

  private String image(String repository, String name) throws Exception {
    Client.Reply reply = client.send("GET", name);
    if (reply.status() != 200) {
      return Integer.toString(reply.status());
    }
    JsonNode manifest = Json.tree(reply.body());
    return "%s config %s layer %s"
        .formatted(
            Digest.sha256(reply.body()),
            blob(repository, manifest.path("config").path("digest").asString()),
            blob(repository, manifest.path("layers").path(0).path("digest").asString()));
  }

  private String blob(String repository, String digest) throws Exception {
    Client.Reply reply = client.send("GET", "/v2/" + repository + "/blobs/" + digest);
    boolean right = Digest.sha256(reply.body()).toString().equals(digest);
    return reply.status() == 200 && !right ? "wrong bytes" : Integer.toString(reply.status());
  }
}
