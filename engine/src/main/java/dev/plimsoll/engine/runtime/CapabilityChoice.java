package dev.plimsoll.engine.runtime;

import dev.plimsoll.engine.refusal.EngineException;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** Which capabilities a container gets, from Docker's defaults and {@code --cap-add, --cap-drop}. */
public final class CapabilityChoice {
  /** What dockerd gives to a container that asks for nothing. */
  public static final Set<String> DEFAULT =
      Set.of(
          "CAP_AUDIT_WRITE",
          "CAP_CHOWN",
          "CAP_DAC_OVERRIDE",
          "CAP_FOWNER",
          "CAP_FSETID",
          "CAP_KILL",
          "CAP_MKNOD",
          "CAP_NET_BIND_SERVICE",
          "CAP_NET_RAW",
          "CAP_SETFCAP",
          "CAP_SETGID",
          "CAP_SETPCAP",
          "CAP_SETUID",
          "CAP_SYS_CHROOT");

  private CapabilityChoice() {}

  /**
   * Decides it.
   *
   * @param all the engine's own bounding set: what {@code ALL} and {@code --privileged} mean here
   * @param known every capability that this engine has a name for
   * @throws EngineException.BadParameter for a name that is no capability, or one that the engine
   *     does not have itself
   */
  public static Set<String> of(
      Collection<String> add,
      Collection<String> drop,
      boolean privileged,
      Set<String> all,
      Set<String> known) {
    Set<String> added = normal(add, "CapAdd", known);
    Set<String> dropped = normal(drop, "CapDrop", known);
    if (privileged) {
      return new TreeSet<>(all);
    }
    for (String name : added) {
      if (!name.equals("ALL") && !all.contains(name)) {
        throw new EngineException.BadParameter(
            "invalid CapAdd: capability not supported by your kernel or not available in the"
                + " current environment: \"%s\"".formatted(name));
      }
    }
    Set<String> chosen = new TreeSet<>();
    if (added.contains("ALL")) {
      chosen.addAll(all);
      chosen.removeAll(dropped);
      return chosen;
    }
    if (!dropped.contains("ALL")) {
      chosen.addAll(DEFAULT);
      chosen.retainAll(all);
      chosen.removeAll(dropped);
    }
    chosen.addAll(added);
    return chosen;
  }

  private static Set<String> normal(Collection<String> names, String field, Set<String> known) {
    Set<String> normal = new TreeSet<>();
    for (String name : names) {
      String upper = name.toUpperCase(Locale.ROOT);
      if (upper.equals("ALL") || upper.equals("CAP_ALL")) {
        normal.add("ALL");
        continue;
      }
      String full = upper.startsWith("CAP_") ? upper : "CAP_" + upper;
      if (!known.contains(full)) {
        throw new EngineException.BadParameter(
            "invalid %s: unknown capability: \"%s\"".formatted(field, full));
      }
      normal.add(full);
    }
    return normal;
  }

  /** The names of capabilities.7 up to Linux 6.18, by number. */
  public static final List<String> NAMES =
      List.of(
          "CAP_CHOWN",
          "CAP_DAC_OVERRIDE",
          "CAP_DAC_READ_SEARCH",
          "CAP_FOWNER",
          "CAP_FSETID",
          "CAP_KILL",
          "CAP_SETGID",
          "CAP_SETUID",
          "CAP_SETPCAP",
          "CAP_LINUX_IMMUTABLE",
          "CAP_NET_BIND_SERVICE",
          "CAP_NET_BROADCAST",
          "CAP_NET_ADMIN",
          "CAP_NET_RAW",
          "CAP_IPC_LOCK",
          "CAP_IPC_OWNER",
          "CAP_SYS_MODULE",
          "CAP_SYS_RAWIO",
          "CAP_SYS_CHROOT",
          "CAP_SYS_PTRACE",
          "CAP_SYS_PACCT",
          "CAP_SYS_ADMIN",
          "CAP_SYS_BOOT",
          "CAP_SYS_NICE",
          "CAP_SYS_RESOURCE",
          "CAP_SYS_TIME",
          "CAP_SYS_TTY_CONFIG",
          "CAP_MKNOD",
          "CAP_LEASE",
          "CAP_AUDIT_WRITE",
          "CAP_AUDIT_CONTROL",
          "CAP_SETFCAP",
          "CAP_MAC_OVERRIDE",
          "CAP_MAC_ADMIN",
          "CAP_SYSLOG",
          "CAP_WAKE_ALARM",
          "CAP_BLOCK_SUSPEND",
          "CAP_AUDIT_READ",
          "CAP_PERFMON",
          "CAP_BPF",
          "CAP_CHECKPOINT_RESTORE");
}
