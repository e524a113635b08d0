package dev.plimsoll.engine.container;

import dev.plimsoll.docker.container.ContainerConfig;
import dev.plimsoll.docker.container.CreateRequest;
import dev.plimsoll.docker.container.DriverConfig;
import dev.plimsoll.docker.container.EndpointSettings;
import dev.plimsoll.docker.container.HostConfig;
import dev.plimsoll.docker.container.LogConfig;
import dev.plimsoll.docker.container.NetworkingConfig;
import dev.plimsoll.docker.container.RestartPolicy;
import dev.plimsoll.docker.container.VolumeOptions;
import dev.plimsoll.engine.image.Image;
import dev.plimsoll.engine.image.ImageHold;
import dev.plimsoll.engine.network.NetworkRequest;
import dev.plimsoll.engine.refusal.EngineException;
import dev.plimsoll.engine.runtime.CapabilityChoice;
import dev.plimsoll.engine.runtime.DefaultPaths;
import dev.plimsoll.engine.runtime.HostDevices;
import dev.plimsoll.engine.runtime.HostFacts;
import dev.plimsoll.engine.volume.Volume;
import dev.plimsoll.linux.Directory;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes containers. Nothing runs yet when it is done, and everything is on disk. */
final class Creation {
  private static final Logger log = LoggerFactory.getLogger(Creation.class);
  private static final String JOINED = "container:";
  private static final String UNCHOSEN = "default";

  private final ContainerParts parts;
  private final RootFilesystem filesystem;
  private final RandomGenerator random;

  Creation(ContainerParts parts, RootFilesystem filesystem, RandomGenerator random) {
    this.parts = parts;
    this.filesystem = filesystem;
    this.random = random;
  }

  /** A new container, and what its user should be warned of. */
  record Created(Container container, List<String> warnings) {}

  /**
   * Makes a container.
   *
   * @param platform what the client insists on, as {@code linux/amd64}; empty takes what is there
   * @throws EngineException.NotFound if there is no such image
   * @throws EngineException.Conflict if the name is taken
   * @throws EngineException.BadParameter in dockerd's words
   */
  Created create(Optional<ContainerName> name, CreateRequest request, String platform)
      throws IOException {
    Image image = parts.images().find(request.config().image());
    checkPlatform(image, request.config().image(), platform);
    ContainerId id = ContainerId.random();
    try (ImageHold _ = parts.images().hold(image.id())) {
      ContainerConfig config = ImageDefaults.merge(request.config(), image.config());
      HostConfig host = defaults(request.hostConfig());
      List<String> warnings = new ArrayList<>(CreationCheck.check(config, host));
      checkHost(host);
      host = joined(adapted(host, warnings));
      config = hostname(config, host, id);
      List<MountSettings> mounts = MountPlan.of(config, host, this::mountsOf);
      var settings =
          new ContainerSettings(
              ContainerSettings.FORMAT,
              id,
              parts.clock().instant(),
              image.id().toString(),
              config,
              host,
              named(request.networkingConfig(), host.networkMode()),
              mounts,
              image.config().platform().os());
      ContainerName taken = name.isPresent() ? name.get() : parts.names().reserveAny(id, random);
      name.ifPresent(n -> parts.names().reserve(n, id));
      try {
        checkNetwork(settings, taken);
        return new Created(make(settings, taken, image), warnings);
      } catch (IOException | RuntimeException e) {
        undo(id, taken, e);
        throw e;
      }
    }
  }

  private static void checkPlatform(Image image, String name, String platform) {
    if (platform.isEmpty()) {
      return;
    }
    String[] wanted = platform.split("/", -1);
    var actual = image.config().platform();
    boolean fits =
        wanted[0].equals(actual.os())
            && (wanted.length < 2 || wanted[1].equals(actual.architecture()));
    if (!fits) {
      throw new EngineException.NotFound(
          "image with reference %s was found but does not provide the specified platform (%s)"
              .formatted(name, platform));
    }
  }

