package dev.plimsoll.engine.crash;

import dev.plimsoll.docker.DockerClient;
import dev.plimsoll.http.client.ClientResponse;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/** What an engine shows, as a {@link Ledger} has it: a line for each thing. */
final class Inventory {
  private static final String ANONYMOUS = "[0-9a-f]{64}";
  private static final int ANSWER_BYTES_MAX = 64 << 20;

  private Inventory() {}

  /** Names of images that begin so, with the image's id. */
  static Map<String, String> images(DockerClient client, String prefix)
      throws IOException, InterruptedException {
    Map<String, String> found = new TreeMap<>();
    for (JsonNode image : client.get("/images/json")) {
      for (JsonNode name : image.path("RepoTags")) {
        if (name.stringValue().startsWith(prefix)) {
          found.put("image " + name.stringValue(), image.path("Id").stringValue());
        }
      }
    }
    return found;
  }

  /** Containers with what they were made with, and volumes with their labels. */
  static Map<String, String> containersAndVolumes(DockerClient client)
      throws IOException, InterruptedException {
    Map<String, String> found = new TreeMap<>();
    for (JsonNode each : client.get("/containers/json?all=1")) {
      JsonNode container = client.get("/containers/" + each.path("Id").stringValue() + "/json");
      found.put(
          "container " + container.path("Name").stringValue().substring(1),
          container(
              container.path("Config").path("Labels").path("made").asString(),
              container.path("HostConfig").path("RestartPolicy").path("Name").asString(),
              named(container.path("Mounts"))));
    }
    for (JsonNode volume : client.get("/volumes").path("Volumes")) {
      String name = volume.path("Name").stringValue();
      found.put(
          "volume " + (name.matches(ANONYMOUS) ? "without a name" : name),
          volume.path("Labels").path("made").asString(""));
    }
    return found;
  }

  private static String named(JsonNode mounts) {
    for (JsonNode mount : mounts) {
      String name = mount.path("Name").asString("");
      if (!name.matches(ANONYMOUS)) {
        return name;
      }
    }
    return "";
  }

  /** How each container is, with its code if it has ended. */
  static Map<String, String> states(DockerClient client) throws IOException, InterruptedException {
    Map<String, String> found = new TreeMap<>();
    for (JsonNode each : client.get("/containers/json?all=1")) {
      JsonNode container = client.get("/containers/" + each.path("Id").stringValue() + "/json");
      JsonNode state = container.path("State");
      String status = state.path("Status").stringValue();
      found.put(
          "state of " + container.path("Name").stringValue().substring(1),
          status.equals("exited") ? status + " " + state.path("ExitCode") : status);
    }
    return found;
  }

  static String container(String label, String restart, String volume) {
    return "%s restart=%s volume=%s".formatted(label, restart, volume);
  }

  /** What is in a file of an image, as a container of it would see it. */
  static String content(DockerClient client, String image, String path)
      throws IOException, InterruptedException {
    String id =
        client
            .post("/containers/create", Map.of("Image", image, "Cmd", new String[] {"x"}))
            .path("Id")
            .stringValue();
    String query = URLEncoder.encode(path, StandardCharsets.UTF_8);
    try (ClientResponse answer =
        client.send(client.request("GET", "/containers/" + id + "/archive?path=" + query))) {
      byte[] archive = answer.bytes(ANSWER_BYTES_MAX);
      int length = Integer.parseInt(new String(archive, 124, 11, StandardCharsets.US_ASCII), 8);
      return new String(archive, 512, length, StandardCharsets.UTF_8);
    } finally {
      client.delete("/containers/" + id);
    }
  }

  /** Sends a request whose answer tells of progress; fails if the last word is an error. */
  static void complete(DockerClient client, dev.plimsoll.http.client.ClientRequest request)
      throws IOException, InterruptedException {
    try (ClientResponse answer = client.send(request)) {
      String said = new String(answer.bytes(ANSWER_BYTES_MAX), StandardCharsets.UTF_8);
      if (said.contains("\"errorDetail\"")) {
        throw new IOException(said);
      }
    }
  }
}
