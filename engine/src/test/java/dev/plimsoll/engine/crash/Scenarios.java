package dev.plimsoll.engine.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.docker.DockerClient;
import dev.plimsoll.docker.DockerException;
import dev.plimsoll.engine.image.TestArchives;
import dev.plimsoll.engine.image.TestArchives.Made;
import dev.plimsoll.engine.image.TestRegistry;
import dev.plimsoll.http.client.RequestBody;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Everything that an engine may die in. */
final class Scenarios {
  private static final String NAME = "victim";
  private static final String STATE = "state of " + NAME;
  private static final String CONTAINER = "container " + NAME;
  private static final String UNNAMED = "volume without a name";
  private static final String VOLUME = "volume held";
  private static final int NOT_MODIFIED = 304;
  private static final int NOT_FOUND = 404;

  private static final Map<String, Object> SETTINGS =
      Map.of(
          "Image", ContainerWork.IMAGE,
          "Cmd", List.of("sleep", "1000"),
          "Labels", Map.of("made", NAME),
          "Volumes", Map.of("/unnamed", Map.of()),
          "ExposedPorts", Map.of("80/tcp", Map.of()),
          "HostConfig",
              Map.of(
                  "Binds", List.of("held:/held"),
                  "PortBindings",
                      Map.of("80/tcp", List.of(Map.of("HostIp", "127.0.0.1", "HostPort", "")))));

  private final TestRegistry registry;
  private final Made image;
  private final byte[] archive;

  Scenarios(TestRegistry registry) throws IOException {
    this.registry = registry;
    this.image =
        TestArchives.image(
            "small",
            TestArchives.layer("below/file", "lower"),
            TestArchives.layer("dir/file", "content ".repeat(20_000)));
    this.archive = TestArchives.oldArchive(image, "small:1").readAllBytes();
    registry.hold("small", "1", image);
  }

  List<Scenario> all() {
    return List.of(
        create(),
        start(),
        stop(),
        remove(),
        exec(),
        load(),
        pull(),
        push(),
        untag(),
        volume(),
        removeVolume(),
        copy());
  }

  private static void create(DockerClient client) throws IOException, InterruptedException {
    client.post("/containers/create?name=" + NAME, SETTINGS);
  }

  private static void run(DockerClient client) throws IOException, InterruptedException {
    create(client);
    client.post("/containers/" + NAME + "/start");
  }

  private static void removeAll(DockerClient client) throws IOException, InterruptedException {
    tolerantly(() -> client.delete("/containers/" + NAME + "?force=1&v=1"), NOT_FOUND);
    tolerantly(() -> client.delete("/volumes/held"), NOT_FOUND);
  }

  private interface Asking {
    void ask() throws IOException, InterruptedException;
  }

  private static void tolerantly(Asking asking, int status)
      throws IOException, InterruptedException {
    try {
      asking.ask();
    } catch (DockerException e) {
      if (e.status() != status) {
        throw e;
      }
    }
  }

  /** It takes a command, and its port is published. */
  private static void works(DockerClient client) throws IOException, InterruptedException {
    JsonNode network = client.get("/containers/" + NAME + "/json").path("NetworkSettings");
    assertThat(network.path("Ports").path("80/tcp").path(0).path("HostPort").asString(""))
        .isNotEmpty();
    assertThat(exit(client, "sh", "-c", "touch /held/it && exit 7")).isEqualTo(7);
  }

  private static int exit(DockerClient client, String... command)
      throws IOException, InterruptedException {
    String id =
        client
            .post("/containers/" + NAME + "/exec", Map.of("Cmd", command))
            .path("Id")
            .stringValue();
    client.post("/exec/" + id + "/start", Map.of("Detach", true));
    while (true) {
      JsonNode exec = client.get("/exec/" + id + "/json");
      if (!exec.path("Running").booleanValue()) {
        return exec.path("ExitCode").intValue();
      }
      Thread.onSpinWait();
    }
  }

  private static Scenario create() {
    return new Scenario(
        "create",
        Scenarios::makeVolume,
        new Operation(
            "create",
            Scenarios::create,
            there -> {
              there.put(CONTAINER, Inventory.container(NAME, "no", "held"));
              there.put(STATE, "created");
              there.put(UNNAMED, "");
            }),
        client -> {
          client.post("/containers/" + NAME + "/start");
          works(client);
        },
        Scenarios::removeAll,
        25);
  }

  private static Scenario start() {
    return new Scenario(
        "start",
        Scenarios::create,
        new Operation(
            "start",
            client -> client.post("/containers/" + NAME + "/start"),
            there -> there.put(STATE, "running")),
        Scenarios::works,
        Scenarios::removeAll,
        70);
  }

  private static Scenario stop() {
    return new Scenario(
        "stop",
        Scenarios::run,
        new Operation(
            "stop",
            client ->
                tolerantly(() -> client.post("/containers/" + NAME + "/stop?t=0"), NOT_MODIFIED),
            there -> there.put(STATE, "exited 137")),
        client -> {
          client.post("/containers/" + NAME + "/start");
          works(client);
        },
        Scenarios::removeAll,
        40);
  }

