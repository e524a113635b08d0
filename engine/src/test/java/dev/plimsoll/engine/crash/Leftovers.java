package dev.plimsoll.engine.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.docker.DockerClient;
import dev.plimsoll.linux.MountTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;

/** What belongs to nothing any more and should not be there. */
final class Leftovers {
  private static final Duration SOON = Duration.ofSeconds(15);
  private static final int SHORT = 12;
  private static final Pattern ID = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern ADDRESS = Pattern.compile("([0-9]+\\.){3}[0-9]+(?![0-9/])");

  private final TestHost host;
  private final Set<String> running = new TreeSet<>();
  private final Set<String> addresses = new HashSet<>();
  private final Set<String> all = new TreeSet<>();
  private String gateway = "";
  private final List<String> found = new ArrayList<>();

  private Leftovers(TestHost host) {
    this.host = host;
  }

  /** Nothing in the data directory; waits for what engines delete behind their answers. */
  static void requireNone(TestHost host) {
    Awaitility.await()
        .atMost(SOON)
        .untilAsserted(() -> {
          var leftovers = new Leftovers(host);
          leftovers.inStaging();
          assertThat(leftovers.found).isEmpty();
        });
  }

  /** Nothing of this engine on the whole machine. */
  static void requireNone(TestHost host, DockerClient client, String when) {
    Awaitility.await()
        .atMost(SOON)
        .untilAsserted(() -> {
          var leftovers = new Leftovers(host);
          leftovers.learn(client);
          leftovers.inStaging();
          leftovers.inMemoryOfTheKernel();
          leftovers.inCheck(client);
          assertThat(leftovers.found).as(when).isEmpty();
        });
  }

  private void learn(DockerClient client) throws IOException, InterruptedException {
    for (JsonNode each : client.get("/containers/json?all=1")) {
      String id = each.path("Id").stringValue();
      all.add(id);
      JsonNode container = client.get("/containers/" + id + "/json");
      if (container.path("State").path("Running").booleanValue()) {
        running.add(id);
        JsonNode network = container.path("NetworkSettings").path("Networks").path("bridge");
        addresses.add(network.path("IPAddress").asString(""));
      }
    }
    gateway =
        client
            .get("/networks/bridge")
            .path("IPAM")
            .path("Config")
            .path(0)
            .path("Gateway")
            .asString("");
  }

  private void inStaging() throws IOException {
    Path engine = host.data().resolve("engine");
    for (String place : List.of("layers/staging", "layers/trash", "content/staging")) {
      // The beginning of a layer that a pull has left is for the next pull.
      if (!place.startsWith("content") || all.isEmpty()) {
        names(engine.resolve(place)).forEach(name -> found.add(place + "/" + name));
      }
    }
    names(engine.resolve("volumes")).stream()
        .filter(name -> name.startsWith("."))
        .forEach(name -> found.add("volumes/" + name));
    names(engine.resolve("containers")).stream()
        .filter(name -> name.contains(".") || (!gateway.isEmpty() && !all.contains(name)))
        .forEach(name -> found.add("containers/" + name));
  }

  private void inMemoryOfTheKernel() throws IOException, InterruptedException {
    for (MountTable.Entry mount : MountTable.read().below(host.data())) {
      strange("mount", mount.target(), running);
    }
    for (MountTable.Entry mount : MountTable.read().below(host.run())) {
      if (!mount.target().endsWith("/netns")) {
        shortStrange("mount", mount.target());
      }
    }
    for (Path group : host.cgroups()) {
      strange("cgroup", group.toString(), running);
    }
    for (ProcessHandle process : host.processes()) {
      String line = TestHost.commandLine(process.pid());
      if (line.contains("conmon") || line.contains("crun") || line.contains("runc")) {
        strange("process " + process.pid(), line, running);
      }
    }
    for (String place : List.of("crun", "runc", "exits", "c", "netns")) {
      for (String name : names(host.run().resolve(place))) {
        shortStrange(place, "/" + name);
      }
    }
    Path ports = Path.of("/sys/class/net", host.bridge(), "brif");
    if (names(ports).size() != running.size()) {
      found.add("bridge ports %s for %d containers".formatted(names(ports), running.size()));
    }
    Matcher address = ADDRESS.matcher(rules());
    String subnet = gateway.replaceFirst("[0-9]+$", "");
    while (address.find()) {
      String text = address.group();
      if (text.startsWith(subnet) && !text.equals(gateway) && !addresses.contains(text)) {
        found.add("packet filter: " + text);
      }
    }
  }

  private String rules() throws IOException {
    Process nft =
        new ProcessBuilder("nft", "-n", "list", "table", "inet", host.table())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    return new String(nft.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
  }

  /** Whether a text names a container that is not among these. */
  private void strange(String kind, String text, Set<String> expected) {
    Matcher id = ID.matcher(text);
    if (id.find() && !expected.contains(id.group())) {
      found.add(kind + " " + text);
    }
  }

  /** As {@link #strange}, where the beginning of the id stands last. */
  private void shortStrange(String kind, String text) {
    String last = text.substring(text.lastIndexOf('/') + 1);
    boolean known =
        last.length() >= SHORT
            && running.stream().anyMatch(id -> id.startsWith(last.substring(0, SHORT)));
    if (!known) {
      found.add(kind + " " + text);
    }
  }

  private void inCheck(DockerClient client) throws IOException, InterruptedException {
    for (JsonNode finding : client.post("/plimsoll/v1/check?dry-run=1").path("findings")) {
      found.add(finding.toString());
    }
  }

  static List<String> names(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.map(entry -> entry.getFileName().toString()).toList();
    }
  }
}
