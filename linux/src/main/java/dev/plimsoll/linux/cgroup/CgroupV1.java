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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A group of version 1: a directory of the same path in the hierarchy of each controller. A runtime may
 * leave out some of them, so each is asked for where it is.
 *
 * @param directories by controller
 */
record CgroupV1(String path, Map<String, Path> directories) implements Cgroup {
  private static final long TICK_NANOS = 10_000_000; // USER_HZ is 100 on both machines

  CgroupV1 {
    directories = Map.copyOf(directories);
  }

  @Override
  public boolean exists() {
    return directories.values().stream().anyMatch(Files::isDirectory);
  }

  @Override
  public void create() throws IOException {
    for (Map.Entry<String, Path> entry : directories.entrySet()) {
      if (entry.getKey().equals("cpuset")) {
        createCpuset(entry.getValue());
      } else {
        Files.createDirectories(entry.getValue());
      }
    }
  }

  // A new cpuset has no processors and no memory, and takes no process until it has. The parent's
  // are
  // given to it, from the top down.
  private static void createCpuset(Path directory) throws IOException {
    Path parent = directory.getParent();
    if (parent == null) {
      return;
    }
    if (!Files.isDirectory(directory)) {
      createCpuset(parent);
      Files.createDirectories(directory);
    }
    for (String file : List.of("cpuset.cpus", "cpuset.mems")) {
      // Empty also where another thread, or an engine that was killed, has got only as far as the
      // directory: then a process would be refused with "no space left on device".
      if (KernelFiles.readOr(directory.resolve(file), "").isBlank()) {
        createCpuset(parent);
        KernelFiles.write(directory.resolve(file), KernelFiles.read(parent.resolve(file)));
      }
    }
  }

  @Override
  public void add(long pid) throws IOException {
    for (Path directory : distinctDirectories()) {
      KernelFiles.write(directory.resolve("cgroup.procs"), Long.toString(pid));
    }
  }

  private Set<Path> distinctDirectories() {
    return new LinkedHashSet<>(directories.values());
  }

  @Override
  public List<Long> processes() throws IOException {
    Set<Long> processes = new LinkedHashSet<>();
    for (Path directory : distinctDirectories()) {
      processes.addAll(KernelFiles.processes(directory));
    }
    return List.copyOf(processes);
  }

  @Override
  public CgroupStats stats() throws IOException {
    if (!exists()) {
      throw new NoSuchFileException(path);
    }
    return new CgroupStats(cpu(), memory(), pids(), blockIo());
  }

  private Optional<Path> in(String controller) {
    return Optional.ofNullable(directories.get(controller)).filter(Files::isDirectory);
  }

  private CgroupStats.Cpu cpu() throws IOException {
    Optional<Path> accounting = in("cpuacct");
    Optional<Path> quota = in("cpu");
    Map<String, Long> times =
        accounting.isEmpty()
            ? Map.of()
            : KernelFiles.numbers(accounting.get().resolve("cpuacct.stat"));
    Map<String, Long> throttling =
        quota.isEmpty() ? Map.of() : KernelFiles.numbers(quota.get().resolve("cpu.stat"));
    List<Long> perCpu = new ArrayList<>();
    long total = 0;
    if (accounting.isPresent()) {
      total = KernelFiles.number(accounting.get().resolve("cpuacct.usage"));
      Path file = accounting.get().resolve("cpuacct.usage_percpu");
      for (String word : KernelFiles.readOr(file, "").split("\\s+", -1)) {
        if (!word.isEmpty()) {
          perCpu.add(Long.parseLong(word));
        }
      }
    }
    return new CgroupStats.Cpu(
        total,
        times.getOrDefault("user", 0L) * TICK_NANOS,
        times.getOrDefault("system", 0L) * TICK_NANOS,
        perCpu,
        throttling.getOrDefault("nr_periods", 0L),
        throttling.getOrDefault("nr_throttled", 0L),
        throttling.getOrDefault("throttled_time", 0L));
  }

  private CgroupStats.Memory memory() throws IOException {
    Optional<Path> directory = in("memory");
    if (directory.isEmpty()) {
      return CgroupStats.Memory.NONE;
    }
    Path memory = directory.get();
    Map<String, Long> events = KernelFiles.numbers(memory.resolve("memory.oom_control"));
    return new CgroupStats.Memory(
        KernelFiles.number(memory.resolve("memory.usage_in_bytes")),
        KernelFiles.number(memory.resolve("memory.max_usage_in_bytes")),
        KernelFiles.limit(memory.resolve("memory.limit_in_bytes")),
        KernelFiles.number(memory.resolve("memory.failcnt")),
        events.getOrDefault("oom_kill", 0L),
        KernelFiles.numbers(memory.resolve("memory.stat")));
  }

  private CgroupStats.Pids pids() throws IOException {
    Optional<Path> directory = in("pids");
    if (directory.isEmpty()) {
      return CgroupStats.Pids.NONE;
    }
    return new CgroupStats.Pids(
        KernelFiles.number(directory.get().resolve("pids.current")),
        KernelFiles.limit(directory.get().resolve("pids.max")));
  }

  // Which of them counts depends on the scheduler of the disk: bfq counts its own, others only what
  // the throttling layer sees.
  private BlockIo blockIo() throws IOException {
    Optional<Path> directory = in("blkio");
    if (directory.isEmpty()) {
      return BlockIo.NONE;
    }
    BlockIo throttled = blockIo(directory.get(), "blkio.throttle.");
    BlockIo scheduled = blockIo(directory.get(), "blkio.bfq.");
    return scheduled.bytes().isEmpty() ? throttled : scheduled;
  }

