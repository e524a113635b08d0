package dev.plimsoll.linux.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.linux.Finding;
import dev.plimsoll.linux.MountTable;
import dev.plimsoll.linux.cgroup.CgroupLayout;
import dev.plimsoll.linux.cgroup.CgroupLayout.Hierarchy;
import dev.plimsoll.linux.network.ForwardDrop;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineProbeTest {
  @TempDir Path root;

  @Test
  void aMachineThatRunsTheTestsLacksNothingAndKeepsNothing() throws Exception {
    List<Finding> findings = new MachineProbe(root).findings();

    assertThat(findings)
        .extracting(Finding::subject)
        .contains("overlay", "cgroups", "bridges", "nftables");
    assertThat(findings).noneMatch(finding -> finding.level() == Finding.Level.MISSING);
    assertThat(root).isEmptyDirectory();
    assertThat(MountTable.read().below(root)).isEmpty();
  }

  @Test
  void aFirewallThatDropsWhatIsForwardedIsNamedWithTheRemedy() {
    Finding finding = MachineProbe.firewall(List.of(new ForwardDrop("ip", "filter", "FORWARD")));

    assertThat(finding.level()).isEqualTo(Finding.Level.LIMITED);
    assertThat(finding.detail())
        .contains("ip filter FORWARD")
        .contains("engine.network.foreign-firewall");
    assertThat(MachineProbe.firewall(List.of()).level()).isEqualTo(Finding.Level.GOOD);
  }

  @Test
  void controllersThatAreLackingAreNamed() throws IOException {
    var memory = new Hierarchy(Path.of("/sys/fs/cgroup/memory"), "/");

    Finding some =
        MachineProbe.cgroups(
            new CgroupLayout(Map.of("memory", memory), Optional.empty(), Map.of()));
    Finding none = MachineProbe.cgroups(new CgroupLayout(Map.of(), Optional.empty(), Map.of()));

    assertThat(some.level()).isEqualTo(Finding.Level.LIMITED);
    assertThat(some.detail()).isEqualTo("V1 with [memory]; limits need [cpu, pids]");
    assertThat(none.level()).isEqualTo(Finding.Level.MISSING);
  }
}
