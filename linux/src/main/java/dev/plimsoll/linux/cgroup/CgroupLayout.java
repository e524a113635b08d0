package dev.plimsoll.linux.cgroup;

import dev.plimsoll.linux.MountTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which control group hierarchies a machine has and where: {@code cgroups(7)}. A value, as the kernel's
 * files told it at one moment.
 *
 * @param version1 the mounted version 1 hierarchies by controller, {@code cpu} and {@code cpuacct}
 *     often with the same one
 * @param unified the version 2 hierarchy, if it is mounted
 * @param ownPaths where this process is: by controller, and under the empty name in version 2
 */
public record CgroupLayout(
    Map<String, Hierarchy> version1, Optional<Hierarchy> unified, Map<String, String> ownPaths) {

  /** What a machine calls its own, as {@code docker info} tells it. */
  public enum Mode {
    V1,
    HYBRID,
    V2
  }

  /**
   * A mounted hierarchy.
   *
   * @param root which group is seen at the mount point: {@code /}, but in a container its own
   */
  public record Hierarchy(Path mountPoint, String root) {

    /** The directory of the group at {@code path} of this hierarchy. */
    Path directory(String path) {
      String below = path;
      if (!root.equals("/") && (path.equals(root) || path.startsWith(root + "/"))) {
        below = path.substring(root.length());
      }
      Path directory = mountPoint.resolve(stripSlashes(below)).normalize();
      if (!directory.startsWith(mountPoint)) {
        throw new IllegalArgumentException("a cgroup path that climbs: \"" + path + "\"");
      }
      return directory;
    }

    private static String stripSlashes(String path) {
      int from = 0;
      while (from < path.length() && path.charAt(from) == '/') {
        from++;
      }
      return path.substring(from);
    }
  }

  public CgroupLayout {
    version1 = Map.copyOf(version1);
    ownPaths = Map.copyOf(ownPaths);
  }

  /** What this machine has. */
  public static CgroupLayout detect() throws IOException {
    return of(
        MountTable.read(),
        Files.readString(Path.of("/proc/cgroups")),
        Files.readString(Path.of("/proc/self/cgroup")));
  }

  /**
   * Reads what the kernel told.
   *
   * @param procCgroups {@code /proc/cgroups}: which words in a mount's options are controllers
   * @param selfCgroup {@code /proc/self/cgroup}
   */
  public static CgroupLayout of(MountTable mounts, String procCgroups, String selfCgroup) {
    Set<String> controllers = new LinkedHashSet<>();
    for (String line : procCgroups.lines().toList()) {
      if (!line.startsWith("#")) {
        controllers.add(line.split("\\s", -1)[0]);
      }
    }
    Map<String, Hierarchy> version1 = new HashMap<>();
    Optional<Hierarchy> unified = Optional.empty();
    for (MountTable.Entry mount : mounts.entries()) {
      var hierarchy = new Hierarchy(Path.of(mount.target()), mount.root());
      if (mount.type().equals("cgroup2") && unified.isEmpty()) {
        unified = Optional.of(hierarchy);
      }
      if (mount.type().equals("cgroup")) {
        for (String option : mount.superOptions()) {
          if (controllers.contains(option)) {
            version1.putIfAbsent(option, hierarchy);
          }
        }
      }
    }
    return new CgroupLayout(version1, unified, own(selfCgroup));
  }

  private static Map<String, String> own(String selfCgroup) {
    Map<String, String> own = new TreeMap<>();
    for (String line : selfCgroup.lines().toList()) {
      String[] parts = line.split(":", 3); // the path itself may hold colons
      if (parts.length == 3) {
        for (String controller : parts[1].split(",", -1)) {
          own.put(controller, parts[2]);
        }
      }
    }
    return own;
  }

  public Mode mode() {
    if (version1.isEmpty()) {
      return Mode.V2;
    }
    return unified.isPresent() ? Mode.HYBRID : Mode.V1;
  }

  /** The controllers that limits can be set with. */
  public Set<String> controllers() throws IOException {
    Set<String> controllers = new TreeSet<>(version1.keySet());
    if (version1.isEmpty() && unified.isPresent()) {
      Path file = unified.get().mountPoint().resolve("cgroup.controllers");
      controllers.addAll(List.of(Files.readString(file).strip().split(" ", -1)));
      controllers.remove("");
    }
    return controllers;
  }

  /**
   * The group at {@code path}, such as {@code /plimsoll/<id>}; it need not exist.
   *
   * @throws IOException if no hierarchy is mounted at all
   */
  public Cgroup group(String path) throws IOException {
    if (!version1.isEmpty()) {
      Map<String, Path> directories = new TreeMap<>();
      version1.forEach((name, hierarchy) -> directories.put(name, hierarchy.directory(path)));
      return new CgroupV1(path, directories);
    }
    return new CgroupV2(path, unifiedDirectory(path));
  }

  /** The group that this process is in; in version 1 that may be another path for each controller. */
  public Cgroup own() throws IOException {
    if (!version1.isEmpty()) {
      Map<String, Path> directories = new TreeMap<>();
      version1.forEach((name, hierarchy) ->
          directories.put(name, hierarchy.directory(ownPaths.getOrDefault(name, "/"))));
      return new CgroupV1(ownPaths.getOrDefault("memory", "/"), directories);
    }
    String path = ownPaths.getOrDefault("", "/");
    return new CgroupV2(path, unifiedDirectory(path));
  }

  private Path unifiedDirectory(String path) throws IOException {
    return unified
        .orElseThrow(() -> new IOException("no cgroup hierarchy is mounted on this machine"))
        .directory(path);
  }
}
