package dev.plimsoll.linux.cgroup;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Limits to set, in the words of the Engine API. A value; only what was named is set. {@link
 * #UNLIMITED} takes a limit away.
 */
public final class CgroupLimits {
  public static final long UNLIMITED = -1;

  /** Nothing named yet. */
  public static final CgroupLimits NONE = new CgroupLimits(Map.of());

  enum Key {
    MEMORY,
    MEMORY_AND_SWAP,
    MEMORY_RESERVATION,
    CPU_SHARES,
    CPU_QUOTA,
    CPU_PERIOD,
    CPUSET_CPUS,
    CPUSET_MEMS,
    PIDS
  }

  private final Map<Key, String> values;

  private CgroupLimits(Map<Key, String> values) {
    this.values = values;
  }

  private CgroupLimits with(Key key, Object value) {
    Map<Key, String> more = new EnumMap<>(Key.class);
    more.putAll(values);
    more.put(key, value.toString());
    return new CgroupLimits(more);
  }

  public CgroupLimits memory(long bytes) {
    return with(Key.MEMORY, bytes);
  }

  /** Memory and swap together, as {@code --memory-swap} says it. */
  public CgroupLimits memoryAndSwap(long bytes) {
    return with(Key.MEMORY_AND_SWAP, bytes);
  }

  public CgroupLimits memoryReservation(long bytes) {
    return with(Key.MEMORY_RESERVATION, bytes);
  }

  /** The weight against others, 2 to 262,144; the kernel's own is 1,024. */
  public CgroupLimits cpuShares(long shares) {
    return with(Key.CPU_SHARES, shares);
  }

  public CgroupLimits cpuQuota(long micros) {
    return with(Key.CPU_QUOTA, micros);
  }

  public CgroupLimits cpuPeriod(long micros) {
    return with(Key.CPU_PERIOD, micros);
  }

  /** A list as {@code 0-2,4}. */
  public CgroupLimits cpus(String list) {
    return with(Key.CPUSET_CPUS, list);
  }

  public CgroupLimits memoryNodes(String list) {
    return with(Key.CPUSET_MEMS, list);
  }

  public CgroupLimits pids(long count) {
    return with(Key.PIDS, count);
  }

  Optional<String> text(Key key) {
    return Optional.ofNullable(values.get(key));
  }

  OptionalLong number(Key key) {
    String value = values.get(key);
    return value == null ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(value));
  }

  @Override
  public String toString() {
    return values.toString();
  }
}
