package dev.plimsoll.engine.container;

import dev.plimsoll.docker.container.DeviceMapping;
import dev.plimsoll.docker.container.HostConfig;
import dev.plimsoll.engine.network.NetworkSandbox;
import dev.plimsoll.engine.refusal.EngineException;
import dev.plimsoll.engine.runtime.Bundle;
import dev.plimsoll.engine.runtime.CapabilityChoice;
import dev.plimsoll.engine.runtime.HostDevice;
import dev.plimsoll.engine.runtime.HostDevices;
import dev.plimsoll.engine.runtime.HostFacts;
import dev.plimsoll.engine.runtime.SeccompProfile;
import dev.plimsoll.engine.runtime.SpecInput;
import dev.plimsoll.engine.runtime.SpecMount;
import dev.plimsoll.engine.runtime.SpecWriter;
import dev.plimsoll.linux.Processes;
import dev.plimsoll.oci.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Looks up what a container's specification depends on, and writes its bundle. */
final class BundleWriter {
  private static final long SHM_BYTES = 64 << 20;

  private final HostFacts facts;
  private final String cgroupParent;

  /** Where the namespaces of another container's process are found. */
  interface Neighbours {
    /** The process of a running container, by name or id; refused if it does not run. */
    Neighbour running(String container);
  }

  /** Another container, as far as its namespaces are shared. */
  record Neighbour(long pid, ContainerDirectory directory, String ipcMode) {}

  BundleWriter(HostFacts facts, String cgroupParent) {
    this.facts = facts;
    this.cgroupParent = cgroupParent;
  }

  /** Where a container's control group is below each hierarchy. */
  String cgroupsPath(ContainerSettings settings) {
    String parent = settings.host().cgroupParent();
    String base = parent.isEmpty() ? cgroupParent : parent.startsWith("/") ? parent : "/" + parent;
    return base + "/" + settings.id();
  }

  void write(
      Bundle bundle,
      ContainerSettings settings,
      ContainerDirectory directory,
      String hostname,
      NetworkSandbox sandbox,
      List<SpecMount> mounts,
      Neighbours neighbours)
      throws IOException {
    HostConfig host = settings.host();
    Map<String, SpecInput.Namespace> namespaces = namespaces(host, sandbox, neighbours);
    List<SpecMount> all = new ArrayList<>(networkMounts(directory, mounts));
    all.addAll(mounts);
    List<String> args = new ArrayList<>(settings.commandLine());
    if (Boolean.TRUE.equals(host.init())) {
      all.add(SpecMount.bind(init().toString(), SpecWriter.INIT_PATH, "ro", "rprivate"));
      args.addAll(0, List.of(SpecWriter.INIT_PATH, "--"));
    }
    Set<String> capabilities =
        CapabilityChoice.of(
            host.capAdd(),
            host.capDrop(),
            host.privileged(),
            facts.capabilities(),
            Set.copyOf(CapabilityChoice.NAMES));
    var input =
        new SpecInput(
            host,
            args,
            ContainerEnvironment.of(settings.config(), hostname),
            settings.config().workingDir().isEmpty() ? "/" : settings.config().workingDir(),
            ContainerUsers.resolve(directory.rootfs(), settings.config().user(), host.groupAdd()),
            settings.config().tty(),
            namespaces.containsKey("uts") ? hostname : "",
            namespaces.containsKey("uts") ? settings.config().domainname() : "",
            directory.rootfs(),
            all,
            sharedMemory(host, directory, neighbours),
            namespaces,
            devices(host),
            facts.capabilities(),
            seccomp(host, capabilities),
            cgroupsPath(settings),
            facts.cgroups(),
            host.annotations());
    Files.createDirectories(bundle.directory());
    Files.write(bundle.config(), Json.write(SpecWriter.write(input)));
  }

  private static Path init() {
    return Processes.find("catatonit")
        .or(() -> Processes.find("docker-init"))
        .orElseThrow(() ->
            new EngineException.Failed(
                "--init needs the program catatonit, which is not installed"));
  }

  /** The files that the engine writes, unless something else is mounted in their place. */
  private static List<SpecMount> networkMounts(
      ContainerDirectory directory, List<SpecMount> taken) {
    Map<String, Path> files = new LinkedHashMap<>();
    files.put("/etc/resolv.conf", directory.resolvConf());
    files.put("/etc/hostname", directory.hostname());
    files.put("/etc/hosts", directory.hosts());
    taken.forEach(mount -> files.remove(mount.destination()));
    List<SpecMount> mounts = new ArrayList<>();
    files.forEach((destination, source) ->
        mounts.add(SpecMount.bind(source.toString(), destination, "rw", "rprivate")));
    return mounts;
  }

