package dev.plimsoll.linux.cgroup;

import dev.plimsoll.linux.Device;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** What a control group has used, as the Engine API's {@code stats} tells it. */
public record CgroupStats(Cpu cpu, Memory memory, Pids pids, BlockIo blockIo) {

  /**
   * Time on processors.
   *
   * @param perCpuNanos one for each processor; empty in version 2, which does not tell
   * @param periods how many periods of a quota have passed
   * @param throttledPeriods in how many of them the quota was used up
   */
  public record Cpu(
      long totalNanos,
      long userNanos,
      long systemNanos,
      List<Long> perCpuNanos,
      long periods,
      long throttledPeriods,
      long throttledNanos) {
    static final Cpu NONE = new Cpu(0, 0, 0, List.of(), 0, 0, 0);
  }

  /**
   * Memory.
   *
   * @param usageBytes with the page cache
   * @param peakBytes the most it ever was; 0 where the kernel does not tell
   * @param limitBytes empty without a limit
   * @param failures how often the limit was met: {@code memory.failcnt}, {@code memory.events} max
   * @param outOfMemoryKills how many processes the kernel killed for it
   * @param details {@code memory.stat} as it is; its names differ between the versions
   */
  public record Memory(
      long usageBytes,
      long peakBytes,
      OptionalLong limitBytes,
      long failures,
      long outOfMemoryKills,
      Map<String, Long> details) {
    static final Memory NONE = new Memory(0, 0, OptionalLong.empty(), 0, 0, Map.of());

    /** Without the page cache that can go at once, as {@code docker stats} shows it. */
    public long workingSetBytes() {
      long inactive =
          details.getOrDefault("total_inactive_file", details.getOrDefault("inactive_file", 0L));
      return inactive < usageBytes ? usageBytes - inactive : usageBytes;
    }
  }

  /** How many processes and threads there are and may be; without a limit the latter is empty. */
  public record Pids(long current, OptionalLong limit) {
    static final Pids NONE = new Pids(0, OptionalLong.empty());
  }

  /** What went to and came from disks. */
  public record BlockIo(List<Entry> bytes, List<Entry> operations) {
    static final BlockIo NONE = new BlockIo(List.of(), List.of());

    /**
     * A count.
     *
     * @param operation {@code read}, {@code write}, {@code sync}, {@code async}, {@code discard}, {@code
     *     total}
     */
    public record Entry(Device device, String operation, long value) {}
  }
}
