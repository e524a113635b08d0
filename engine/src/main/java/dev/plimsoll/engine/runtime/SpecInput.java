package dev.plimsoll.engine.runtime;

import dev.plimsoll.docker.container.HostConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Everything that decides a container's {@code config.json}, looked up and resolved: writing it asks
 * the host nothing more.
 *
 * @param args the command line, not empty
 * @param env as {@code KEY=value}, in order
 * @param namespaces by the names of the runtime specification; a type that is absent is shared with
 *     the host
 * @param hostname empty where the container shares the host's
 * @param mounts in the order in which they are made, after the default ones
 * @param shm how {@code /dev/shm} is made
 * @param devices what was asked for by {@code --device}, or all of the host's if privileged
 * @param allCapabilities what this engine itself may give away: its bounding set
 * @param seccomp as the runtime specification has it; empty is unconfined
 * @param cgroupsPath below the root of each hierarchy
 */
public record SpecInput(
    HostConfig host,
    List<String> args,
    List<String> env,
    String workingDirectory,
    ProcessUser user,
    boolean terminal,
    String hostname,
    String domainname,
    Path rootfs,
    List<SpecMount> mounts,
    SharedMemory shm,
    Map<String, Namespace> namespaces,
    List<HostDevice> devices,
    Set<String> allCapabilities,
    Optional<Map<String, Object>> seccomp,
    String cgroupsPath,
    CgroupLayout cgroups,
    Map<String, String> annotations) {

  public SpecInput {
    args = List.copyOf(args);
    env = List.copyOf(env);
    mounts = List.copyOf(mounts);
    namespaces = Map.copyOf(namespaces);
    devices = List.copyOf(devices);
    annotations = Map.copyOf(annotations);
  }

  /** A namespace of the container. */
  public sealed interface Namespace {
    /** Made for it. */
    record Fresh() implements Namespace {}

    /** One that exists, by its file. */
    record At(Path path) implements Namespace {}
  }

  /** Where {@code /dev/shm} comes from. */
  public sealed interface SharedMemory {
    /** A tmpfs of its own. */
    record Own(long sizeBytes) implements SharedMemory {}

    /** A directory on the host: the host's own, or one that containers share. */
    record Of(Path directory) implements SharedMemory {}

    /** None: {@code --ipc none}, or something else is mounted there. */
    record None() implements SharedMemory {}
  }

  /** What the host's control groups are, as far as a specification depends on it. */
  public record CgroupLayout(boolean unified, boolean swapAccounting) {}
}