  private static HostConfig defaults(HostConfig asked) {
    HostConfig.Draft host = asked.draft();
    if (host.networkMode.isEmpty() || host.networkMode.equals("default")) {
      host.networkMode = "bridge";
    }
    if (host.ipcMode.isEmpty()) {
      host.ipcMode = "private";
    }
    if (host.logConfig.type().isEmpty()) {
      host.logConfig = new LogConfig("json-file", host.logConfig.config());
    }
    if (host.restartPolicy.name().isEmpty()) {
      host.restartPolicy = new RestartPolicy("no", host.restartPolicy.maximumRetryCount());
    }
    if (host.shmSizeBytes == 0) {
      host.shmSizeBytes = BundleWriter.shmBytes(asked);
    }
    if (host.runtime.isEmpty()) {
      host.runtime = "runc";
    }
    if (host.memorySwappiness != null && host.memorySwappiness == -1) {
      host.memorySwappiness = null; // how clients say that they have no wish
    }
    if (host.pidsLimit != null && host.pidsLimit == 0) {
      host.pidsLimit = null;
    }
    if (host.maskedPaths == null) {
      host.maskedPaths = host.privileged ? List.of() : DefaultPaths.MASKED;
    }
    if (host.readonlyPaths == null) {
      host.readonlyPaths = host.privileged ? List.of() : DefaultPaths.READ_ONLY;
    }
    return host.finish();
  }

  /** What can be refused now must not wait for the start. */
  private void checkHost(HostConfig host) {
    CapabilityChoice.of(
        host.capAdd(),
        host.capDrop(),
        host.privileged(),
        parts.facts().capabilities(),
        Set.copyOf(CapabilityChoice.NAMES));
    if (host.oomScoreAdj() < 0 && !parts.facts().capabilities().contains("CAP_SYS_RESOURCE")) {
      throw new EngineException.BadParameter(
          "oom-score-adj %d: this engine has no CAP_SYS_RESOURCE, so it cannot go below 0"
              .formatted(host.oomScoreAdj()));
    }
    host.devices().forEach(HostDevices::of);
  }

  private HostConfig adapted(HostConfig asked, List<String> warnings) {
    HostConfig.Draft host = asked.draft();
    if (host.memoryBytes > 0 && host.memorySwapBytes == 0) {
      host.memorySwapBytes = host.memoryBytes * 2;
    }
    if (host.memoryBytes > 0
        && host.memorySwapBytes > 0
        && !parts.facts().cgroups().swapAccounting()) {
      warnings.add(
          "Your kernel does not support swap limit capabilities or the cgroup is not mounted. Memory limited without swap.");
      host.memorySwapBytes = -1;
    }
    if (!HostFacts.blockIoWeights()
        && (host.blkioWeight != 0 || !host.blkioWeightDevice.isEmpty())) {
      warnings.add(
          "Your kernel does not support Block I/O weight or the cgroup is not mounted. Weight discarded.");
      host.blkioWeight = 0;
      host.blkioWeightDevice = List.of();
    }
    if (host.pidsLimit != null && host.pidsLimit < 0) {
      host.pidsLimit = -1L;
    }
    if (host.cgroupnsMode.isEmpty()) {
      boolean own = parts.facts().cgroups().unified() && !host.privileged;
      host.cgroupnsMode = own ? "private" : "host";
    }
    return host.finish();
  }

  /** With the network by its name: clients call the one that they have not chosen "default". */
  private static NetworkingConfig named(NetworkingConfig asked, String mode) {
    if (!asked.endpoints().containsKey(UNCHOSEN) || mode.startsWith(JOINED)) {
      return asked;
    }
    Map<String, EndpointSettings> endpoints = new LinkedHashMap<>(asked.endpoints());
    EndpointSettings settings = endpoints.remove(UNCHOSEN);
    endpoints.putIfAbsent(mode, settings);
    return new NetworkingConfig(endpoints);
  }

  /** Other containers by their ids: a name may go to another one, or change. */
  private HostConfig joined(HostConfig asked) {
    HostConfig.Draft host = asked.draft();
    host.networkMode = byId(host.networkMode);
    host.pidMode = byId(host.pidMode);
    host.ipcMode = byId(host.ipcMode);
    return host.finish();
  }

  private String byId(String mode) {
    return mode.startsWith(JOINED) ? JOINED + other(mode.substring(JOINED.length())).id() : mode;
  }

