package dev.plimsoll.linux.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.linux.Device;
import dev.plimsoll.linux.cgroup.CgroupStats.BlockIo.Entry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Groups as files that a kernel wrote: for controllers that a test machine need not have. */
class RecordedGroupTest {
  @TempDir Path copy;
  private CgroupV2 group;

  @BeforeEach
  void copyVersion2() throws IOException {
    try (Stream<Path> files = Files.list(Recorded.directory("v2-group"))) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(file.getFileName().toString()));
      }
    }
    group = new CgroupV2("/plimsoll/c1", copy);
  }

  @Test
  void statsOfVersion2() throws IOException {
    CgroupStats stats = group.stats();

    assertThat(stats.cpu())
        .isEqualTo(
            new CgroupStats.Cpu(
                5_237_012_000L,
                4_120_511_000L,
                1_116_501_000L,
                List.of(),
                420,
                37,
                1_830_456_000L));
    assertThat(stats.memory().usageBytes()).isEqualTo(73_400_320);
    assertThat(stats.memory().peakBytes()).isEqualTo(104_857_600);
    assertThat(stats.memory().limitBytes()).hasValue(134_217_728);
    assertThat(stats.memory().failures()).isEqualTo(12);
    assertThat(stats.memory().outOfMemoryKills()).isEqualTo(1);
    assertThat(stats.memory().workingSetBytes()).isEqualTo(73_400_320 - 31_944_704);
    assertThat(stats.pids().current()).isEqualTo(7);
    assertThat(stats.pids().limit()).hasValue(100);
    Device disk = new Device(259, 0);
    assertThat(stats.blockIo().bytes())
        .containsExactly(new Entry(disk, "read", 48_242_688), new Entry(disk, "write", 12_288));
    assertThat(stats.blockIo().operations())
        .containsExactly(new Entry(disk, "read", 411), new Entry(disk, "write", 3));
  }

  @Test
  void statsOfVersion1() throws IOException {
    Path root = Recorded.directory("v1-group");
    var old =
        new CgroupV1(
            "/plimsoll/c1",
            Map.of(
                "cpu", root.resolve("cpu"),
                "cpuacct", root.resolve("cpuacct"),
                "memory", root.resolve("memory"),
                "pids", root.resolve("pids"),
                "blkio", root.resolve("blkio")));

    CgroupStats stats = old.stats();

    assertThat(stats.cpu())
        .isEqualTo(
            new CgroupStats.Cpu(
                529_117_633,
                410_000_000,
                110_000_000,
                List.of(300_000_000L, 229_117_633L),
                12,
                3,
                270_519_281));
    assertThat(stats.memory().limitBytes()).isEmpty();
    assertThat(stats.memory().failures()).isEqualTo(4);
    assertThat(stats.memory().outOfMemoryKills()).isEqualTo(2);
    assertThat(stats.memory().workingSetBytes()).isEqualTo(1_048_576 - 262_144);
    assertThat(stats.pids().limit()).isEmpty();
    assertThat(stats.blockIo().bytes())
        .contains(new Entry(new Device(254, 0), "read", 4096))
        .hasSize(6);
  }

  @Test
  void limitsOfVersion2CountSwapAlone() throws IOException {
    group.limit(
        CgroupLimits.NONE
            .memory(64 << 20)
            .memoryAndSwap(96 << 20)
            .cpuShares(1024)
            .cpuQuota(50_000)
            .cpus("0-1")
            .pids(CgroupLimits.UNLIMITED));

    assertThat(copy.resolve("memory.max")).hasContent(Integer.toString(64 << 20));
    assertThat(copy.resolve("memory.swap.max")).hasContent(Integer.toString(32 << 20));
    assertThat(copy.resolve("cpu.weight")).content().startsWith("39");
    assertThat(copy.resolve("cpu.max")).content().startsWith("50000 100000");
    assertThat(copy.resolve("cpuset.cpus")).hasContent("0-1");
    assertThat(copy.resolve("pids.max")).content().startsWith("max");
  }

  @Test
  void memoryAboveMemoryAndSwapIsRefused() {
    assertThatThrownBy(() -> group.limit(CgroupLimits.NONE.memoryAndSwap(1000)))
        .hasMessageContaining("memory and swap together are limited to 1000 bytes");
  }

  @Test
  void aControllerThatIsNotThereIsNamedWithItsFile() throws IOException {
    Files.delete(copy.resolve("pids.max"));

    assertThatThrownBy(() -> group.limit(CgroupLimits.NONE.pids(10)))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessageContaining("pids.max");
    assertThatThrownBy(() -> new CgroupV1("/c1", Map.of()).limit(CgroupLimits.NONE.pids(10)))
        .hasMessage("/c1 has no pids controller to set pids.max");
  }

  @ParameterizedTest
  @CsvSource({"2,1", "1024,39", "262144,10000", "0,1", "999999,10000"})
  void sharesBecomeWeights(long shares, long weight) {
    assertThat(CgroupV2.weight(shares)).isEqualTo(weight);
  }
}
