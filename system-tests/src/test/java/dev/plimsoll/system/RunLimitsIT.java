package dev.plimsoll.system;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a container may use and may do: limits, capabilities, devices, seccomp. */
class RunLimitsIT {
  private static TestEngine engine;
  private static Shell shell;

  @BeforeAll
  static void start() throws Exception {
    engine = TestEngine.with(TestImage.busybox());
    shell = engine.shell();
  }

  @AfterAll
  static void stop() throws Exception {
    engine.close();
  }

  /** Files of the container's control group: name on version 1, name on version 2. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--memory 64m                     | memory/memory.limit_in_bytes             | memory.max      | 67108864",
        "--memory 64m --memory-swap 64m   | memory/memory.limit_in_bytes             | memory.swap.max | 67108864",
        "--memory 64m --memory-reservation 32m | memory/memory.soft_limit_in_bytes   | memory.low      | 33554432",
        "--pids-limit 50                  | pids/pids.max                            | pids.max        | 50",
        "--cpus 0.5                       | cpu/cpu.cfs_quota_us                     | cpu.max         | 50000",
        "--cpu-quota 20000 --cpu-period 100000 | cpu/cpu.cfs_quota_us                | cpu.max         | 20000",
        "--cpuset-cpus 0                  | cpuset/cpuset.cpus                       | cpuset.cpus     | 0",
        "--cpu-shares 512                 | cpu/cpu.shares                           | cpu.weight      | 512",
      })
  void aLimitStandsInTheControlGroup(String option, String old, String unified, String value)
      throws Exception {
    String id = shell.out("docker run -d %s busybox sleep 100".formatted(option));
    String find =
        "find /sys/fs/cgroup -path '*%s*' -path '*/%s' -o -path '*%s*' -path '*/%s'"
            .formatted(id, old.substring(old.indexOf('/') + 1), id, unified);

