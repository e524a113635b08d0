package dev.plimsoll.linux.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.linux.MountTable;
import dev.plimsoll.linux.cgroup.CgroupLayout.Mode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The files of hosts as their kernels wrote them. */
class CgroupLayoutTest {
  @Test
  void aHostWithVersion2Only() throws IOException {
    CgroupLayout layout = recorded("v2");

    assertThat(layout.mode()).isEqualTo(Mode.V2);
    assertThat(layout.group("/plimsoll/c1"))
        .isEqualTo(new CgroupV2("/plimsoll/c1", Path.of("/sys/fs/cgroup/plimsoll/c1")));
    assertThat(layout.own().path()).isEqualTo("/system.slice/plimsoll.service");
  }

  @Test
  void aHybridHostIsUsedByVersion1() throws IOException {
    CgroupLayout layout = recorded("hybrid");

    assertThat(layout.mode()).isEqualTo(Mode.HYBRID);
    assertThat(layout.controllers())
        .containsExactly(
            "blkio", "cpu", "cpuacct", "cpuset", "devices", "freezer", "memory", "pids");
    CgroupV1 group = (CgroupV1) layout.group("/plimsoll/c1");
    assertThat(group.directories())
        .containsEntry("memory", Path.of("/sys/fs/cgroup/memory/plimsoll/c1"));
    CgroupV1 own = (CgroupV1) layout.own();
    assertThat(own.path()).isEqualTo("/daemon/own");
    assertThat(own.directories()).containsEntry("pids", Path.of("/sys/fs/cgroup/pids"));
  }

  @Test
  void aHostWithVersion1Only() throws IOException {
    CgroupLayout layout = recorded("v1");

    assertThat(layout.mode()).isEqualTo(Mode.V1);
    assertThat(layout.version1().get("cpu")).isEqualTo(layout.version1().get("cpuacct"));
    assertThat(layout.version1()).doesNotContainKeys("name=systemd", "xattr", "rw");
    assertThat(((CgroupV1) layout.own()).directories())
        .containsEntry("cpu", Path.of("/sys/fs/cgroup/cpu,cpuacct/system.slice/plimsoll.service"));
  }

  @Test
  void insideAContainerTheMountPointIsItsOwnGroup() throws IOException {
    CgroupV1 own = (CgroupV1) recorded("container-v1").own();

    assertThat(own.directories()).containsEntry("memory", Path.of("/sys/fs/cgroup/memory"));
  }

  @Test
  void aPathThatClimbsIsRefused() throws IOException {
    CgroupLayout layout = recorded("v2");

    assertThatThrownBy(() -> layout.group("/../../etc"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("climbs");
  }

  @Test
  void aMachineWithoutCgroupsSaysSo() {
    CgroupLayout none = new CgroupLayout(Map.of(), Optional.empty(), Map.of());

    assertThatThrownBy(() -> none.group("/x")).hasMessageContaining("no cgroup hierarchy");
  }

  @Test
  void thisMachineHasOne() throws IOException {
    assertThat(CgroupLayout.detect().controllers()).isNotEmpty();
    assertThat(CgroupLayout.detect().own().exists()).isTrue();
  }

  private static CgroupLayout recorded(String host) throws IOException {
    Path directory = Recorded.directory(host);
    return CgroupLayout.of(
        MountTable.parse(Files.readAllBytes(directory.resolve("mountinfo"))),
        Files.readString(directory.resolve("cgroups"), StandardCharsets.UTF_8),
        Files.readString(directory.resolve("self"), StandardCharsets.UTF_8));
  }
}