  private static Scenario remove() {
    return new Scenario(
        "rm",
        Scenarios::run,
        new Operation(
            "rm -f",
            client ->
                tolerantly(() -> client.delete("/containers/" + NAME + "?force=1&v=1"), NOT_FOUND),
            there -> there.put(STATE, "exited 137"),
            there -> {
              there.remove(CONTAINER);
              there.remove(STATE);
              there.remove(UNNAMED);
            }),
        client -> {
          create(client);
          client.post("/containers/" + NAME + "/start");
        },
        Scenarios::removeAll,
        60);
  }

  private static Scenario exec() {
    return new Scenario(
        "exec",
        Scenarios::run,
        new Operation(
            "exec", client -> assertThat(exit(client, "sh", "-c", "exit 5")).isEqualTo(5), _ -> {}),
        Scenarios::works,
        Scenarios::removeAll,
        25);
  }

  private Scenario load() {
    return new Scenario(
        "load",
        _ -> {},
        new Operation(
            "load",
            client ->
                Inventory.complete(
                    client, client.request("POST", "/images/load").body(RequestBody.of(archive))),
            there -> there.put("image small:1", image.id().toString())),
        client -> holds(client, "small:1"),
        client -> client.delete("/images/small:1"),
        50);
  }

  private static void holds(DockerClient client, String name)
      throws IOException, InterruptedException {
    assertThat(Inventory.content(client, name, "dir/file")).startsWith("content content");
  }

  private String remote(String repository) {
    return registry.address() + "/" + repository;
  }

  private Scenario pull() {
    String name = remote("small") + ":1";
    return new Scenario(
        "pull",
        _ -> {},
        new Operation(
            "pull",
            client ->
                Inventory.complete(
                    client, client.request("POST", "/images/create?fromImage=" + name)),
            there -> there.put("image " + name, image.id().toString())),
        client -> holds(client, name),
        client -> client.delete("/images/" + name),
        60);
  }

  /** What was pushed is pulled: the registry has it whole, or says that it has not. */
  private Scenario push() {
    String name = remote("pushed") + ":1";
    return new Scenario(
        "push",
        client -> {
          load().operation().request().send(client);
          client.post("/images/small:1/tag?repo=" + remote("pushed") + "&tag=1");
        },
        new Operation(
            "push",
            client ->
                Inventory.complete(
                    client,
                    client
                        .request("POST", "/images/" + remote("pushed") + "/push?tag=1")
                        .header("X-Registry-Auth", "e30=")),
            _ -> {}),
        client -> {
          push(client, name);
          client.delete("/images/" + name);
          client.delete("/images/small:1");
          Inventory.complete(client, client.request("POST", "/images/create?fromImage=" + name));
          holds(client, name);
        },
        client -> client.delete("/images/" + name),
        20);
  }

  private static void push(DockerClient client, String name)
      throws IOException, InterruptedException {
    Inventory.complete(
        client,
        client
            .request("POST", "/images/" + name.replaceFirst(":1$", "") + "/push?tag=1")
            .header("X-Registry-Auth", "e30="));
  }

  private Scenario untag() {
    return new Scenario(
        "rmi",
        client -> load().operation().request().send(client),
        new Operation(
            "rmi",
            client -> tolerantly(() -> client.delete("/images/small:1"), NOT_FOUND),
            there -> there.remove("image small:1")),
        client -> {
          load().operation().request().send(client);
          holds(client, "small:1");
        },
        client -> client.delete("/images/small:1"),
        20);
  }

  private static void makeVolume(DockerClient client) throws IOException, InterruptedException {
    client.post("/volumes/create", Map.of("Name", "held"));
  }

  private static Scenario volume() {
    return new Scenario(
        "volume create",
        _ -> {},
        new Operation("volume create", Scenarios::makeVolume, there -> there.put(VOLUME, "")),
        Scenarios::run,
        Scenarios::removeAll,
        10);
  }

  private static Scenario removeVolume() {
    return new Scenario(
        "volume rm",
        Scenarios::makeVolume,
        new Operation(
            "volume rm",
            client -> tolerantly(() -> client.delete("/volumes/held"), NOT_FOUND),
            there -> there.remove(VOLUME)),
        Scenarios::run,
        Scenarios::removeAll,
        10);
  }

  private static Scenario copy() {
    return new Scenario(
        "cp",
        Scenarios::create,
        new Operation("cp", Scenarios::copyIn, _ -> {}),
        client -> {
          copyIn(client);
          client.post("/containers/" + NAME + "/start");
          assertThat(exit(client, "cat", "/tree/file")).isZero();
        },
        Scenarios::removeAll,
        25);
  }

  private static void copyIn(DockerClient client) throws IOException, InterruptedException {
    byte[] files = TestArchives.layer("tree/file", "copied");
    client
        .send(
            client
                .request("PUT", "/containers/" + NAME + "/archive?path=/")
                .body(RequestBody.of(files)))
        .close();
  }
}