  private Map<String, SpecInput.Namespace> namespaces(
      HostConfig host, NetworkSandbox sandbox, Neighbours neighbours) {
    Map<String, SpecInput.Namespace> chosen = new LinkedHashMap<>();
    chosen.put("mount", new SpecInput.Namespace.Fresh());
    switch (sandbox.namespace()) {
      case NetworkSandbox.Namespace.Fresh() ->
          chosen.put("network", new SpecInput.Namespace.Fresh());
      case NetworkSandbox.Namespace.At(Path path) ->
          chosen.put("network", new SpecInput.Namespace.At(path));
      case NetworkSandbox.Namespace.Host() -> {}
    }
    if (!host.utsMode().equals("host")) {
      chosen.put("uts", new SpecInput.Namespace.Fresh());
    }
    namespace(host.pidMode(), "pid", neighbours)
        .ifPresent(namespace -> chosen.put("pid", namespace));
    namespace(host.ipcMode(), "ipc", neighbours)
        .ifPresent(namespace -> chosen.put("ipc", namespace));
    String cgroupns = host.cgroupnsMode();
    boolean ownCgroups =
        cgroupns.isEmpty()
            ? facts.cgroups().unified() && !host.privileged()
            : cgroupns.equals("private");
    if (ownCgroups) {
      chosen.put("cgroup", new SpecInput.Namespace.Fresh());
    }
    return chosen;
  }

  private static Optional<SpecInput.Namespace> namespace(
      String mode, String type, Neighbours neighbours) {
    if (mode.equals("host")) {
      return Optional.empty();
    }
    if (mode.startsWith("container:")) {
      long pid = neighbours.running(mode.substring("container:".length())).pid();
      return Optional.of(
          new SpecInput.Namespace.At(Path.of("/proc", Long.toString(pid), "ns", type)));
    }
    return Optional.of(new SpecInput.Namespace.Fresh());
  }

  private static SpecInput.SharedMemory sharedMemory(
      HostConfig host, ContainerDirectory directory, Neighbours neighbours) {
    String mode = host.ipcMode();
    if (mode.equals("none")) {
      return new SpecInput.SharedMemory.None();
    }
    if (mode.equals("host")) {
      return new SpecInput.SharedMemory.Of(Path.of("/dev/shm"));
    }
    if (mode.equals("shareable")) {
      return new SpecInput.SharedMemory.Of(directory.sharedMemory());
    }
    if (mode.startsWith("container:")) {
      String name = mode.substring("container:".length());
      Neighbour other = neighbours.running(name);
      if (!other.ipcMode().equals("shareable")) {
        throw new EngineException.BadParameter(
            "can't join IPC of container %s: non-shareable IPC (hint: use IpcMode:shareable for the donor container)"
                .formatted(name));
      }
      return new SpecInput.SharedMemory.Of(other.directory().sharedMemory());
    }
    return new SpecInput.SharedMemory.Own(shmBytes(host));
  }

  static long shmBytes(HostConfig host) {
    return host.shmSizeBytes() == 0 ? SHM_BYTES : host.shmSizeBytes();
  }

  private static List<HostDevice> devices(HostConfig host) throws IOException {
    if (host.privileged()) {
      return HostDevices.all();
    }
    List<HostDevice> devices = new ArrayList<>();
    for (DeviceMapping mapping : host.devices()) {
      devices.addAll(HostDevices.of(mapping));
    }
    return devices;
  }

  private Optional<Map<String, Object>> seccomp(HostConfig host, Set<String> capabilities) {
    SeccompProfile profile = host.privileged() ? null : facts.seccomp();
    for (String option : host.securityOpt()) {
      int at = CreationCheck.separator(option);
      if (at < 0 || !option.substring(0, at).equals("seccomp")) {
        continue;
      }
      String value = option.substring(at + 1);
      profile =
          switch (value) {
            case "unconfined" -> null;
            case "builtin" -> facts.seccomp();
            default -> parse(value);
          };
    }
    return Optional.ofNullable(profile).map(p -> facts.decide(p, capabilities));
  }

  private static SeccompProfile parse(String json) {
    try {
      return SeccompProfile.parse(json.getBytes(StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      throw new EngineException.BadParameter(
          "Decoding seccomp profile failed: " + e.getMessage(), e);
    }
  }
}
