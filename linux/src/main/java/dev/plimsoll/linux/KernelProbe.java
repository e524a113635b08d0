package dev.plimsoll.linux;

import static dev.plimsoll.linux.ffi.SystemCall.MOUNT_SETATTR;

import dev.plimsoll.linux.ffi.Scratch;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * Finds out what this kernel and a data directory can do, by trying each thing once. Needs root; leaves
 * nothing behind. What needs the packages above this one is added by {@code linux.probe.MachineProbe}.
 */
public final class KernelProbe {
  private static final Set<Capability> NEEDED =
      EnumSet.of(
          Capability.SYS_ADMIN,
          Capability.NET_ADMIN,
          Capability.CHOWN,
          Capability.DAC_OVERRIDE,
          Capability.FOWNER,
          Capability.MKNOD,
          Capability.SETFCAP,
          Capability.SETUID,
          Capability.SETGID,
          Capability.KILL);

  private final Path dataDirectory;

  /**
   * Probes for layers kept below {@code dataDirectory}.
   *
   * @param dataDirectory an existing directory; the probe works in one of its own below
   */
  public KernelProbe(Path dataDirectory) {
    this.dataDirectory = dataDirectory;
  }

  /** All findings; a probe that cannot be carried out is a finding as well. */
  public List<Finding> findings() throws IOException, InterruptedException {
    List<Finding> findings = new ArrayList<>();
    findings.add(Finding.good("kernel", KernelVersion.current().release()));
    findings.add(capabilities());
    findings.add(resolution());
    findings.addAll(inScratchDirectory());
    findings.add(mountAttributes());
    findings.add(networkNamespaces());
    findings.add(seccomp());
    findings.add(appArmor());
    return findings;
  }

  private static Finding capabilities() throws IOException {
    Set<Capability> lacking = EnumSet.copyOf(NEEDED);
    lacking.removeAll(Capability.available());
    return lacking.isEmpty()
        ? Finding.good("capabilities", Capability.available().size() + " available")
        : Finding.missing("capabilities", "run as root with " + lacking);
  }

  private Finding resolution() throws IOException {
    try (Directory directory = Directory.open(dataDirectory)) {
      directory.directory(".", Resolution.IN_ROOT).close();
      return Finding.good("openat2", "paths in containers are resolved by the kernel");
    } catch (LinuxException e) {
      return Finding.missing("openat2", String.valueOf(e.getMessage()));
    }
  }

  private List<Finding> inScratchDirectory() throws IOException {
    String name = ".probe-" + UUID.randomUUID();
    try (Directory data = Directory.open(dataDirectory)) {
      data.makeDirectory(name, 0700);
      try {
        return List.of(
            entryTypes(dataDirectory.resolve(name)),
            attributes(dataDirectory.resolve(name)),
            overlay(dataDirectory.resolve(name)));
      } finally {
        data.removeTree(name);
      }
    }
  }

  private static Finding entryTypes(Path scratch) throws IOException {
    String type = FileSystems.usage(scratch).type();
    try (Directory directory = Directory.open(scratch)) {
      directory.makeDirectory("entry", 0700);
      boolean told = directory.list().getFirst().type() == FileType.DIRECTORY;
      return told
          ? Finding.good("file system", type)
          : Finding.missing(
              "file system", type + " tells no types in listings; xfs needs ftype=1 at mkfs");
    }
  }

  private static Finding attributes(Path scratch) {
    byte[] value = "y".getBytes(StandardCharsets.US_ASCII);
    try (Directory directory = Directory.open(scratch)) {
      directory.setAttribute("entry", "trusted.overlay.opaque", value);
      directory.makeWhiteout("whiteout");
      return Finding.good("whiteouts", "trusted attributes and device nodes can be made");
    } catch (IOException e) {
      return Finding.missing("whiteouts", String.valueOf(e.getMessage()));
    }
  }

  private static Finding overlay(Path scratch) throws IOException {
    for (String directory : List.of("lower1", "lower2", "upper", "work", "merged")) {
      Files.createDirectories(scratch.resolve(directory));
    }
    Path merged = scratch.resolve("merged");
    Overlay overlay =
        Overlay.writable(
            List.of(scratch.resolve("lower1"), scratch.resolve("lower2")),
            scratch.resolve("upper"),
            scratch.resolve("work"));
    try {
      if (OverlayMounts.byContext(overlay, merged)) {
        return Finding.good("overlay", "by the new mount API, up to 500 layers");
      }
      OverlayMounts.byOptions(overlay, merged);
      return Finding.limited(
          "overlay", "by mount(2): paths of all layers share 4,095 bytes; Linux 6.7 lifts this");
    } catch (IOException e) {
      return Finding.missing("overlay", String.valueOf(e.getMessage()));
    } finally {
      Mounts.release(merged);
    }
  }

  private static Finding mountAttributes() {
    try (Scratch s = Scratch.take()) {
      // An impossible flag: EINVAL comes from a kernel that has the call, ENOSYS from one that has
      // not.
      long result = MOUNT_SETATTR.call(s, -1, s.text(""), -1, s.zeros(32).address(), 32);
      return result == -Errno.ENOSYS.number()
          ? Finding.limited("recursive read-only", "Linux 5.12 has it")
          : Finding.good("recursive read-only", "mount_setattr");
    }
  }

  private Finding networkNamespaces() throws InterruptedException {
    Path path = dataDirectory.resolve(".probe-netns-" + UUID.randomUUID());
    try {
      Namespaces.createNetwork(path);
      Namespaces.remove(path);
      return Finding.good("network namespaces", "can be made and kept");
    } catch (IOException e) {
      return Finding.missing("network namespaces", String.valueOf(e.getMessage()));
    }
  }

  private static Finding seccomp() {
    return Files.exists(Path.of("/proc/sys/kernel/seccomp/actions_avail"))
        ? Finding.good("seccomp", "filters are available")
        : Finding.limited("seccomp", "this kernel has no filters: containers run without");
  }

  private static Finding appArmor() throws IOException {
    Path enabled = Path.of("/sys/module/apparmor/parameters/enabled");
    boolean on = Files.exists(enabled) && Files.readString(enabled).startsWith("Y");
    return on
        ? Finding.good("apparmor", "enabled")
        : Finding.limited("apparmor", "not enabled in this kernel: profiles do not apply");
  }
}
