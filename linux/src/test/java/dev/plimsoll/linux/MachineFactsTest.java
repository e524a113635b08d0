package dev.plimsoll.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineFactsTest {
  private static final String STATUS =
      """
      Name:\tjava
      CapInh:\t0000000000000000
      CapPrm:\t00000000a80425fb
      CapBnd:\t000001fffeffffff
      """;

  @TempDir Path root;

  @Test
  void capabilitiesHaveTheNumbersOfTheKernel() {
    assertThat(Capability.CHOWN.number()).isZero();
    assertThat(Capability.SYS_ADMIN.number()).isEqualTo(21);
    assertThat(Capability.CHECKPOINT_RESTORE.number()).isEqualTo(40);
    assertThat(Capability.parse("cap_net_raw").fullName()).isEqualTo("CAP_NET_RAW");
    assertThat(Capability.parse("NET_RAW")).isEqualTo(Capability.NET_RAW);
    assertThatThrownBy(() -> Capability.parse("ALL")).hasMessage("unknown capability: \"ALL\"");
  }

  @Test
  void aSetIsReadFromTheStatusFile() throws IOException {
    assertThat(Capability.set(STATUS, "CapPrm")) // what Docker gives by default
        .hasSize(14)
        .contains(Capability.CHOWN, Capability.SETFCAP)
        .doesNotContain(Capability.SYS_ADMIN);
    assertThat(Capability.set(STATUS, "CapBnd"))
        .hasSize(40)
        .doesNotContain(Capability.SYS_RESOURCE);
    assertThatThrownBy(() -> Capability.set("", "CapBnd")).isInstanceOf(IOException.class);
    assertThat(Capability.available()).contains(Capability.SYS_ADMIN);
  }

  @Test
  void usersAndGroupsAreFoundByNameAndNumber() {
    Accounts accounts =
        Accounts.parse(
            "root:x:0:0:root:/root:/bin/sh\nbroken\napp:x:1000:1001::/srv:/bin/false\n+nis\n",
            "root:x:0:\nwheel:x:10:app,root\napp:x:1001:\nbad:x:ten:\n");

    assertThat(accounts.user("app")).get().extracting("uid").isEqualTo(1000L);
    assertThat(accounts.user(0)).get().extracting("home").isEqualTo("/root");
    assertThat(accounts.user("broken")).isEmpty();
    assertThat(accounts.group("wheel")).get().extracting("gid").isEqualTo(10L);
    assertThat(accounts.group("bad")).isEmpty();
    assertThat(accounts.groupsWith("app"))
        .extracting(Accounts.Group::name)
        .containsExactly("wheel");
  }

  @Test
  void thisMachineHasRoot() throws IOException {
    assertThat(Accounts.ofThisMachine().user("root")).get().extracting("uid").isEqualTo(0L);
  }

  @Test
  void kernelVersionsCompareByNumber() throws IOException {
    KernelVersion debian = KernelVersion.parse("6.1.0-44-amd64");

    assertThat(debian.isAtLeast(6, 1)).isTrue();
    assertThat(debian.isAtLeast(5, 12)).isTrue();
    assertThat(debian.isAtLeast(6, 7)).isFalse();
    assertThat(KernelVersion.parse("5.15-rc1")).hasToString("5.15-rc1");
    assertThat(KernelVersion.current().major()).isPositive();
    assertThatThrownBy(() -> KernelVersion.parse("linux"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theProbeTriesEverythingAndLeavesNothing() throws Exception {
    List<Finding> findings = new KernelProbe(root).findings();

    assertThat(findings)
        .extracting(Finding::subject)
        .contains("kernel", "openat2", "overlay", "whiteouts", "network namespaces");
    assertThat(findings).noneMatch(finding -> finding.level() == Finding.Level.MISSING);
    assertThat(root).isEmptyDirectory();
    assertThat(MountTable.read().below(root)).isEmpty();
  }
}
