package dev.plimsoll.engine.api;

import dev.plimsoll.docker.system.InfoReply;
import dev.plimsoll.engine.event.Events;
import dev.plimsoll.engine.host.EngineFacts;
import dev.plimsoll.engine.host.HostFacts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Puts together what {@code docker info} prints. */
public final class InfoText {
  private static final String DOCKER_HUB = "docker.io";
  private static final Pattern CIDR = Pattern.compile("[0-9a-fA-F.:]+/[0-9]{1,3}");

  private final EngineFacts engine;
  private final Inventory inventory;
  private final Events events;
  private final Supplier<List<String>> troubles;
  private final InstantSource clock;

  /** How much there is of everything. */
  public interface Inventory {
    Counts counts() throws IOException;
  }

  public record Counts(int running, int paused, int stopped, int images) {
    public static final Counts NONE = new Counts(0, 0, 0, 0);
  }

  /** @param troubles what this engine lacks beside what the host does, as sentences */
  public InfoText(
      EngineFacts engine,
      Inventory inventory,
      Events events,
      Supplier<List<String>> troubles,
      InstantSource clock) {
    this.engine = engine;
    this.inventory = inventory;
    this.events = events;
    this.troubles = troubles;
    this.clock = clock;
  }

  InfoReply reply() throws IOException {
    HostFacts host = HostFacts.read();
    Counts counts = inventory.counts();
    Map<String, InfoReply.RuntimePath> runtimes = new LinkedHashMap<>();
    engine.runtimes().forEach((name, path) -> runtimes.put(name, new InfoReply.RuntimePath(path)));
    return new InfoReply(
        engine.id(),
        counts.running() + counts.paused() + counts.stopped(),
        counts.running(),
        counts.paused(),
        counts.stopped(),
        counts.images(),
        // The layout under this name is what tools expect that look into GraphDriver.Data;
        // "overlayfs" would tell them of containerd's image store, which has none.
        "overlay2",
        List.of(
            List.of("Backing Filesystem", backing(engine.backingFileSystem())),
            List.of("Supports d_type", "true"),
            List.of("Using metacopy", "false"),
            List.of("Native Overlay Diff", "true"),
            List.of("userxattr", "false")),
        new InfoReply.Plugins(
            List.of("local"),
            List.of("bridge", "host", "null"),
            List.of(),
            List.of("json-file", "local", "none")),
        host.controllers().contains("memory"),
        host.swapLimit(),
        host.controllers().contains("cpu"),
        host.controllers().contains("cpu"),
        host.controllers().contains("cpu"),
        host.controllers().contains("cpuset"),
        host.controllers().contains("pids"),
        host.ipv4Forwarding(),
        false,
        entries(Path.of("/proc/self/fd")),
        host.cgroupVersion() == 1,
        entries(Path.of("/proc/self/task")),
        clock.instant().toString(),
        "json-file",
        "cgroupfs",
        Integer.toString(host.cgroupVersion()),
        events.subscribers(),
        host.kernelVersion(),
        host.operatingSystem(),
        host.osVersion(),
        "linux",
        host.architecture(),
        "https://index.docker.io/v1/",
        registries(),
        host.cpus(),
        host.memoryBytes(),
        List.of(),
        engine.dataDirectory().toString(),
        engine.proxies().http(),
        engine.proxies().https(),
        engine.proxies().none(),
        host.hostname(),
        List.of(),
        false,
        engine.version(),
        runtimes,
        engine.defaultRuntime(),
        InfoReply.Swarm.INACTIVE,
        true,
        "",
        "docker-init",
        new InfoReply.Commit("N/A"),
        new InfoReply.Commit(engine.versionOf(engine.defaultRuntime())),
        new InfoReply.Commit(engine.versionOf("docker-init")),
        host.cgroupVersion() == 2
            ? List.of("name=seccomp,profile=builtin", "name=cgroupns")
            : List.of("name=seccomp,profile=builtin"),
        List.of(),
        warnings(host));
  }

  /** As Docker calls it: the second to fourth of this family have one number on disk. */
  private static String backing(String type) {
    return type.matches("ext[234]") ? "extfs" : type;
  }

  private static int entries(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return (int) entries.count();
    }
  }

  /** Networks are told as such; hosts are told as indexes that are not secure. */
  private InfoReply.RegistryConfig registries() {
    List<String> networks = new ArrayList<>();
    Map<String, InfoReply.Index> indexes = new LinkedHashMap<>();
    indexes.put(DOCKER_HUB, new InfoReply.Index(DOCKER_HUB, engine.registryMirrors(), true, true));
    for (String registry : engine.insecureRegistries()) {
      if (CIDR.matcher(registry).matches()) {
        networks.add(registry);
      } else {
        indexes.put(registry, new InfoReply.Index(registry, List.of(), false, false));
      }
    }
    return new InfoReply.RegistryConfig(networks, indexes, engine.registryMirrors());
  }

  private List<String> warnings(HostFacts host) {
    List<String> warnings = new ArrayList<>();
    warn(warnings, host.controllers().contains("memory"), "No memory limit support");
    warn(warnings, host.swapLimit(), "No swap limit support");
    warn(warnings, host.controllers().contains("cpu"), "No cpu cfs quota support");
    warn(warnings, host.controllers().contains("cpuset"), "No cpuset support");
    warn(warnings, host.controllers().contains("pids"), "No pids limit support");
    warn(warnings, host.ipv4Forwarding(), "IPv4 forwarding is disabled");
    troubles.get().forEach(trouble -> warnings.add("WARNING: " + trouble));
    return warnings;
  }

  private static void warn(List<String> warnings, boolean supported, String sentence) {
    if (!supported) {
      warnings.add("WARNING: " + sentence);
    }
  }
}
