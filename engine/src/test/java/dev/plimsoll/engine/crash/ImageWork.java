package dev.plimsoll.engine.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.docker.DockerClient;
import dev.plimsoll.engine.image.TestArchives;
import dev.plimsoll.engine.image.TestArchives.Made;
import dev.plimsoll.engine.image.TestRegistry;
import dev.plimsoll.http.client.RequestBody;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/** Somebody who loads, pulls, imports, tags and removes images. */
final class ImageWork implements Work {
  private static final String PREFIX = "made";
  private static final String FILE = "dir/file";
  private static final int CONTENT_BYTES = 100_000;
  private static final int IMAGES_MAX = 12;

  private final RandomGenerator random;
  private final TestRegistry registry;
  private final Map<String, String> contents = new HashMap<>(); // by image id
  private int made;

  ImageWork(RandomGenerator random, TestRegistry registry) {
    this.random = random;
    this.registry = registry;
  }

  @Override
  public Operation next(Map<String, String> told) throws IOException {
    List<String> names = names(told);
    if (names.size() > IMAGES_MAX) {
      return remove(pick(names));
    }
    return switch (random.nextInt(names.isEmpty() ? 2 : 5)) {
      case 0 -> load();
      case 1 -> pull();
      case 2 -> tag(pick(names), told);
      case 3 -> remove(pick(names));
      default -> random.nextBoolean() ? load() : pull();
    };
  }

  private static List<String> names(Map<String, String> told) {
    return told.keySet().stream().map(key -> key.substring("image ".length())).toList();
  }

  private String pick(List<String> names) {
    return names.get(random.nextInt(names.size()));
  }

  private Made image(String label) throws IOException {
    byte[] noise = new byte[CONTENT_BYTES / 2];
    random.nextBytes(noise);
    String content = HexFormat.of().formatHex(noise);
    List<byte[]> layers = new ArrayList<>();
    for (int i : IntStream.range(0, random.nextInt(3)).toArray()) {
      layers.add(TestArchives.layer("below/" + i, "layer %d of %s".formatted(i, label)));
    }
    layers.add(TestArchives.layer(FILE, content));
    Made image = TestArchives.image(label, layers.toArray(byte[][]::new));
    contents.put(image.id().toString(), content);
    return image;
  }

  private String name() {
    return PREFIX + made++ + ":1";
  }

  private Operation load() throws IOException {
    String name = name();
    Made image = image(name);
    byte[] archive = TestArchives.oldArchive(image, name).readAllBytes();
    return new Operation(
        "load " + name,
        client ->
            Inventory.complete(
                client,
                client.request("POST", "/images/load").patient().body(RequestBody.of(archive))),
        there -> there.put("image " + name, image.id().toString()));
  }

  private Operation pull() throws IOException {
    String repository = "r" + made++;
    Made image = image(repository);
    registry.hold(repository, "1", image);
    String name = registry.address() + "/" + repository + ":1";
    return new Operation(
        "pull " + name,
        client ->
            Inventory.complete(
                client, client.request("POST", "/images/create?fromImage=" + name).patient()),
        there -> there.put("image " + name, image.id().toString()));
  }

  private Operation tag(String from, Map<String, String> told) {
    String to = name();
    String id = told.getOrDefault("image " + from, "");
    return new Operation(
        "tag " + from + " " + to,
        client -> client.post("/images/%s/tag?repo=%s&tag=1".formatted(from, to.replace(":1", ""))),
        there -> there.put("image " + to, id));
  }

  private static Operation remove(String name) {
    return new Operation(
        "rmi " + name,
        client -> client.delete("/images/" + name),
        there -> there.remove("image " + name));
  }

  @Override
  public Map<String, String> found(DockerClient client) throws IOException, InterruptedException {
    Map<String, String> found = Inventory.images(client, PREFIX);
    found.putAll(Inventory.images(client, registry.address()));
    return found;
  }

  /** Every image that is there has the bytes that it was made with, as a container sees them. */
  @Override
  public void verify(DockerClient client, Map<String, String> found)
      throws IOException, InterruptedException {
    for (String id : found.values().stream().distinct().toList()) {
      assertThat(Inventory.content(client, id, FILE)).as(id).isEqualTo(contents.get(id));
    }
  }
}
