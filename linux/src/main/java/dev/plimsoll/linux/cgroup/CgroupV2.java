package dev.plimsoll.linux.cgroup;

import dev.plimsoll.linux.Device;
import dev.plimsoll.linux.Processes;
import dev.plimsoll.linux.Signal;
import dev.plimsoll.linux.cgroup.CgroupStats.BlockIo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** A group of version 2: one directory, {@code Documentation/admin-guide/cgroup-v2.rst}. */
record CgroupV2(String path, Path directory) implements Cgroup {

  @Override
  public boolean exists() {
    return Files.isDirectory(directory);
  }

  @Override
  public void create() throws IOException {
    Files.createDirectories(directory);
  }

  @Override
  public void add(long pid) throws IOException {
    KernelFiles.write(directory.resolve("cgroup.procs"), Long.toString(pid));
  }

  @Override
  public List<Long> processes() throws IOException {
    return KernelFiles.processes(directory);
  }

  @Override
  public CgroupStats stats() throws IOException {
    if (!exists()) {
      throw new NoSuchFileException(directory.toString());
    }
    return new CgroupStats(cpu(), memory(), pids(), blockIo());
  }

  private CgroupStats.Cpu cpu() throws IOException {
    Map<String, Long> stat = KernelFiles.numbers(directory.resolve("cpu.stat"));
    return new CgroupStats.Cpu(
        stat.getOrDefault("usage_usec", 0L) * 1000,
        stat.getOrDefault("user_usec", 0L) * 1000,
        stat.getOrDefault("system_usec", 0L) * 1000,
        List.of(),
        stat.getOrDefault("nr_periods", 0L),
        stat.getOrDefault("nr_throttled", 0L),
        stat.getOrDefault("throttled_usec", 0L) * 1000);
  }

  private CgroupStats.Memory memory() throws IOException {
    Map<String, Long> events = KernelFiles.numbers(directory.resolve("memory.events"));
    return new CgroupStats.Memory(
        KernelFiles.number(directory.resolve("memory.current")),
        KernelFiles.number(directory.resolve("memory.peak")),
        KernelFiles.limit(directory.resolve("memory.max")),
        events.getOrDefault("max", 0L),
        events.getOrDefault("oom_kill", 0L),
        KernelFiles.numbers(directory.resolve("memory.stat")));
  }

  private CgroupStats.Pids pids() throws IOException {
    return new CgroupStats.Pids(
        KernelFiles.number(directory.resolve("pids.current")),
        KernelFiles.limit(directory.resolve("pids.max")));
  }

  // Lines as "8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=0 dios=0"; a device without any has no
  // pairs.
  private BlockIo blockIo() throws IOException {
    List<BlockIo.Entry> bytes = new ArrayList<>();
    List<BlockIo.Entry> operations = new ArrayList<>();
    for (String line : KernelFiles.readOr(directory.resolve("io.stat"), "").lines().toList()) {
      String[] words = line.split(" ", -1);
      Device device = CgroupV1.device(words[0]);
      for (int i = 1; i < words.length; i++) {
        int equals = words[i].indexOf('=');
        long value = equals < 0 ? 0 : Long.parseLong(words[i].substring(equals + 1));
        switch (equals < 0 ? "" : words[i].substring(0, equals)) {
          case "rbytes" -> bytes.add(new BlockIo.Entry(device, "read", value));
          case "wbytes" -> bytes.add(new BlockIo.Entry(device, "write", value));
          case "rios" -> operations.add(new BlockIo.Entry(device, "read", value));
          case "wios" -> operations.add(new BlockIo.Entry(device, "write", value));
          default -> {} // discards, which the Engine API does not count, and what comes to be
        }
      }
    }
    return new BlockIo(bytes, operations);
  }

  @Override
  public void limit(CgroupLimits limits) throws IOException {
    set("memory.max", limits.number(CgroupLimits.Key.MEMORY));
    set("memory.low", limits.number(CgroupLimits.Key.MEMORY_RESERVATION));
    if (limits.number(CgroupLimits.Key.MEMORY_AND_SWAP).isPresent()) {
      setSwap(limits.number(CgroupLimits.Key.MEMORY_AND_SWAP).getAsLong());
    }
    if (limits.number(CgroupLimits.Key.CPU_SHARES).isPresent()) {
      String weight = Long.toString(weight(limits.number(CgroupLimits.Key.CPU_SHARES).getAsLong()));
      KernelFiles.write(directory.resolve("cpu.weight"), weight);
    }
    setCpuMax(limits);
    set("cpuset.cpus", limits.text(CgroupLimits.Key.CPUSET_CPUS));
    set("cpuset.mems", limits.text(CgroupLimits.Key.CPUSET_MEMS));
    set("pids.max", limits.number(CgroupLimits.Key.PIDS));
  }

