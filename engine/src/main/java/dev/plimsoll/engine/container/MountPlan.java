package dev.plimsoll.engine.container;

import dev.plimsoll.docker.container.BindOptions;
import dev.plimsoll.docker.container.ContainerConfig;
import dev.plimsoll.docker.container.HostConfig;
import dev.plimsoll.docker.container.Mount;
import dev.plimsoll.docker.container.TmpfsOptions;
import dev.plimsoll.docker.container.VolumeOptions;
import dev.plimsoll.engine.refusal.EngineException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * What a new container mounts where: {@code -v}, {@code --mount}, {@code --tmpfs}, {@code
 * --volumes-from} and the image's volumes, each destination once. Later kinds yield to earlier ones
 * as they do in dockerd: what was asked for by hand hides what comes along.
 */
final class MountPlan {
  private static final Pattern VOLUME_NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]+");
  private static final Set<String> PROPAGATIONS =
      Set.of("private", "rprivate", "shared", "rshared", "slave", "rslave");
  private static final Set<String> TMPFS_WORDS =
      Set.of(
          "ro",
          "rw",
          "exec",
          "noexec",
          "suid",
          "nosuid",
          "dev",
          "nodev",
          "sync",
          "async",
          "dirsync",
          "remount",
          "mand",
          "nomand",
          "atime",
          "noatime",
          "diratime",
          "nodiratime",
          "relatime",
          "norelatime",
          "strictatime",
          "nostrictatime",
          "bind",
          "rbind",
          "unbindable",
          "runbindable",
          "private",
          "rprivate",
          "shared",
          "rshared",
          "slave",
          "rslave",
          "defaults");
  private static final Set<String> TMPFS_VALUES =
      Set.of("size", "mode", "uid", "gid", "nr_inodes", "nr_blocks", "mpol");
  private static final List<String> TMPFS_DEFAULTS = List.of("noexec", "nosuid", "nodev");

  private final Map<String, MountSettings> byDestination = new LinkedHashMap<>();

  private MountPlan() {}

  /**
   * Decides it; pure but for a look at whether a {@code --mount}'s source exists.
   *
   * @param config of the container, with the image's volumes merged in
   * @param mountsOf the mounts of the container that {@code --volumes-from} names
   */
  static List<MountSettings> of(
      ContainerConfig config, HostConfig host, Function<String, List<MountSettings>> mountsOf) {
    var plan = new MountPlan();
    for (String from : host.volumesFrom()) {
      plan.inherit(from, mountsOf);
    }
    Map<String, MountSettings> asked = new LinkedHashMap<>();
    for (String bind : host.binds()) {
      once(asked, parseBind(bind));
    }
    for (Mount mount : host.mounts()) {
      once(asked, parseMount(mount));
    }
    for (Map.Entry<String, String> tmpfs : host.tmpfs().entrySet()) {
      once(asked, parseTmpfs(tmpfs.getKey(), tmpfs.getValue()));
    }
    plan.byDestination.putAll(asked);
    for (String volume : config.volumes().keySet()) {
      MountSettings parsed = parseVolume(volume);
      plan.byDestination.putIfAbsent(parsed.destination(), parsed);
    }
    return List.copyOf(plan.byDestination.values());
  }

  private static void once(Map<String, MountSettings> asked, MountSettings mount) {
    if (asked.putIfAbsent(mount.destination(), mount) != null) {
      throw new EngineException.BadParameter("Duplicate mount point: " + mount.destination());
    }
  }

  private void inherit(String from, Function<String, List<MountSettings>> mountsOf) {
    int colon = from.indexOf(':');
    String container = colon < 0 ? from : from.substring(0, colon);
    String mode = colon < 0 ? "" : from.substring(colon + 1);
    if (container.isEmpty()) {
      throw new EngineException.BadParameter("malformed volumes-from specification: " + from);
    }
    boolean readOnly = !mode.isEmpty() && !BindMode.parse(mode, from).writable();
    for (MountSettings mount : mountsOf.apply(container)) {
      byDestination.put(mount.destination(), readOnly ? mount.readOnly() : mount);
    }
  }

  /** Reads {@code source:destination[:mode]} or a destination alone. */
  static MountSettings parseBind(String text) {
    String[] parts = text.split(":", -1);
    if (parts.length > 3 || parts.length == 0) {
      throw BindMode.invalid(text);
    }
    if (parts.length == 1) {
      return MountSettings.anonymous(destination(parts[0], text, "volume"));
    }
    if (parts[0].isEmpty()) {
      throw BindMode.invalid(text);
    }
    BindMode mode = parts.length == 3 ? BindMode.parse(parts[2], text) : BindMode.DEFAULT;
    boolean bind = parts[0].startsWith("/");
    String destination = destination(parts[1], text, bind ? "bind" : "volume");
    if (bind) {
      return MountSettings.bind(Path.of(parts[0]).normalize().toString(), destination, mode);
    }
    return MountSettings.volume(volumeName(parts[0], text), destination, mode);
  }

  private static MountSettings parseVolume(String text) {
    if (text.contains(":")) {
      return parseBind(text);
    }
    return MountSettings.anonymous(destination(text, text, "volume"));
  }

  private static String volumeName(String name, String whole) {
    if (!VOLUME_NAME.matcher(name).matches()) {
      throw new EngineException.BadParameter(
          "create %s: \"%s\" includes invalid characters for a local volume name, only \"[a-zA-Z0-9][a-zA-Z0-9_.-]\" are allowed. If you intended to pass a host directory, use absolute path"
              .formatted(name.isEmpty() ? whole : name, name));
    }
    return name;
  }

  private static String destination(String text, String whole, String type) {
    try {
      return destination(text);
    } catch (EngineException.BadParameter e) {
      throw new EngineException.BadParameter(
          "invalid volume specification: '%s': invalid mount config for type \"%s\": %s"
              .formatted(whole, type, e.getMessage()),
          e);
    }
  }

  private static String destination(String text) {
    if (!text.startsWith("/")) {
      throw new EngineException.BadParameter(
          "invalid mount path: '%s' mount path must be absolute".formatted(text));
    }
    String normal = Path.of(text).normalize().toString();
    if (normal.equals("/")) {
      throw new EngineException.BadParameter("invalid specification: destination can't be '/'");
    }
    return normal;
  }

  private static MountSettings parseMount(Mount mount) {
    String type = mount.type();
    if (mount.target().isEmpty()) {
      throw invalid(type, "field Target must not be empty");
    }
    String target;
    try {
      target = destination(mount.target());
    } catch (EngineException.BadParameter e) {
      throw invalid(type, String.valueOf(e.getMessage()));
    }
    return switch (type) {
      case "bind" -> bindMount(mount, target);
      case "volume" -> volumeMount(mount, target);
      case "tmpfs" -> tmpfsMount(mount, target);
      case "image", "npipe", "cluster" ->
          throw new EngineException.NotImplemented(
              "mounts of type %s are not supported by this engine".formatted(type));
      default -> throw invalid(type, "mount type unknown");
    };
  }

  private static EngineException.BadParameter invalid(String type, String why) {
    return new EngineException.BadParameter(
        "invalid mount config for type \"%s\": %s".formatted(type, why));
  }

  private static MountSettings bindMount(Mount mount, String target) {
    if (mount.source().isEmpty()) {
      throw invalid("bind", "field Source must not be empty");
    }
    if (!mount.source().startsWith("/")) {
      throw invalid(
          "bind", "invalid mount path: '%s' mount path must be absolute".formatted(mount.source()));
    }
    if (mount.volumeOptions() != null || mount.tmpfsOptions() != null) {
      throw invalid("bind", "field VolumeOptions or TmpfsOptions must not be specified");
    }
    BindOptions options =
        mount.bindOptions() == null
            ? new BindOptions("", false, false, false, false)
            : mount.bindOptions();
    if (options.readOnlyForceRecursive()) {
      throw new EngineException.NotImplemented(
          "bind-recursive=readonly is not supported by this engine");
    }
    if (!options.createMountpoint() && !Files.exists(Path.of(mount.source()))) {
      throw invalid("bind", "bind source path does not exist: " + mount.source());
    }
    String propagation = options.propagation().isEmpty() ? "rprivate" : options.propagation();
    if (!PROPAGATIONS.contains(propagation)) {
      throw invalid("bind", "invalid propagation mode: " + propagation);
    }
    return new MountSettings(
        MountSettings.Kind.BIND,
        "",
        Path.of(mount.source()).normalize().toString(),
        target,
        "",
        !mount.readOnly(),
        propagation,
        List.of(),
        options.createMountpoint(),
        false,
        "",
        false,
        !options.nonRecursive());
  }

  private static MountSettings volumeMount(Mount mount, String target) {
    if (mount.bindOptions() != null || mount.tmpfsOptions() != null) {
      throw invalid("volume", "field BindOptions or TmpfsOptions must not be specified");
    }
    VolumeOptions options = mount.volumeOptions();
    boolean noCopy = options != null && options.noCopy();
    if (options != null && options.driverConfig() != null) {
      CreationCheck.volumeDriver(options.driverConfig().name());
    }
    String name = mount.source().isEmpty() ? "" : volumeName(mount.source(), mount.source());
    return new MountSettings(
        MountSettings.Kind.VOLUME,
        name,
        "",
        target,
        "z",
        !mount.readOnly(),
        "",
        List.of(),
        false,
        !noCopy,
        options == null ? "" : options.subpath(),
        name.isEmpty(),
        true);
  }

  /** What {@code --mount} says of the volume that is mounted there; nothing for any other mount. */
  static VolumeOptions optionsOf(HostConfig host, MountSettings mount) {
    return host.mounts().stream()
        .filter(asked -> asked.type().equals("volume") && asked.target().startsWith("/"))
        .filter(asked -> destination(asked.target()).equals(mount.destination()))
        .map(Mount::volumeOptions)
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(new VolumeOptions(false, Map.of(), null, ""));
  }

  private static MountSettings tmpfsMount(Mount mount, String target) {
    if (!mount.source().isEmpty()) {
      throw invalid("tmpfs", "field Source must not be specified");
    }
    List<String> options = new ArrayList<>(TMPFS_DEFAULTS);
    if (mount.readOnly()) {
      options.add("ro");
    }
    TmpfsOptions tmpfs = mount.tmpfsOptions();
    if (tmpfs != null) {
      if (tmpfs.sizeBytes() != 0) {
        options.add("size=" + tmpfs.sizeBytes());
      }
      if (tmpfs.mode() != 0) {
        options.add("mode=" + Integer.toOctalString(tmpfs.mode()));
      }
      tmpfs.options().forEach(o -> options.add(String.join("=", o)));
    }
    return MountSettings.tmpfs(target, options, !mount.readOnly());
  }

  private static MountSettings parseTmpfs(String target, String text) {
    List<String> options = new ArrayList<>(TMPFS_DEFAULTS);
    for (String option : text.isEmpty() ? new String[0] : text.split(",", -1)) {
      boolean value = option.contains("=");
      if (value
          ? !TMPFS_VALUES.contains(option.substring(0, option.indexOf('=')))
          : !TMPFS_WORDS.contains(option)) {
        throw new EngineException.BadParameter("invalid tmpfs option [\"%s\"]".formatted(option));
      }
      switch (option) {
        case "exec" -> options.remove("noexec");
        case "suid" -> options.remove("nosuid");
        case "dev" -> options.remove("nodev");
        default -> {
          if (!options.contains(option)) {
            options.add(option);
          }
        }
      }
    }
    return MountSettings.tmpfs(destination(target), options, !options.contains("ro"));
  }
}
