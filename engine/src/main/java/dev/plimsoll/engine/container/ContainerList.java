package dev.plimsoll.engine.container;

import dev.plimsoll.docker.container.ContainerSummary;
import dev.plimsoll.docker.container.Health;
import dev.plimsoll.docker.container.Port;
import dev.plimsoll.docker.container.PortBinding;
import dev.plimsoll.docker.container.SummaryHostConfig;
import dev.plimsoll.docker.container.SummaryNetworks;
import dev.plimsoll.engine.filter.Filters;
import dev.plimsoll.engine.image.Image;
import dev.plimsoll.engine.network.NetworkSandbox;
import dev.plimsoll.engine.refusal.EngineException;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What {@code docker ps} shows, with all its filters. */
final class ContainerList {
  private static final Set<String> KNOWN =
      Set.of(
          "ancestor",
          "before",
          "exited",
          "expose",
          "health",
          "id",
          "isolation",
          "is-task",
          "label",
          "name",
          "network",
          "publish",
          "since",
          "status",
          "volume",
          "label!",
          "until");
  private static final Set<String> STATES =
      Set.of("created", "restarting", "running", "removing", "paused", "exited", "dead");
  private static final Set<String> HEALTH = Set.of("starting", "healthy", "unhealthy", "none");

  private final ContainerParts parts;
  private final Inspection inspection;

  ContainerList(ContainerParts parts, Inspection inspection) {
    this.parts = parts;
    this.inspection = inspection;
  }

  List<ContainerSummary> list(ListRequest request) throws IOException {
    Filters filters = request.filters().allowOnly(KNOWN);
    boolean all =
        request.all()
            || request.limit() > 0
            || filters.has("status")
            || filters.has("exited")
            || filters.has("before")
            || filters.has("since");
    Predicate<ContainerSnapshot> wanted = predicate(filters);
    List<ContainerSnapshot> found = new ArrayList<>();
    for (Container container : parts.names().all()) {
      ContainerSnapshot snapshot = container.snapshot();
      boolean shown =
          all || snapshot.alive() || snapshot.state() instanceof ContainerState.Restarting;
      if (shown && wanted.test(snapshot)) {
        found.add(snapshot);
      }
    }
    found.sort(Comparator.comparing((ContainerSnapshot s) -> s.settings().created()).reversed());
    int limit = request.limit() > 0 ? request.limit() : Integer.MAX_VALUE;
    List<ContainerSummary> summaries = new ArrayList<>();
    for (ContainerSnapshot snapshot : found.subList(0, Math.min(limit, found.size()))) {
      summaries.add(
          summary(snapshot, request.size() ? Optional.of(size(snapshot)) : Optional.empty()));
    }
    return summaries;
  }

  ContainerSize size(ContainerSnapshot container) throws IOException {
    long written = ContainerSize.written(parts.directory(container.id()).upper());
    long image;
    try {
      image = parts.images().find(container.settings().image()).sizeBytes();
    } catch (EngineException.NotFound e) {
      image = 0;
    }
    return new ContainerSize(written, written + image);
  }

  /** What a container must be for these filters; refuses values that make no sense. */
  Predicate<ContainerSnapshot> predicate(Filters filters) throws IOException {
    check(filters, "status", STATES);
    check(filters, "health", HEALTH);
    List<Integer> codes = new ArrayList<>();
    for (String code : filters.all("exited")) {
      try {
        codes.add(Integer.parseInt(code));
      } catch (NumberFormatException e) {
        throw Filters.invalid("exited", List.of(code));
      }
    }
    Optional<Instant> before = created(filters, "before", true);
    Optional<Instant> since = created(filters, "since", false);
    Set<String> ancestors = ancestors(filters);
    boolean noTasks = filters.flag("is-task").orElse(false);
    return s ->
        !noTasks
            && filters.matchesPrefix("id", s.id().value())
            && nameMatches(filters, s)
            && filters.matchesLabels(s.settings().config().labels())
            && filters.matchesExactly("status", s.state().word())
            && filters.matchesExactly("health", health(s))
            && filters.matchesExactly("isolation", "default")
            && (codes.isEmpty() || exitedWith(s, codes))
            && before.map(b -> s.settings().created().isBefore(b)).orElse(true)
            && since.map(b -> s.settings().created().isAfter(b)).orElse(true)
            && (!filters.has("ancestor") || ancestors.contains(s.settings().image()))
            && volumeMatches(filters, s)
            && networkMatches(filters, s)
            && portMatches(filters, "publish", published(s))
            && portMatches(filters, "expose", s.settings().config().exposedPorts().keySet());
  }

  private static void check(Filters filters, String name, Set<String> known) {
    for (String value : filters.all(name)) {
      if (!known.contains(value)) {
        throw Filters.invalid(name, List.of(value));
      }
    }
  }

  private static boolean nameMatches(Filters filters, ContainerSnapshot container) {
    return filters.matchesPattern("name", container.name().withSlash())
        || filters.matchesPattern("name", container.name().value());
  }

