package dev.plimsoll.linux.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class CgroupOfThisMachineTest extends CgroupContract {
  @Override
  CgroupLayout layout() throws IOException {
    return CgroupLayout.detect();
  }

  @Test
  void limitsGrowAndShrinkAndAreToldInTheStats() throws IOException {
    process(group);

    group.limit(
        CgroupLimits.NONE
            .memory(64 << 20)
            .memoryAndSwap(64 << 20)
            .pids(20)
            .cpuShares(512)
            .cpuPeriod(50_000)
            .cpuQuota(25_000)
            .cpus("0"));
    assertThat(group.stats().memory().limitBytes()).hasValue(64 << 20);
    assertThat(group.stats().pids().limit()).hasValue(20);
    assertThat(group.stats().pids().current()).isEqualTo(1);

    group.limit(CgroupLimits.NONE.memory(256 << 20).memoryAndSwap(512L << 20));
    assertThat(group.stats().memory().limitBytes()).hasValue(256 << 20);
    group.limit(CgroupLimits.NONE.memory(32 << 20).memoryAndSwap(48 << 20));
    assertThat(group.stats().memory().limitBytes()).hasValue(32 << 20);
    group.limit(
        CgroupLimits.NONE
            .memory(CgroupLimits.UNLIMITED)
            .memoryAndSwap(CgroupLimits.UNLIMITED)
            .pids(CgroupLimits.UNLIMITED)
            .cpuQuota(CgroupLimits.UNLIMITED));
    assertThat(group.stats().memory().limitBytes()).isEmpty();
    assertThat(group.stats().pids().limit()).isEmpty();
  }
}