  private void set(String file, OptionalLong value) throws IOException {
    if (value.isPresent()) {
      KernelFiles.write(directory.resolve(file), orMax(value.getAsLong()));
    }
  }

  private void set(String file, Optional<String> value) throws IOException {
    if (value.isPresent()) {
      KernelFiles.write(directory.resolve(file), value.get());
    }
  }

  private static String orMax(long value) {
    return value < 0 ? "max" : Long.toString(value);
  }

  // Version 2 counts swap alone, the API counts memory and swap.
  private void setSwap(long memoryAndSwap) throws IOException {
    Path file = directory.resolve("memory.swap.max");
    OptionalLong memory = KernelFiles.limit(directory.resolve("memory.max"));
    if (memoryAndSwap < 0) {
      KernelFiles.write(file, "max");
    } else if (memory.isEmpty() || memory.getAsLong() > memoryAndSwap) {
      throw new IOException(
          "memory and swap together are limited to %d bytes, memory alone to %s"
              .formatted(memoryAndSwap, memory.isEmpty() ? "nothing" : memory.getAsLong()));
    } else {
      KernelFiles.write(file, Long.toString(memoryAndSwap - memory.getAsLong()));
    }
  }

  // The quota and the period are one file, so what is not named is taken from there.
  private void setCpuMax(CgroupLimits limits) throws IOException {
    OptionalLong quota = limits.number(CgroupLimits.Key.CPU_QUOTA);
    OptionalLong period = limits.number(CgroupLimits.Key.CPU_PERIOD);
    if (quota.isEmpty() && period.isEmpty()) {
      return;
    }
    Path file = directory.resolve("cpu.max");
    String[] present = KernelFiles.readOr(file, "max 100000").split(" ", -1);
    String newQuota = quota.isPresent() ? orMax(quota.getAsLong()) : present[0];
    String newPeriod = period.isPresent() ? Long.toString(period.getAsLong()) : present[1];
    KernelFiles.write(file, newQuota + " " + newPeriod);
  }

  /** Shares of 2 to 262,144 as a weight of 1 to 10,000, in the way the runtimes do. */
  static long weight(long shares) {
    long bounded = Math.clamp(shares, 2, 262_144);
    return 1 + (bounded - 2) * 9_999 / 262_142;
  }

  @Override
  public void freeze() throws IOException {
    KernelFiles.refuseOwn(path, processes());
    KernelFiles.write(directory.resolve("cgroup.freeze"), "1");
    if (!KernelFiles.await(this::isFrozen)) {
      thaw();
      throw new IOException("the processes of " + path + " could not be frozen in time");
    }
  }

  @Override
  public void thaw() throws IOException {
    KernelFiles.write(directory.resolve("cgroup.freeze"), "0");
  }

  @Override
  public boolean isFrozen() throws IOException {
    Map<String, Long> events = KernelFiles.numbers(directory.resolve("cgroup.events"));
    return events.getOrDefault("frozen", 0L) == 1;
  }

  @Override
  public void kill() throws IOException {
    KernelFiles.refuseOwn(path, processes());
    if (!exists()) {
      return;
    }
    try {
      KernelFiles.write(directory.resolve("cgroup.kill"), "1");
    } catch (NoSuchFileException e) { // before Linux 5.14
      killOneByOne();
    }
    if (!KernelFiles.await(() -> processes().isEmpty())) {
      throw new IOException("processes of " + path + " are still there: " + processes());
    }
  }

  // Frozen ones die of SIGKILL in version 2; what is born meanwhile is found in the next round.
  private void killOneByOne() throws IOException {
    KernelFiles.await(() -> {
      List<Long> processes = processes();
      for (long pid : processes) {
        Processes.kill(pid, Signal.KILL);
      }
      return processes.isEmpty();
    });
  }

  @Override
  public void remove() throws IOException {
    KernelFiles.remove(directory);
  }
}