  private ContainerConfig hostname(ContainerConfig asked, HostConfig host, ContainerId id)
      throws IOException {
    ContainerConfig.Draft config = asked.draft();
    if (config.hostname.isEmpty()) {
      if (host.networkMode().equals("host") || host.utsMode().equals("host")) {
        config.hostname = InetAddress.getLocalHost().getHostName();
      } else if (!host.networkMode().startsWith("container:")) {
        config.hostname = id.shortForm();
      } else {
        String other = host.networkMode().substring(JOINED.length());
        config.hostname = other(other).snapshot().settings().config().hostname();
      }
    }
    return config.finish();
  }

  private List<MountSettings> mountsOf(String container) {
    return other(container).snapshot().settings().mounts();
  }

  // A 404 would have clients pull the image, which is there.
  private Container other(String name) {
    try {
      return parts.names().find(name);
    } catch (EngineException.NotFound e) {
      throw new EngineException.BadParameter(String.valueOf(e.getMessage()), e);
    }
  }

  private void checkNetwork(ContainerSettings settings, ContainerName name) {
    String mode = settings.networkMode();
    if (!mode.startsWith(JOINED)) {
      parts.networks().check(networkRequest(settings, name));
    }
  }

  /** What a container wants of the network. */
  static NetworkRequest networkRequest(ContainerSettings settings, ContainerName name) {
    ContainerConfig config = settings.config();
    Set<String> exposed = new HashSet<>(config.exposedPorts().keySet());
    exposed.addAll(settings.host().portBindings().keySet());
    NetworkingConfig networking = settings.networking();
    return new NetworkRequest(
        settings.id().value(),
        name.value(),
        config.hostname(),
        settings.networkMode(),
        networking.endpoints(),
        exposed.stream().sorted().map(p -> p.contains("/") ? p : p + "/tcp").toList(),
        settings.host().portBindings(),
        settings.host().publishAllPorts(),
        config.macAddress() == null ? "" : config.macAddress());
  }

  private Container make(ContainerSettings asked, ContainerName name, Image image)
      throws IOException {
    ContainerId id = asked.id();
    ContainerDirectory directory = parts.directory(id);
    Files.createDirectories(directory.data());
    filesystem.make(directory, image.id());
    ContainerSettings settings = withVolumes(asked);
    var container =
        new Container(
            new ContainerSnapshot(
                settings, name, new ContainerState.Created(), null, 0, false, 0, null, null));
    // Description, then row: a crash between them leaves a directory that nobody refers to, and the
    // next start removes it. The row is the moment from which the container exists.
    parts.files().replace(directory.description(), ContainerDescription.bytes(settings, name));
    try (Directory parent = Directory.open(parts.containers())) {
      parent.sync();
    }
    parts.rows().add(container.snapshot());
    parts.names().add(container);
    log.info("container created id={} name={} image={}", id, name, settings.config().image());
    parts.publish(container.snapshot(), "create");
    return container;
  }

  private ContainerSettings withVolumes(ContainerSettings settings) throws IOException {
    List<MountSettings> mounts = new ArrayList<>();
    for (MountSettings mount : settings.mounts()) {
      if (mount.kind() == MountSettings.Kind.VOLUME) {
        mounts.add(mount.named(acquire(settings, mount).name()));
      } else {
        mounts.add(mount);
      }
    }
    return new ContainerSettings(
        settings.format(),
        settings.id(),
        settings.created(),
        settings.image(),
        settings.config(),
        settings.host(),
        settings.networking(),
        mounts,
        settings.platform());
  }

  /** The volume, made as {@code --mount} asks for if there is none of its name. */
  private Volume acquire(ContainerSettings settings, MountSettings mount) throws IOException {
    VolumeOptions asked = MountPlan.optionsOf(settings.host(), mount);
    DriverConfig driver = asked.driverConfig();
    return parts
        .volumes()
        .acquire(
            settings.id().value(),
            mount.name(),
            driver == null ? "" : driver.name(),
            driver == null ? Map.of() : driver.options(),
            asked.labels());
  }

  private void undo(ContainerId id, ContainerName name, Exception cause) {
    parts.names().release(name, id);
    try {
      parts.volumes().releaseAndRemoveAnonymous(id.value());
      if (Files.exists(parts.directory(id).data())) {
        try (Directory parent = Directory.open(parts.containers())) {
          parent.removeTree(id.value());
        }
      }
    } catch (IOException | RuntimeException e) {
      cause.addSuppressed(e);
    }
  }
}