    assertThat(shell.out("%s | head -1 | xargs cat".formatted(find))).startsWith(value);
    shell.out("docker rm -f " + id);
  }

  @Test
  void whoEatsTooMuchMemoryIsKilledAndItIsSaid() throws Exception {
    Program.Result result =
        shell.run("docker run --name eater --memory 16m busybox sh -c 'tail -c 200m /dev/zero'");

    assertThat(result.code()).isEqualTo(137);
    assertThat(shell.out("docker inspect -f '{{.State.OOMKilled}}' eater")).isEqualTo("true");
  }

  @Test
  void theProcessLimitIsFelt() throws Exception {
    assertThat(
            shell
                .run(
                    "docker run --rm --pids-limit 20 busybox"
                        + " sh -c 'for i in $(seq 30); do sleep 1 & done; wait'")
                .err())
        .contains("can't fork");
  }

  @Test
  void sharedMemoryHasTheSizeAskedFor() throws Exception {
    String size = " busybox sh -c 'df -k /dev/shm | tail -1 | awk \"{print \\$2}\"'";

    assertThat(shell.out("docker run --rm" + size)).isEqualTo("65536");
    assertThat(shell.out("docker run --rm --shm-size 2m" + size)).isEqualTo("2048");
  }

  @Test
  void aReadOnlyRootIsNotWritten() throws Exception {
    assertThat(shell.refusal("docker run --rm --read-only busybox touch /x"))
        .contains("Read-only file system");
    assertThat(
            shell.out(
                "docker run --rm --read-only --tmpfs /tmp busybox sh -c 'touch /tmp/x; ls /tmp'"))
        .isEqualTo("x");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--rm                              | 00000000a80425fb",
        "--cap-drop all                    | 0000000000000000",
        "--cap-drop ALL --cap-add CHOWN    | 0000000000000001",
        "--cap-add CAP_NET_ADMIN           | 00000000a80435fb",
        "--cap-drop net_raw                | 00000000a80405fb",
        "-u 1000                           | 0000000000000000"
      })
  void capabilitiesAreTheDefaultOnesMoreOrLess(String option, String effective) throws Exception {
    assertThat(
            shell.out(
                "docker run --rm %s busybox awk '/CapEff/{print $2}' /proc/self/status"
                    .formatted(option)))
        .isEqualTo(effective);
  }

  @Test
  void anUnknownCapabilityIsRefusedByName() throws Exception {
    assertThat(shell.refusal("docker run --rm --cap-add FLY busybox true")).contains("FLY");
  }

  @Test
  void privilegedMayWhatTheEngineMay() throws Exception {
    assertThat(
            shell.out(
                "docker run --rm --privileged busybox sh -c 'mount -t tmpfs x /tmp && echo mounted'"))
        .isEqualTo("mounted");
    assertThat(shell.out("docker run --rm --privileged busybox ls /dev | wc -l").length())
        .isPositive();
    assertThat(
            shell.out(
                "docker run --rm --privileged busybox awk '/Seccomp:/{print $2}' /proc/self/status"))
        .isEqualTo("0");
    assertThat(shell.run("docker run --rm busybox mount -t tmpfs x /tmp").code()).isNotZero();
  }

  @Test
  void seccompFiltersUnlessToldNotTo() throws Exception {
    String mode = " busybox awk '/Seccomp:/{print $2}' /proc/self/status";

    assertThat(shell.out("docker run --rm" + mode)).isEqualTo("2");
    assertThat(shell.out("docker run --rm --security-opt seccomp=unconfined" + mode))
        .isEqualTo("0");
  }

  @Test
  void aProfileOfOnesOwnIsObeyed() throws Exception {
    shell
        .line("cat >$D/profile.json")
        .input(
            "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":"
                + "[{\"names\":[\"mkdir\",\"mkdirat\"],\"action\":\"SCMP_ACT_ERRNO\"}]}")
        .run()
        .succeeded();

    assertThat(
            shell.refusal(
                "docker run --rm --security-opt seccomp=$D/profile.json busybox mkdir /x"))
        .contains("Operation not permitted");
  }

  @Test
  void noNewPrivilegesIsSet() throws Exception {
    assertThat(
            shell.out(
                "docker run --rm --security-opt no-new-privileges busybox"
                    + " awk '/NoNewPrivs/{print $2}' /proc/self/status"))
        .isEqualTo("1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"label=type:x", "apparmor=of-my-own", "flying=yes"})
  void aSecurityOptionThatIsNotHadIsRefusedByName(String option) throws Exception {
    assertThat(shell.refusal("docker run --rm --security-opt %s busybox true".formatted(option)))
        .containsIgnoringCase(option.substring(0, option.indexOf('=')));
  }

  @Test
  void aDeviceIsThereAndUsable() throws Exception {
    assertThat(
            shell.out(
                "docker run --rm --device /dev/zero:/dev/nought busybox head -c 3 /dev/nought | wc -c"))
        .isEqualTo("3");
    assertThat(shell.refusal("docker run --rm --device /dev/no-such busybox true"))
        .contains("/dev/no-such");
  }

  @Test
  void aDeviceHasTheRightsGivenAndNoMore() throws Exception {
    String device = "$D/loop-control";
    String open = " busybox sh -c ': </dev/d'";
    shell.out("mknod %s c 10 237".formatted(device));

    shell.out("docker run --rm --device %s:/dev/d:r".formatted(device) + open);
    assertThat(shell.refusal("docker run --rm --device %s:/dev/d:w".formatted(device) + open))
        .contains("Operation not permitted");
    assertThat(shell.refusal("docker run --rm -v %s:/dev/d".formatted(device) + open))
        .contains("Operation not permitted");
  }

  @Test
  void secretsOfTheHostAreMasked() throws Exception {
    assertThat(
            shell.out(
                "docker run --rm busybox sh -c 'cat /proc/kcore | wc -c; ls /proc/scsi | wc -l'"))
        .isEqualTo("0\n0");
    assertThat(shell.refusal("docker run --rm busybox sh -c 'echo 1 >/proc/sys/kernel/panic'"))
        .contains("Read-only");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--gpus all",
        "--userns=other",
        "--storage-opt size=1g",
        "--runtime unknown",
        "--volume-driver other -v x:/x",
        "--isolation hyperv",
      })
  void whatIsNotSupportedIsRefusedByName(String option) throws Exception {
    Program.Result result = shell.run("docker run --rm %s busybox true".formatted(option));

    assertThat(result.code()).as(result.out() + result.err()).isEqualTo(125);
    assertThat(result.err()).doesNotContain("Exception");
  }
}
