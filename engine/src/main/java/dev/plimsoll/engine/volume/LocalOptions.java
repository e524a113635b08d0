package dev.plimsoll.engine.volume;

import dev.plimsoll.engine.refusal.EngineException.BadParameter;
import dev.plimsoll.linux.MountFlag;
import dev.plimsoll.linux.Mounts;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What {@code docker volume create -o} gives the driver {@code local}: nothing for a plain
 * directory, or what to mount there, in the words of {@code mount(8)}: {@code type}, {@code o} and
 * {@code device}.
 */
record LocalOptions(Map<String, String> values) {
  private static final Set<String> KNOWN = Set.of("type", "o", "device");

  private static final Map<String, MountFlag> FLAGS =
      Map.of(
          "ro", MountFlag.READ_ONLY,
          "nosuid", MountFlag.NO_SUID,
          "nodev", MountFlag.NO_DEVICES,
          "noexec", MountFlag.NO_EXEC,
          "noatime", MountFlag.NO_ACCESS_TIMES,
          "nodiratime", MountFlag.NO_DIRECTORY_ACCESS_TIMES);

  /** Words of mount(8) that are the kernel's default, and that it does not take as options. */
  private static final Set<String> DEFAULTS =
      Set.of("", "rw", "suid", "dev", "exec", "atime", "diratime", "defaults");

  /**
   * @throws BadParameter if an option is unknown, or one that another needs is missing
   */
  LocalOptions {
    values = Map.copyOf(values);
    for (String option : values.keySet()) {
      if (option.equals("size")) {
        throw new BadParameter(
            "quota size requested but no quota support: leave \"size\" out, or use a tmpfs with"
                + " o=size=…");
      }
      if (!KNOWN.contains(option)) {
        throw new BadParameter("invalid option: \"%s\"".formatted(option));
      }
    }
    require(values, "device", "type");
    require(values, "type", "device");
    require(values, "o", "device", "type");
  }

  private static void require(Map<String, String> values, String option, String... others) {
    for (String other : others) {
      if (values.containsKey(option) && !values.containsKey(other)) {
        throw new BadParameter("missing required option: \"%s\"".formatted(other));
      }
    }
  }

  /** Whether something has to be mounted before the volume can be used. */
  boolean wantsMount() {
    return values.containsKey("device");
  }

  /** Mounts it at the target, which is a directory. */
  void mount(Path target) throws IOException {
    String type = values.getOrDefault("type", "");
    String device = values.getOrDefault("device", "");
    List<MountFlag> flags = new ArrayList<>();
    List<String> data = new ArrayList<>();
    boolean bind = false;
    boolean recursive = false;
    for (String option : values.getOrDefault("o", "").split(",", -1)) {
      MountFlag flag = FLAGS.get(option);
      if (flag != null) {
        flags.add(flag);
      } else if (option.equals("bind") || option.equals("rbind")) {
        bind = true;
        recursive = option.equals("rbind");
      } else if (!DEFAULTS.contains(option)) {
        data.add(option.startsWith("addr=") ? resolved(option) : option);
      }
    }
    MountFlag[] all = flags.toArray(MountFlag[]::new);
    if (!bind) {
      Mounts.mount(type, device, target, String.join(",", data), all);
      return;
    }
    if (recursive) {
      Mounts.bindTree(Path.of(device), target);
    } else {
      Mounts.bind(Path.of(device), target);
    }
    if (all.length > 0) {
      restrictOrRelease(target, all);
    }
  }

  private static void restrictOrRelease(Path target, MountFlag[] flags) throws IOException {
    try {
      Mounts.restrict(target, flags);
    } catch (IOException e) {
      try {
        Mounts.release(target); // a writable mount where a read-only one was asked for is no result
      } catch (IOException secondary) {
        e.addSuppressed(secondary);
      }
      throw e;
    }
  }

  /** The kernel's NFS takes numbers only; mount.nfs resolves names, and so do we. */
  private static String resolved(String option) throws IOException {
    return "addr=" + InetAddress.getByName(option.substring("addr=".length())).getHostAddress();
  }
}
