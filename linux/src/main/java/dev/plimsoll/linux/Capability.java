package dev.plimsoll.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/**
 * A part of what root may do: {@code capabilities(7)}, {@code linux/capability.h}. The place in this list
 * is the number.
 */
public enum Capability {
  CHOWN,
  DAC_OVERRIDE,
  DAC_READ_SEARCH,
  FOWNER,
  FSETID,
  KILL,
  SETGID,
  SETUID,
  SETPCAP,
  LINUX_IMMUTABLE,
  NET_BIND_SERVICE,
  NET_BROADCAST,
  NET_ADMIN,
  NET_RAW,
  IPC_LOCK,
  IPC_OWNER,
  SYS_MODULE,
  SYS_RAWIO,
  SYS_CHROOT,
  SYS_PTRACE,
  SYS_PACCT,
  SYS_ADMIN,
  SYS_BOOT,
  SYS_NICE,
  SYS_RESOURCE,
  SYS_TIME,
  SYS_TTY_CONFIG,
  MKNOD,
  LEASE,
  AUDIT_WRITE,
  AUDIT_CONTROL,
  SETFCAP,
  MAC_OVERRIDE,
  MAC_ADMIN,
  SYSLOG,
  WAKE_ALARM,
  BLOCK_SUSPEND,
  AUDIT_READ,
  PERFMON,
  BPF,
  CHECKPOINT_RESTORE;

  /** The number the kernel knows it by. */
  @SuppressWarnings("EnumOrdinal") // the list and its order are the kernel's, and only ever grow
  public int number() {
    return ordinal();
  }

  /** As the OCI runtime specification writes it: {@code CAP_CHOWN}. */
  public String fullName() {
    return "CAP_" + name();
  }

  /**
   * Reads {@code CAP_NET_ADMIN}, {@code NET_ADMIN} and {@code net_admin}.
   *
   * @throws IllegalArgumentException on anything else, {@code ALL} too
   */
  public static Capability parse(String text) {
    String name = text.toUpperCase(Locale.ROOT);
    if (name.startsWith("CAP_")) {
      name = name.substring(4);
    }
    for (Capability capability : values()) {
      if (capability.name().equals(name)) {
        return capability;
      }
    }
    throw new IllegalArgumentException("unknown capability: \"" + text + "\"");
  }

  /**
   * What this process can hand on to a container at most: its bounding set, as far as it holds it. A
   * daemon that runs in a container itself lacks some, and a runtime refuses to give what is lacking.
   */
  public static Set<Capability> available() throws IOException {
    String status = Files.readString(Path.of("/proc/self/status"), StandardCharsets.ISO_8859_1);
    Set<Capability> available = set(status, "CapBnd");
    available.retainAll(set(status, "CapPrm"));
    return available;
  }

  /** One of the sets in the text of {@code /proc/PID/status}; numbers without a name are left out. */
  static Set<Capability> set(String status, String field) throws IOException {
    for (String line : status.lines().toList()) {
      if (line.startsWith(field + ":")) {
        long bits = Long.parseUnsignedLong(line.substring(field.length() + 1).strip(), 16);
        Set<Capability> set = EnumSet.noneOf(Capability.class);
        for (Capability capability : values()) {
          if ((bits & (1L << capability.number())) != 0) {
            set.add(capability);
          }
        }
        return set;
      }
    }
    throw new IOException("no " + field + " in /proc/self/status");
  }
}
