package dev.plimsoll.engine.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.docker.DockerClient;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** Somebody who makes, renames, changes and removes containers and volumes. */
final class ContainerWork implements Work {
  static final String IMAGE = "busybox:latest";
  private static final int THINGS_MAX = 16;

  private final RandomGenerator random;
  private int made;

  ContainerWork(RandomGenerator random) {
    this.random = random;
  }

  @Override
  public Operation next(Map<String, String> told) {
    List<String> containers = names(told, "container ");
    List<String> volumes =
        names(told, "volume ").stream()
            .filter(name -> told.values().stream().noneMatch(c -> c.endsWith("volume=" + name)))
            .toList();
    if (told.size() > THINGS_MAX && !containers.isEmpty()) {
      return remove(pick(containers));
    }
    int kinds = containers.isEmpty() ? 3 : 6;
    return switch (random.nextInt(kinds)) {
      case 0 -> create("");
      case 1 -> volumes.isEmpty() ? create("") : create(pick(volumes));
      case 2 -> volumes.isEmpty() || random.nextBoolean() ? volume() : removeVolume(pick(volumes));
      case 3 -> rename(pick(containers));
      case 4 -> update(pick(containers));
      default -> remove(pick(containers));
    };
  }

  private static List<String> names(Map<String, String> told, String kind) {
    return told.keySet().stream()
        .filter(key -> key.startsWith(kind))
        .map(key -> key.substring(kind.length()))
        .toList();
  }

  private String pick(List<String> names) {
    return names.get(random.nextInt(names.size()));
  }

  private Operation create(String volume) {
    String name = "c" + made++;
    Map<String, Object> request =
        Map.of(
            "Image",
            IMAGE,
            "Cmd",
            List.of("true"),
            "Labels",
            Map.of("made", name),
            "HostConfig",
            Map.of("Binds", volume.isEmpty() ? List.of() : List.of(volume + ":/volume")));
    return new Operation(
        "create " + name + " " + volume,
        client -> client.post("/containers/create?name=" + name, request),
        there -> there.put("container " + name, Inventory.container(name, "no", volume)));
  }

  private Operation volume() {
    String name = "v" + made++;
    return new Operation(
        "volume " + name,
        client ->
            client.post("/volumes/create", Map.of("Name", name, "Labels", Map.of("made", name))),
        there -> there.put("volume " + name, name));
  }

  private static Operation removeVolume(String name) {
    return new Operation(
        "volume rm " + name,
        client -> client.delete("/volumes/" + name),
        there -> there.remove("volume " + name));
  }

  private Operation rename(String from) {
    String to = "c" + made++;
    return new Operation(
        "rename " + from + " " + to,
        client -> client.post("/containers/%s/rename?name=%s".formatted(from, to)),
        there -> there.put("container " + to, there.remove("container " + from)));
  }

  private Operation update(String name) {
    String policy = random.nextBoolean() ? "on-failure" : "unless-stopped";
    return new Operation(
        "update " + name + " " + policy,
        client ->
            client.post(
                "/containers/" + name + "/update", Map.of("RestartPolicy", Map.of("Name", policy))),
        there ->
            there.computeIfPresent(
                "container " + name,
                (_, facts) -> facts.replaceFirst("restart=\\S+", "restart=" + policy)));
  }

  private static Operation remove(String name) {
    return new Operation(
        "rm " + name,
        client -> client.delete("/containers/" + name),
        there -> there.remove("container " + name));
  }

  @Override
  public Map<String, String> found(DockerClient client) throws IOException, InterruptedException {
    return Inventory.containersAndVolumes(client);
  }

  /** The image that all are made of runs, so its layers are whole. */
  @Override
  public void verify(DockerClient client, Map<String, String> found)
      throws IOException, InterruptedException {
    assertThat(Inventory.content(client, IMAGE, "data/file")).isEqualTo("of the image\n");
    String id =
        client
            .post(
                "/containers/create", Map.of("Image", IMAGE, "Cmd", List.of("sh", "-c", "exit 7")))
            .path("Id")
            .stringValue();
    client.post("/containers/" + id + "/start");
    assertThat(client.post("/containers/" + id + "/wait").path("StatusCode").intValue())
        .isEqualTo(7);
    client.delete("/containers/" + id);
  }
}