  private static BlockIo blockIo(Path directory, String prefix) throws IOException {
    return new BlockIo(
        entries(directory.resolve(prefix + "io_service_bytes_recursive")),
        entries(directory.resolve(prefix + "io_serviced_recursive")));
  }

  // Lines as "254:0 Read 4096", and one "Total 4096" without a device at the end.
  private static List<BlockIo.Entry> entries(Path file) throws IOException {
    List<BlockIo.Entry> entries = new ArrayList<>();
    for (String line : KernelFiles.readOr(file, "").lines().toList()) {
      String[] words = line.split(" ", -1);
      if (words.length == 3) {
        String operation = words[1].toLowerCase(Locale.ROOT);
        entries.add(new BlockIo.Entry(device(words[0]), operation, Long.parseLong(words[2])));
      }
    }
    return entries;
  }

  static Device device(String text) {
    int colon = text.indexOf(':');
    return new Device(
        Integer.parseInt(text.substring(0, colon)), Integer.parseInt(text.substring(colon + 1)));
  }

  @Override
  public void limit(CgroupLimits limits) throws IOException {
    limitMemory(
        limits.number(CgroupLimits.Key.MEMORY), limits.number(CgroupLimits.Key.MEMORY_AND_SWAP));
    set("memory", "memory.soft_limit_in_bytes", limits.number(CgroupLimits.Key.MEMORY_RESERVATION));
    set("cpu", "cpu.shares", limits.number(CgroupLimits.Key.CPU_SHARES));
    set("cpu", "cpu.cfs_period_us", limits.number(CgroupLimits.Key.CPU_PERIOD));
    set("cpu", "cpu.cfs_quota_us", limits.number(CgroupLimits.Key.CPU_QUOTA));
    set("cpuset", "cpuset.cpus", limits.text(CgroupLimits.Key.CPUSET_CPUS));
    set("cpuset", "cpuset.mems", limits.text(CgroupLimits.Key.CPUSET_MEMS));
    if (limits.number(CgroupLimits.Key.PIDS).isPresent()) {
      long count = limits.number(CgroupLimits.Key.PIDS).getAsLong();
      set("pids", "pids.max", Optional.of(count < 0 ? "max" : Long.toString(count)));
    }
  }

  // At no moment may the limit of memory be above that of memory and swap: what grows goes from the
  // outside in, what shrinks from the inside out.
  private void limitMemory(OptionalLong memory, OptionalLong withSwap) throws IOException {
    String memoryFile = "memory.limit_in_bytes";
    String withSwapFile = "memory.memsw.limit_in_bytes";
    if (withSwap.isEmpty()) {
      set("memory", memoryFile, memory);
      return;
    }
    long present = in("memory").isEmpty() ? 0 : presentLimit(memoryFile);
    if (withSwap.getAsLong() < 0 || withSwap.getAsLong() > present) {
      set("memory", withSwapFile, withSwap);
      set("memory", memoryFile, memory);
    } else {
      set("memory", memoryFile, memory);
      set("memory", withSwapFile, withSwap);
    }
  }

  private long presentLimit(String file) throws IOException {
    Path directory = in("memory").orElseThrow();
    return KernelFiles.limit(directory.resolve(file)).orElse(Long.MAX_VALUE);
  }

  private void set(String controller, String file, OptionalLong value) throws IOException {
    if (value.isPresent()) {
      set(controller, file, Optional.of(Long.toString(value.getAsLong())));
    }
  }

  private void set(String controller, String file, Optional<String> value) throws IOException {
    if (value.isEmpty()) {
      return;
    }
    Path directory =
        in(controller)
            .orElseThrow(() ->
                new IOException(
                    "%s has no %s controller to set %s".formatted(path, controller, file)));
    KernelFiles.write(directory.resolve(file), value.get());
  }

  @Override
  public void freeze() throws IOException {
    KernelFiles.refuseOwn(path, processes());
    Path state = freezer().resolve("freezer.state");
    KernelFiles.write(state, "FROZEN");
    boolean stands =
        KernelFiles.await(() -> {
          if (isFrozen()) {
            return true;
          }
          // FREEZING stays when a process forked at the wrong moment; saying it again helps.
          KernelFiles.write(state, "FROZEN");
          return false;
        });
    if (!stands) {
      thaw();
      throw new IOException("the processes of " + path + " could not be frozen in time");
    }
  }

  @Override
  public void thaw() throws IOException {
    KernelFiles.write(freezer().resolve("freezer.state"), "THAWED");
  }

  @Override
  public boolean isFrozen() throws IOException {
    return KernelFiles.read(freezer().resolve("freezer.state")).equals("FROZEN");
  }

  private Path freezer() throws IOException {
    return in("freezer")
        .orElseThrow(() -> new IOException(path + " has no freezer controller to pause it"));
  }

  // A frozen process takes no signal, not even this one, so each round ends with a thaw.
  @Override
  public void kill() throws IOException {
    KernelFiles.refuseOwn(path, processes());
    boolean gone =
        KernelFiles.await(() -> {
          List<Long> processes = processes();
          for (long pid : processes) {
            Processes.kill(pid, Signal.KILL);
          }
          if (in("freezer").isPresent()) {
            thawTree();
          }
          return processes.isEmpty();
        });
    if (!gone) {
      throw new IOException("processes of " + path + " are still there: " + processes());
    }
  }

  private void thawTree() throws IOException {
    for (Path group : KernelFiles.deepestFirst(freezer())) {
      if (Files.exists(group.resolve("freezer.state"))) { // the root has none
        KernelFiles.write(group.resolve("freezer.state"), "THAWED");
      }
    }
  }

  @Override
  public void remove() throws IOException {
    for (Path directory : distinctDirectories()) {
      KernelFiles.remove(directory);
    }
  }
}
