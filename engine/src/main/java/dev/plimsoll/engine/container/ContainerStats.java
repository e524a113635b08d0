package dev.plimsoll.engine.container;

import dev.plimsoll.docker.container.BlkioEntry;
import dev.plimsoll.docker.container.BlkioStats;
import dev.plimsoll.docker.container.CpuStats;
import dev.plimsoll.docker.container.CpuThrottling;
import dev.plimsoll.docker.container.CpuUsage;
import dev.plimsoll.docker.container.MemoryStats;
import dev.plimsoll.docker.container.NetworkStats;
import dev.plimsoll.docker.container.PidsStats;
import dev.plimsoll.docker.container.StatsReply;
import dev.plimsoll.linux.cgroup.CgroupLayout;
import dev.plimsoll.linux.cgroup.CgroupStats;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What {@code docker stats} shows: the container's control group beside the whole host. */
final class ContainerStats {
  private static final long NANOS_PER_TICK = 10_000_000; // USER_HZ is 100 on all architectures here

  private final CgroupLayout cgroups;

  ContainerStats(CgroupLayout cgroups) {
    this.cgroups = cgroups;
  }

  /** The processes in a control group. */
  List<Long> processes(String cgroup) throws IOException {
    return cgroups.group(cgroup).processes();
  }

  /**
   * Looks once.
   *
   * @param before what was found the time before, if there was one
   */
  StatsReply take(
      ContainerSnapshot container, String cgroup, Instant now, Optional<StatsReply> before)
      throws IOException {
    Optional<ContainerState.Running> running = container.running();
    String read = Inspection.time(running.map(_ -> now));
    String preread = before.map(StatsReply::read).orElse(Inspection.time(Optional.empty()));
    if (running.isEmpty()) {
      return reply(container, read, preread, CpuStats.NONE, before, Map.of(), Optional.empty());
    }
    CgroupStats stats = cgroups.group(cgroup).stats();
    return reply(
        container,
        read,
        preread,
        cpu(stats.cpu()),
        before,
        networks(running.get().process().pid()),
        Optional.of(stats));
  }

  private static StatsReply reply(
      ContainerSnapshot container,
      String read,
      String preread,
      CpuStats cpu,
      Optional<StatsReply> before,
      Map<String, NetworkStats> networks,
      Optional<CgroupStats> stats)
      throws IOException {
    return new StatsReply(
        container.name().withSlash(),
        container.id().value(),
        read,
        preread,
        stats
            .map(s -> new PidsStats(s.pids().current(), s.pids().limit().orElse(0)))
            .orElse(PidsStats.NONE),
        stats.map(s -> blkio(s.blockIo())).orElse(BlkioStats.NONE),
        0,
        cpu,
        before.map(StatsReply::cpu).orElse(CpuStats.NONE),
        stats.isPresent() ? memory(stats.get().memory()) : MemoryStats.NONE,
        networks);
  }

  private static CpuStats cpu(CgroupStats.Cpu cpu) throws IOException {
    return new CpuStats(
        new CpuUsage(cpu.totalNanos(), cpu.perCpuNanos(), cpu.systemNanos(), cpu.userNanos()),
        hostNanos(Files.readString(Path.of("/proc/stat"))),
        Runtime.getRuntime().availableProcessors(),
        new CpuThrottling(cpu.periods(), cpu.throttledPeriods(), cpu.throttledNanos()));
  }

  /** The time of all processors together, busy or idle: the first eight numbers of the first line. */
  static long hostNanos(String stat) {
    String[] fields = stat.lines().findFirst().orElse("").strip().split("\\s+");
    long ticks = 0;
    for (int i = 1; i < Math.min(fields.length, 9); i++) {
      ticks += Long.parseLong(fields[i]);
    }
    return ticks * NANOS_PER_TICK;
  }

  private static MemoryStats memory(CgroupStats.Memory memory) throws IOException {
    return new MemoryStats(
        memory.usageBytes(),
        memory.peakBytes(),
        memory.details(),
        memory.failures(),
        memory.limitBytes().isPresent() ? memory.limitBytes().getAsLong() : hostMemoryBytes());
  }

  private static long hostMemoryBytes() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/meminfo"))) {
      if (line.startsWith("MemTotal:")) {
        return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
      }
    }
    return 0;
  }

  private static BlkioStats blkio(CgroupStats.BlockIo io) {
    return new BlkioStats(entries(io.bytes()), entries(io.operations()));
  }

  private static List<BlkioEntry> entries(List<CgroupStats.BlockIo.Entry> entries) {
    return entries.stream()
        .map(e -> new BlkioEntry(e.device().major(), e.device().minor(), e.operation(), e.value()))
        .toList();
  }

  private static Map<String, NetworkStats> networks(long pid) throws IOException {
    try {
      return networks(Files.readString(Path.of("/proc", Long.toString(pid), "net/dev")));
    } catch (NoSuchFileException e) {
      return Map.of(); // it has just ended
    }
  }

  /** Reads a {@code /proc/PID/net/dev}; the loopback interface is not told of. */
  static Map<String, NetworkStats> networks(String text) {
    Map<String, NetworkStats> networks = new LinkedHashMap<>();
    for (String line : text.split("\n", -1)) {
      int colon = line.indexOf(':');
      String name = colon < 0 ? "lo" : line.substring(0, colon).strip();
      if (name.equals("lo")) {
        continue;
      }
      String[] n = line.substring(colon + 1).strip().split("\\s+");
      networks.put(
          name,
          new NetworkStats(
              Long.parseLong(n[0]),
              Long.parseLong(n[1]),
              Long.parseLong(n[2]),
              Long.parseLong(n[3]),
              Long.parseLong(n[8]),
              Long.parseLong(n[9]),
              Long.parseLong(n[10]),
              Long.parseLong(n[11])));
    }
    return networks;
  }
}
