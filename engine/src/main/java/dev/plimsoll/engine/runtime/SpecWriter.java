package dev.plimsoll.engine.runtime;

import dev.plimsoll.docker.container.HostConfig;
import dev.plimsoll.docker.container.Ulimit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Writes the {@code config.json} of a bundle, with Docker's defaults. A pure function: what the host
 * decides has been looked up before and stands in the {@link SpecInput}.
 *
 * @see <a href="https://github.com/opencontainers/runtime-spec/blob/v1.1.0/config.md">OCI
 *     runtime-spec 1.1.0, Configuration</a>
 */
public final class SpecWriter {
  /** Where {@code --init} puts the init, as Docker does. */
  public static final String INIT_PATH = "/sbin/docker-init";

  private static final String VERSION = "1.0.2";

  private SpecWriter() {}

  public static Map<String, Object> write(SpecInput input) {
    Map<String, Object> spec = new LinkedHashMap<>();
    spec.put("ociVersion", VERSION);
    spec.put("process", process(input));
    spec.put(
        "root",
        Map.of("path", input.rootfs().toString(), "readonly", input.host().readonlyRootfs()));
    if (!input.hostname().isEmpty()) {
      spec.put("hostname", input.hostname());
    }
    spec.put("mounts", mounts(input));
    if (!input.annotations().isEmpty()) {
      spec.put("annotations", input.annotations());
    }
    spec.put("linux", linux(input));
    return spec;
  }

  /** The limits of a container alone, as an update of a running one needs them. */
  public static Map<String, Object> limits(HostConfig host, SpecInput.CgroupLayout cgroups) {
    return SpecResources.limits(host, cgroups);
  }

  private static Map<String, Object> process(SpecInput input) {
    HostConfig host = input.host();
    Map<String, Object> process = new LinkedHashMap<>();
    process.put("terminal", input.terminal());
    if (input.terminal() && host.consoleSize().size() == 2 && host.consoleSize().get(0) > 0) {
      process.put(
          "consoleSize",
          Map.of("height", host.consoleSize().get(0), "width", host.consoleSize().get(1)));
    }
    process.put("user", user(input.user()));
    process.put("args", input.args());
    process.put("env", input.env());
    process.put("cwd", input.workingDirectory());
    process.put("capabilities", capabilities(chosenCapabilities(input)));
    process.put("noNewPrivileges", noNewPrivileges(host));
    if (host.oomScoreAdj() != 0) {
      process.put("oomScoreAdj", host.oomScoreAdj());
    }
    if (!host.ulimits().isEmpty()) {
      process.put("rlimits", host.ulimits().stream().map(SpecWriter::rlimit).toList());
    }
    return process;
  }

  /** A user as the specification writes it. */
  static Map<String, Object> user(ProcessUser user) {
    Map<String, Object> written = new LinkedHashMap<>();
    written.put("uid", user.uid());
    written.put("gid", user.gid());
    if (!user.additionalGids().isEmpty()) {
      written.put("additionalGids", user.additionalGids());
    }
    return written;
  }

  static Set<String> chosenCapabilities(SpecInput input) {
    return CapabilityChoice.of(
        input.host().capAdd(),
        input.host().capDrop(),
        input.host().privileged(),
        input.allCapabilities(),
        Set.copyOf(CapabilityChoice.NAMES));
  }

  /**
   * Capability sets as the specification writes them. Inheritable and ambient stay empty: an
   * inheritable set would hand capabilities to programs that a non-root user runs, and runc 1.1.5
   * warns about an ambient one.
   */
  static Map<String, Object> capabilities(Set<String> chosen) {
    List<String> names = List.copyOf(chosen.stream().sorted().toList());
    return Map.of("bounding", names, "effective", names, "permitted", names);
  }

  static boolean noNewPrivileges(HostConfig host) {
    return host.securityOpt().stream()
        .anyMatch(o ->
            o.equals("no-new-privileges")
                || o.equals("no-new-privileges=true")
                || o.equals("no-new-privileges:true"));
  }

  private static Map<String, Object> rlimit(Ulimit limit) {
    return Map.of(
        "type", "RLIMIT_" + limit.name().toUpperCase(Locale.ROOT),
        "soft", unsigned(limit.soft()),
        "hard", unsigned(limit.hard()));
  }

  /** -1 is RLIM_INFINITY, which the specification writes as the largest unsigned number. */
  private static Object unsigned(long limit) {
    return limit < 0 ? new java.math.BigInteger(Long.toUnsignedString(limit)) : (Object) limit;
  }

