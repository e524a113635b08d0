package dev.plimsoll.engine.container;

import dev.plimsoll.docker.container.HostConfig;
import dev.plimsoll.docker.container.Ulimit;
import dev.plimsoll.engine.refusal.EngineException.BadParameter;
import dev.plimsoll.engine.runtime.HostFacts;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Looks at the limits of a create or update request; refuses in dockerd's words. */
final class LimitsCheck {
  private static final long MEMORY_BYTES_MIN = 6 << 20;
  private static final long NANO_CPUS_PER_CPU = 1_000_000_000;
  private static final Pattern LIST = Pattern.compile("\\d+(-\\d+)?(,\\d+(-\\d+)?)*");
  private static final Set<String> ULIMITS =
      Set.of(
          "as",
          "core",
          "cpu",
          "data",
          "fsize",
          "locks",
          "memlock",
          "msgqueue",
          "nice",
          "nofile",
          "nproc",
          "rss",
          "rtprio",
          "rttime",
          "sigpending",
          "stack");

  private LimitsCheck() {}

  /** What the user should be warned of. */
  static List<String> check(HostConfig host) {
    List<String> warnings = new ArrayList<>();
    memory(host);
    cpu(host);
    other(host);
    if (Boolean.TRUE.equals(host.oomKillDisable()) && host.memoryBytes() == 0) {
      warnings.add(
          "OOM killer is disabled for the container, but no memory limit is set, this can result in the system running out of resources.");
    }
    return warnings;
  }

  private static void memory(HostConfig host) {
    long memory = host.memoryBytes();
    long swap = host.memorySwapBytes();
    long reservation = host.memoryReservationBytes();
    if (memory != 0 && memory < MEMORY_BYTES_MIN) {
      throw new BadParameter("Minimum memory limit allowed is 6MB");
    }
    if (memory > 0 && swap > 0 && swap < memory) {
      throw new BadParameter(
          "Minimum memoryswap limit should be larger than memory limit, see usage");
    }
    if (memory == 0 && swap > 0) {
      throw new BadParameter(
          "You should always set the Memory limit when using Memoryswap limit, see usage");
    }
    Long swappiness = host.memorySwappiness();
    if (swappiness != null && (swappiness < -1 || swappiness > 100)) {
      throw new BadParameter(
          "invalid value: %d, valid memory swappiness range is 0-100".formatted(swappiness));
    }
    if (reservation != 0 && reservation < MEMORY_BYTES_MIN) {
      throw new BadParameter("Minimum memory reservation allowed is 6MB");
    }
    if (memory > 0 && reservation > memory) {
      throw new BadParameter(
          "Minimum memory limit can not be less than memory reservation limit, see usage");
    }
  }

  private static void cpu(HostConfig host) {
    int available = Runtime.getRuntime().availableProcessors();
    if (host.nanoCpus() != 0) {
      if (host.cpuPeriod() > 0) {
        throw new BadParameter("Conflicting options: Nano CPUs and CPU Period cannot both be set");
      }
      if (host.cpuQuota() > 0) {
        throw new BadParameter("Conflicting options: Nano CPUs and CPU Quota cannot both be set");
      }
      if (host.nanoCpus() < 0 || host.nanoCpus() > available * NANO_CPUS_PER_CPU) {
        throw new BadParameter(
            "range of CPUs is from 0.01 to %1$d.00, as there are only %1$d CPUs available"
                .formatted(available));
      }
    }
    if (host.cpuPeriod() != 0 && (host.cpuPeriod() < 1000 || host.cpuPeriod() > 1_000_000)) {
      throw new BadParameter(
          "CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)");
    }
    if (host.cpuQuota() > 0 && host.cpuQuota() < 1000) {
      throw new BadParameter("CPU cfs quota can not be less than 1ms (i.e. 1000)");
    }
    list(host.cpusetCpus(), "cpuset cpus");
    list(host.cpusetMems(), "cpuset mems");
    memoryNodes(host.cpusetMems());
    if (!host.cpusetCpus().isEmpty()) {
      NavigableSet<Integer> wanted = numbers(host.cpusetCpus());
      if (wanted.last() >= available) {
        throw new BadParameter(
            "Requested CPUs are not available - requested %s, available: 0-%d"
                .formatted(host.cpusetCpus(), available - 1));
      }
    }
  }

  private static void memoryNodes(String wanted) {
    if (wanted.isEmpty()) {
      return;
    }
    String available = HostFacts.memoryNodes();
    if (!numbers(available).containsAll(numbers(wanted))) {
      throw new BadParameter(
          "Requested memory nodes are not available - requested %s, available: %s"
              .formatted(wanted, available));
    }
  }

  private static void list(String text, String what) {
    if (!text.isEmpty() && !LIST.matcher(text).matches()) {
      throw new BadParameter("Invalid value %s for %s".formatted(text, what));
    }
  }

  private static NavigableSet<Integer> numbers(String list) {
    NavigableSet<Integer> numbers = new TreeSet<>();
    for (String range : list.split(",", -1)) {
      for (String end : range.split("-", -1)) {
        numbers.add(Integer.parseInt(end));
      }
    }
    return numbers;
  }

  private static void other(HostConfig host) {
    if (host.blkioWeight() != 0 && (host.blkioWeight() < 10 || host.blkioWeight() > 1000)) {
      throw new BadParameter("Range of blkio weight is from 10 to 1000");
    }
    if (host.oomScoreAdj() < -1000 || host.oomScoreAdj() > 1000) {
      throw new BadParameter(
          "Invalid value %d, range for oom score adj is [-1000, 1000]"
              .formatted(host.oomScoreAdj()));
    }
    if (host.shmSizeBytes() < 0) {
      throw new BadParameter("SHM size can not be less than 0");
    }
    for (Ulimit limit : host.ulimits()) {
      if (!ULIMITS.contains(limit.name())) {
        throw new BadParameter("invalid ulimit type: " + limit.name());
      }
      if (limit.hard() != -1 && (limit.soft() > limit.hard() || limit.soft() == -1)) {
        throw new BadParameter(
            "ulimit soft limit must be less than or equal to hard limit: %d > %d"
                .formatted(limit.soft(), limit.hard()));
      }
    }
  }
}
