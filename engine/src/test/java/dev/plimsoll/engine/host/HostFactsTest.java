package dev.plimsoll.engine.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Machines that this one is not, by the files that they would show. */
class HostFactsTest {
  @TempDir private Path root;

  private void file(String path, String text) throws IOException {
    Path file = root.resolve(path);
    Files.writeString(file, text);
  }

  @Test
  void aMachineWithUnifiedControlGroupsIsVersion2() throws IOException {
    Files.createDirectories(root.resolve("sys/fs/cgroup"));
    Files.createDirectories(root.resolve("etc"));
    Files.createDirectories(root.resolve("proc/sys/kernel"));
    Files.createDirectories(root.resolve("proc/sys/net/ipv4"));
    file("sys/fs/cgroup/cgroup.controllers", "cpuset cpu io memory hugetlb pids\n");
    file("etc/os-release", "NAME=\"Debian\"\nPRETTY_NAME=\"Debian 13\"\nVERSION_ID=13\n");
    file("proc/meminfo", "MemTotal:       16314512 kB\nMemFree: 1 kB\n");
    file("proc/sys/kernel/osrelease", "6.12.1-amd64\n");
    file("proc/sys/net/ipv4/ip_forward", "1\n");

    HostFacts facts = HostFacts.read(root);

    assertThat(facts.cgroupVersion()).isEqualTo(2);
    assertThat(facts.controllers()).contains("memory", "cpu", "pids");
    assertThat(facts.swapLimit()).isTrue();
    assertThat(facts.operatingSystem()).isEqualTo("Debian 13");
    assertThat(facts.osVersion()).isEqualTo("13");
    assertThat(facts.memoryBytes()).isEqualTo(16314512L * 1024);
    assertThat(facts.kernelVersion()).isEqualTo("6.12.1-amd64");
    assertThat(facts.ipv4Forwarding()).isTrue();
  }

  @Test
  void aMachineWithControllersApartIsVersion1() throws IOException {
    Files.createDirectories(root.resolve("sys/fs/cgroup/memory"));
    Files.createDirectories(root.resolve("sys/fs/cgroup/unified"));

    HostFacts facts = HostFacts.read(root);

    assertThat(facts.cgroupVersion()).isEqualTo(1);
    assertThat(facts.controllers()).containsExactly("memory");
    assertThat(facts.swapLimit()).isFalse();
  }

  @Test
  void whatAMachineDoesNotTellIsEmpty() {
    HostFacts facts = HostFacts.read(root);

    assertThat(facts.operatingSystem()).isEqualTo("Linux");
    assertThat(facts.kernelVersion()).isEmpty();
    assertThat(facts.memoryBytes()).isZero();
    assertThat(facts.ipv4Forwarding()).isFalse();
  }
}