  private static List<Object> mounts(SpecInput input) {
    boolean privileged = input.host().privileged();
    String access = privileged ? "rw" : "ro";
    List<SpecMount> all = new ArrayList<>();
    all.add(mount("/proc", "proc", "proc", "nosuid,noexec,nodev"));
    all.add(mount("/dev", "tmpfs", "tmpfs", "nosuid,strictatime,mode=755,size=65536k"));
    all.add(
        mount(
            "/dev/pts",
            "devpts",
            "devpts",
            "nosuid,noexec,newinstance,ptmxmode=0666,mode=0620,gid=5"));
    all.add(mount("/sys", "sysfs", "sysfs", "nosuid,noexec,nodev," + access));
    all.add(mount("/sys/fs/cgroup", "cgroup", "cgroup", access + ",nosuid,noexec,nodev"));
    // A new mount shows the queues of whichever IPC namespace the container is in, its own or not.
    all.add(mount("/dev/mqueue", "mqueue", "mqueue", "nosuid,noexec,nodev"));
    switch (input.shm()) {
      case SpecInput.SharedMemory.Own(long sizeBytes) ->
          all.add(
              mount("/dev/shm", "tmpfs", "shm", "nosuid,noexec,nodev,mode=1777,size=" + sizeBytes));
      case SpecInput.SharedMemory.Of(var directory) ->
          all.add(SpecMount.bind(directory.toString(), "/dev/shm", "rw", "rprivate"));
      case SpecInput.SharedMemory.None() -> {}
    }
    // What the user mounts replaces a default of the same place: `--tmpfs /dev/shm`.
    Set<String> replaced =
        Set.copyOf(input.mounts().stream().map(SpecMount::destination).distinct().toList());
    all.removeIf(m -> replaced.contains(m.destination()));
    all.addAll(input.mounts());
    return all.stream().map(SpecWriter::written).toList();
  }

  private static SpecMount mount(String destination, String type, String source, String options) {
    return new SpecMount(destination, type, source, List.of(options.split(",", -1)));
  }

  private static Object written(SpecMount mount) {
    Map<String, Object> written = new LinkedHashMap<>();
    written.put("destination", mount.destination());
    written.put("type", mount.type());
    written.put("source", mount.source());
    written.put("options", mount.options());
    return written;
  }

  private static Map<String, Object> linux(SpecInput input) {
    HostConfig host = input.host();
    Map<String, Object> linux = new LinkedHashMap<>();
    linux.put("namespaces", namespaces(input));
    linux.put("cgroupsPath", input.cgroupsPath());
    linux.put("resources", SpecResources.of(input));
    if (!input.devices().isEmpty()) {
      linux.put("devices", input.devices().stream().map(SpecWriter::device).toList());
    }
    input.seccomp().ifPresent(profile -> linux.put("seccomp", profile));
    Map<String, String> sysctls = new LinkedHashMap<>(host.sysctls());
    if (!input.domainname().isEmpty()) {
      sysctls.put("kernel.domainname", input.domainname());
    }
    if (!sysctls.isEmpty()) {
      linux.put("sysctl", sysctls);
    }
    if (!host.privileged()) {
      List<String> masked = host.maskedPaths();
      List<String> readOnly = host.readonlyPaths();
      linux.put("maskedPaths", masked == null ? DefaultPaths.MASKED : masked);
      linux.put("readonlyPaths", readOnly == null ? DefaultPaths.READ_ONLY : readOnly);
    }
    rootPropagation(input.mounts()).ifPresent(p -> linux.put("rootfsPropagation", p));
    return linux;
  }

  /** A mount can only pass on what its parent does, so the root must be as open as the most open. */
  private static java.util.Optional<String> rootPropagation(List<SpecMount> mounts) {
    if (mounts.stream()
        .anyMatch(m -> m.options().contains("rshared") || m.options().contains("shared"))) {
      return java.util.Optional.of("shared");
    }
    if (mounts.stream()
        .anyMatch(m -> m.options().contains("rslave") || m.options().contains("slave"))) {
      return java.util.Optional.of("slave");
    }
    return java.util.Optional.empty();
  }

  private static List<Object> namespaces(SpecInput input) {
    List<Object> written = new ArrayList<>();
    for (String type : List.of("mount", "network", "uts", "pid", "ipc", "cgroup")) {
      switch (input.namespaces().get(type)) {
        case SpecInput.Namespace.Fresh() -> written.add(Map.of("type", type));
        case SpecInput.Namespace.At(var path) ->
            written.add(Map.of("type", type, "path", path.toString()));
        case null -> {}
      }
    }
    return written;
  }

  private static Object device(HostDevice device) {
    Map<String, Object> written = new LinkedHashMap<>();
    written.put("path", device.path());
    written.put("type", device.type());
    written.put("major", device.major());
    written.put("minor", device.minor());
    written.put("fileMode", device.mode());
    written.put("uid", device.uid());
    written.put("gid", device.gid());
    return written;
  }
}