  private static String health(ContainerSnapshot container) {
    Health health = container.health();
    return health == null ? "none" : health.status();
  }

  private static boolean exitedWith(ContainerSnapshot container, List<Integer> codes) {
    return !container.alive()
        && container.runs() > 0
        && container.lastEnding().map(e -> codes.contains(e.code())).orElse(false);
  }

  private Optional<Instant> created(Filters filters, String name, boolean earliest) {
    Optional<Instant> bound = Optional.empty();
    for (String container : filters.all(name)) {
      Instant at = parts.names().find(container).snapshot().settings().created();
      boolean tighter =
          bound.isEmpty() || (earliest ? at.isBefore(bound.get()) : at.isAfter(bound.get()));
      if (tighter) {
        bound = Optional.of(at);
      }
    }
    return bound;
  }

  private Set<String> ancestors(Filters filters) throws IOException {
    Set<String> images = new HashSet<>();
    for (String name : filters.all("ancestor")) {
      try {
        Image ancestor = parts.images().find(name);
        images.add(ancestor.id().toString());
      } catch (EngineException.NotFound e) {
        images.add("");
      }
    }
    return images;
  }

  private boolean volumeMatches(Filters filters, ContainerSnapshot container) {
    return !filters.has("volume")
        || container.settings().mounts().stream()
            .anyMatch(m ->
                filters.all("volume").contains(m.name())
                    || filters.all("volume").contains(m.destination()));
  }

  private static boolean networkMatches(Filters filters, ContainerSnapshot container) {
    return !filters.has("network")
        || Inspection.endpoints(container).entrySet().stream()
            .anyMatch(e ->
                filters.matchesExactly("network", e.getKey())
                    || (!e.getValue().networkId().isEmpty()
                        && filters.matchesPrefix("network", e.getValue().networkId())));
  }

  private static Set<String> published(ContainerSnapshot container) {
    Set<String> ports = new HashSet<>();
    NetworkSandbox sandbox = container.network();
    if (sandbox != null) {
      sandbox
          .ports()
          .forEach((port, bindings) -> {
            String protocol = port.substring(port.indexOf('/'));
            bindings.forEach(b -> ports.add(b.hostPort() + protocol));
          });
    }
    return ports;
  }

  /** A filter's port may be a range and may lack its protocol, which then is tcp. */
  private static boolean portMatches(Filters filters, String name, Set<String> ports) {
    if (!filters.has(name)) {
      return true;
    }
    for (String wanted : filters.all(name)) {
      String[] parts = wanted.split("/", 2);
      String protocol = parts.length == 2 ? parts[1] : "tcp";
      String[] range = parts[0].split("-", 2);
      try {
        int first = Integer.parseInt(range[0]);
        int last = Integer.parseInt(range[range.length - 1]);
        for (int port = first; port <= last; port++) {
          if (ports.contains(port + "/" + protocol)) {
            return true;
          }
        }
      } catch (NumberFormatException e) {
        throw Filters.invalid(name, List.of(wanted));
      }
    }
    return false;
  }

  private ContainerSummary summary(ContainerSnapshot s, Optional<ContainerSize> size) {
    ContainerSettings settings = s.settings();
    return new ContainerSummary(
        s.id().value(),
        List.of(s.name().withSlash()),
        settings.config().image(),
        settings.image(),
        commandText(settings.commandLine()),
        settings.created().getEpochSecond(),
        ports(s),
        size.map(ContainerSize::writtenBytes).orElse(null),
        size.map(ContainerSize::totalBytes).orElse(null),
        settings.config().labels(),
        s.state().word(),
        StatusText.of(s, parts.clock().instant()),
        new SummaryHostConfig(settings.host().networkMode(), settings.host().annotations()),
        new SummaryNetworks(Inspection.endpoints(s)),
        inspection.points(s));
  }

  /** Words of more than one word are in quotes, but for the command's own name: as dockerd has it. */
  private static String commandText(List<String> words) {
    return Stream.concat(
            words.stream().limit(1),
            words.stream().skip(1).map(word -> word.contains(" ") ? "'" + word + "'" : word))
        .collect(Collectors.joining(" "));
  }

  private static List<Port> ports(ContainerSnapshot container) {
    List<Port> ports = new ArrayList<>();
    Inspection.portsInUse(container)
        .forEach((port, bindings) -> {
          int slash = port.indexOf('/');
          int inside = Integer.parseInt(port.substring(0, slash));
          String protocol = port.substring(slash + 1);
          if (bindings.isEmpty()) {
            ports.add(new Port(null, inside, null, protocol));
          }
          for (PortBinding binding : bindings) {
            String address = binding.hostIp().isEmpty() ? "0.0.0.0" : binding.hostIp();
            ports.add(new Port(address, inside, Integer.parseInt(binding.hostPort()), protocol));
          }
        });
    ports.sort(Comparator.comparingInt(Port::privatePort));
    return ports;
  }
}
