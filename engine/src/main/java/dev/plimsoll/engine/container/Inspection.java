package dev.plimsoll.engine.container;

import dev.plimsoll.docker.container.EndpointSettings;
import dev.plimsoll.docker.container.GraphDriver;
import dev.plimsoll.docker.container.InspectReply;
import dev.plimsoll.docker.container.MountPoint;
import dev.plimsoll.docker.container.NetworkSettings;
import dev.plimsoll.docker.container.PortBinding;
import dev.plimsoll.docker.container.StateReply;
import dev.plimsoll.engine.image.ImageId;
import dev.plimsoll.engine.network.NetworkSandbox;
import dev.plimsoll.engine.refusal.EngineException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What {@code docker inspect} shows of a container. Reads memory, and where its layers are. */
final class Inspection {
  private static final String NEVER = "0001-01-01T00:00:00Z";

  /** As Go writes times: no digit after the point that says nothing. */
  private static final DateTimeFormatter TIME =
      new DateTimeFormatterBuilder()
          .appendPattern("yyyy-MM-dd'T'HH:mm:ss")
          .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
          .appendLiteral('Z')
          .toFormatter(java.util.Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private final ContainerParts parts;
  private final ContainerMounts mounts;

  Inspection(ContainerParts parts, ContainerMounts mounts) {
    this.parts = parts;
    this.mounts = mounts;
  }

  static String time(Optional<Instant> at) {
    return at.map(TIME::format).orElse(NEVER);
  }

  InspectReply of(ContainerSnapshot container, Optional<ContainerSize> size, List<String> execs) {
    ContainerSettings settings = container.settings();
    ContainerDirectory directory = parts.directory(container.id());
    List<String> command = settings.commandLine();
    return new InspectReply(
        container.id().value(),
        time(Optional.of(settings.created())),
        command.isEmpty() ? "" : command.getFirst(),
        command.isEmpty() ? List.of() : command.subList(1, command.size()),
        state(container),
        settings.image(),
        directory.resolvConf().toString(),
        directory.hostname().toString(),
        directory.hosts().toString(),
        settings.host().logConfig().type().equals("none") ? "" : directory.log().toString(),
        container.name().withSlash(),
        container.restartCount(),
        "overlay2",
        settings.platform(),
        "",
        "",
        "",
        execs.isEmpty() ? null : execs,
        settings.host(),
        new GraphDriver(graph(settings, directory), "overlay2"),
        size.map(ContainerSize::writtenBytes).orElse(null),
        size.map(ContainerSize::totalBytes).orElse(null),
        points(container),
        settings.config(),
        network(container));
  }

  private Map<String, String> graph(ContainerSettings settings, ContainerDirectory directory) {
    Map<String, String> data = new LinkedHashMap<>();
    try {
      List<Path> layers = parts.images().lowerDirectories(ImageId.parse(settings.image()));
      data.put("LowerDir", layers.stream().map(Path::toString).collect(Collectors.joining(":")));
    } catch (IOException | EngineException e) {
      // A damaged image keeps nobody from looking at what is there of the container.
    }
    data.put("MergedDir", directory.rootfs().toString());
    data.put("UpperDir", directory.upper().toString());
    data.put("WorkDir", directory.work().toString());
    return data;
  }

  static StateReply state(ContainerSnapshot container) {
    Optional<Ending> last = container.lastEnding();
    boolean alive = container.alive();
    boolean restarting = container.state() instanceof ContainerState.Restarting;
    return new StateReply(
        container.state().word(),
        alive || restarting,
        container.state() instanceof ContainerState.Paused,
        restarting,
        !alive && last.map(Ending::oomKilled).orElse(false),
        container.state() instanceof ContainerState.Dead,
        container.running().map(r -> r.process().pid()).orElse(0L),
        alive ? 0 : last.map(Ending::code).orElse(0),
        alive ? "" : last.map(Ending::error).orElse(""),
        time(container.startedAt()),
        time(last.map(Ending::at).filter(_ -> container.runs() > 0)),
        container.health());
  }

  List<MountPoint> points(ContainerSnapshot container) {
    // As in dockerd, what --tmpfs mounts stands in HostConfig.Tmpfs alone.
    Set<String> tmpfs = container.settings().host().tmpfs().keySet();
    return container.settings().mounts().stream()
        .filter(mount ->
            mount.kind() != MountSettings.Kind.TMPFS || !tmpfs.contains(mount.destination()))
        .map(mount -> mount.point(mounts.volumePath(mount)))
        .toList();
  }

  /** What was asked for where it does not run, what it has where it does. */
  static Map<String, EndpointSettings> endpoints(ContainerSnapshot container) {
    NetworkSandbox sandbox = container.network();
    if (sandbox != null) {
      return new TreeMap<>(sandbox.endpoints());
    }
    String mode = container.settings().networkMode();
    Map<String, EndpointSettings> asked =
        new TreeMap<>(container.settings().networking().endpoints());
    EndpointSettings byDefault = asked.remove("default");
    if (!mode.startsWith("container:")) {
      asked.putIfAbsent(mode, byDefault == null ? EndpointSettings.NONE : byDefault);
    }
    return asked;
  }

  private static NetworkSettings network(ContainerSnapshot container) {
    NetworkSandbox sandbox = container.network();
    Map<String, EndpointSettings> endpoints = endpoints(container);
    EndpointSettings bridge =
        sandbox == null
            ? EndpointSettings.NONE
            : endpoints.getOrDefault("bridge", EndpointSettings.NONE);
    return new NetworkSettings(
        "",
        sandbox == null ? "" : container.id().value(),
        sandbox != null && sandbox.namespace() instanceof NetworkSandbox.Namespace.At(var path)
            ? path.toString()
            : "",
        ports(container),
        false,
        "",
        0,
        bridge.endpointId(),
        bridge.gateway(),
        bridge.globalIpv6Address(),
        bridge.globalIpv6PrefixLength(),
        bridge.ipAddress(),
        bridge.ipPrefixLength(),
        bridge.ipv6Gateway(),
        bridge.macAddress(),
        endpoints);
  }

  /** An exposed port that is not published shows null, as dockerd has it. */
  private static Map<String, @Nullable List<PortBinding>> ports(ContainerSnapshot container) {
    Map<String, @Nullable List<PortBinding>> ports = new TreeMap<>();
    portsInUse(container).forEach((port, at) -> ports.put(port, at.isEmpty() ? null : at));
    return ports;
  }

  /**
   * Where the exposed ports of a running container are published; with nothing for one that is not.
   * On the host's network, or none, no port is told of.
   */
  static Map<String, List<PortBinding>> portsInUse(ContainerSnapshot container) {
    Map<String, List<PortBinding>> ports = new TreeMap<>();
    NetworkSandbox sandbox = container.network();
    if (sandbox == null
        || sandbox.endpoints().values().stream().allMatch(e -> e.ipAddress().isEmpty())) {
      return ports;
    }
    for (String port : container.settings().config().exposedPorts().keySet()) {
      ports.put(port.contains("/") ? port : port + "/tcp", List.of());
    }
    ports.putAll(sandbox.ports());
    return ports;
  }
}
