package dev.plimsoll.engine.runtime;

import dev.plimsoll.oci.Platform;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What this host and this process have, looked up once at the start.
 *
 * @param capabilities the bounding set of this process: what "all capabilities" means here
 * @param cgroups how control groups are laid out
 */
public record HostFacts(
    Set<String> capabilities,
    SpecInput.CgroupLayout cgroups,
    int kernelMajor,
    int kernelMinor,
    SeccompProfile seccomp) {
  private static final Path CGROUPS = Path.of("/sys/fs/cgroup");

  public static HostFacts read() throws IOException {
    String[] kernel = Files.readString(Path.of("/proc/sys/kernel/osrelease")).split("[.-]", -1);
    boolean unified = Files.exists(CGROUPS.resolve("cgroup.controllers"));
    boolean swap =
        unified
            ? Files.exists(Path.of("/proc/swaps"))
            : Files.exists(CGROUPS.resolve("memory/memory.memsw.limit_in_bytes"));
    return new HostFacts(
        boundingSet(Files.readString(Path.of("/proc/self/status"))),
        new SpecInput.CgroupLayout(unified, swap),
        number(kernel[0]),
        kernel.length > 1 ? number(kernel[1]) : 0,
        defaultProfile());
  }

  /** The memory nodes of this machine, as {@code 0-1}; a machine that does not tell has one. */
  public static String memoryNodes() {
    try {
      return Files.readString(Path.of("/sys/devices/system/node/online")).strip();
    } catch (IOException e) {
      return "0";
    }
  }

  /** Whether the kernel shares out block devices by weight: few schedulers do. */
  public static boolean blockIoWeights() {
    return Files.exists(CGROUPS.resolve("cgroup.controllers"))
        || Files.exists(CGROUPS.resolve("blkio/blkio.weight"))
        || Files.exists(CGROUPS.resolve("blkio/blkio.bfq.weight"));
  }

  private static int number(String text) {
    String digits = text.strip().replaceAll("\\D.*", "");
    return digits.isEmpty() ? 0 : Integer.parseInt(digits);
  }

  /** Reads {@code CapBnd} of a {@code /proc/PID/status}. */
  static Set<String> boundingSet(String status) {
    Set<String> names = new TreeSet<>();
    for (String line : status.split("\n", -1)) {
      if (line.startsWith("CapBnd:")) {
        long bits = Long.parseUnsignedLong(line.substring(7).strip(), 16);
        for (int i = 0; i < CapabilityChoice.NAMES.size(); i++) {
          if ((bits & 1L << i) != 0) {
            names.add(CapabilityChoice.NAMES.get(i));
          }
        }
      }
    }
    return names;
  }

  /** The default profile of containers-common, which Debian ships too. */
  static SeccompProfile defaultProfile() throws IOException {
    try (InputStream profile = HostFacts.class.getResourceAsStream("seccomp.json")) {
      if (profile == null) {
        throw new IOException("the default seccomp profile is missing from this program");
      }
      return SeccompProfile.parse(profile.readAllBytes());
    }
  }

  /** A profile, decided for this host and these capabilities. */
  public Map<String, Object> decide(SeccompProfile profile, Set<String> given) {
    return profile.decide(Platform.host().architecture(), given, kernelMajor, kernelMinor);
  }
}
