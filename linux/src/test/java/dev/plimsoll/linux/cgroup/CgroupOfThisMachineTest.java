package dev.plimsoll.linux.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.linux.ChildProcess;
import dev.plimsoll.linux.Command;
import dev.plimsoll.linux.Processes;
import dev.plimsoll.linux.Signal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
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

  /** As containers do that are the first of their engine and start at the same moment. */
  @Test
  void aGroupThatManyMakeAtOnceTakesTheProcessOfEach() throws Exception {
    group.remove();
    List<ChildProcess> processes = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      processes.add(Processes.start(Command.of(Path.of("/bin/sleep"), "60")));
    }
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> all = new ArrayList<>();
      for (ChildProcess process : processes) {
        all.add(
            threads.submit(() -> {
              group.create();
              group.add(process.pid());
              return null;
            }));
      }
      for (Future<?> each : all) {
        each.get();
      }
      assertThat(group.processes()).containsAll(processes.stream().map(ChildProcess::pid).toList());
    } finally {
      for (ChildProcess process : processes) {
        process.kill(Signal.KILL);
        process.waitFor();
      }
    }
  }
}
