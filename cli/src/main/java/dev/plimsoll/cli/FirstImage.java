package dev.plimsoll.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.plimsoll.cli.machine.Installation.Servers;
import dev.plimsoll.cli.machine.RunningServer;
import dev.plimsoll.docker.DockerClient;
import dev.plimsoll.docker.DockerException;
import dev.plimsoll.docker.StreamFrames;
import dev.plimsoll.http.client.ClientRequest;
import dev.plimsoll.http.client.ClientResponse;
import dev.plimsoll.http.client.RequestBody;
import dev.plimsoll.oci.Json;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * The platform's main job, done once through the same API that the docker client uses: an image is
 * made, pushed to the registry, forgotten, pulled again and run.
 */
final class FirstImage {
  private static final String REPOSITORY = "plimsoll/hello";
  private static final String COMMAND =
      "CMD [\"echo\", \"Hello from a container: pushed, pulled and run by Plimsoll.\"]";

  private final Servers servers;
  private final PrintWriter talk;

  FirstImage(Servers servers, PrintWriter talk) {
    this.servers = servers;
    this.talk = talk;
  }

  /** The image's name, as docker run takes it. */
  static String name(Servers servers) {
    String address = servers.registry().map(RunningServer::address).orElse("");
    return address.substring(address.indexOf("://") + 3) + "/" + REPOSITORY;
  }

  void run() throws IOException, InterruptedException {
    String address = servers.engine().map(RunningServer::address).orElseThrow();
    Path socket = Path.of(address.substring("unix://".length()));
    try (DockerClient docker = DockerClient.connect(socket)) {
      String image = name(servers);
      if (!pulled(docker, image)) {
        makeAndPush(docker, image);
        docker.delete("/images/" + image + ":latest");
        if (!pulled(docker, image)) {
          throw new IOException("the registry does not have %s after its push".formatted(image));
        }
      }
      talk.printf("pulled %s%n", image);
      talk.printf("ran it: %s%n", output(docker, image));
    }
  }

  /** Pulls the image; false if the registry does not have it yet. */
  private static boolean pulled(DockerClient docker, String image)
      throws IOException, InterruptedException {
    try {
      follow(
          docker,
          docker.request(
              "POST", "/images/create?fromImage=%s&tag=latest".formatted(encoded(image))));
      return true;
    } catch (DockerException e) {
      if (e.status() == 404) {
        return false;
      }
      throw e;
    }
  }

  private void makeAndPush(DockerClient docker, String image)
      throws IOException, InterruptedException {
    byte[] archive = BusyboxArchive.make();
    follow(
        docker,
        docker
            .request(
                "POST",
                "/images/create?fromSrc=-&repo=%s&tag=latest&changes=%s"
                    .formatted(encoded(image), encoded(COMMAND)))
            .header("Content-Type", "application/x-tar")
            .body(RequestBody.of(archive)));
    talk.printf("made %s from this machine's busybox%n", image);
    follow(
        docker,
        docker
            .request("POST", "/images/%s/push?tag=latest".formatted(image))
            .header("X-Registry-Auth", "e30="));
    talk.printf("pushed %s%n", image);
  }

  /** Reads a stream of progress to its end, and throws what it reports as an error. */
  private static void follow(DockerClient docker, ClientRequest request)
      throws IOException, InterruptedException {
    try (ClientResponse response = docker.send(request);
        BufferedReader lines = new BufferedReader(new InputStreamReader(response.body(), UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.isBlank()) {
          JsonNode message = Json.tree(line.getBytes(UTF_8));
          if (message.has("error")) {
            String error = message.path("error").asString();
            throw error.contains("not found") || error.contains("manifest unknown")
                ? new DockerException(404, error)
                : new IOException(error);
          }
        }
      }
    }
  }

  private static String output(DockerClient docker, String image)
      throws IOException, InterruptedException {
    String id =
        docker
            .post(
                "/containers/create",
                Map.of("Image", image, "HostConfig", Map.of("NetworkMode", "none")))
            .path("Id")
            .asString();
    try {
      docker.post("/containers/%s/start".formatted(id));
      int code = docker.post("/containers/%s/wait".formatted(id)).path("StatusCode").asInt(-1);
      if (code != 0) {
        throw new IOException("the first container ended with %d".formatted(code));
      }
      return logs(docker, id);
    } finally {
      docker.delete("/containers/%s?force=1".formatted(id));
    }
  }

  private static String logs(DockerClient docker, String id)
      throws IOException, InterruptedException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    try (ClientResponse response =
        docker.send(docker.request("GET", "/containers/%s/logs?stdout=1".formatted(id)))) {
      for (Optional<StreamFrames.Frame> frame = StreamFrames.read(response.body());
          frame.isPresent();
          frame = StreamFrames.read(response.body())) {
        text.write(frame.get().bytes());
      }
    }
    return text.toString(UTF_8).strip();
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, UTF_8);
  }
}
