package dev.plimsoll.engine.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.docker.container.HostConfig;
import dev.plimsoll.docker.container.Ulimit;
import dev.plimsoll.engine.refusal.EngineException.BadParameter;
import dev.plimsoll.oci.Json;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class SpecWriterTest {
  private static final Set<String> ALL = new TreeSet<>(CapabilityChoice.NAMES);

  @Test
  void aContainerThatAsksForNothingGetsDockersDefaults() {
    JsonNode spec = spec(_ -> {});

    assertThat(texts(spec.at("/process/capabilities/bounding")))
        .containsExactlyElementsOf(new TreeSet<>(CapabilityChoice.DEFAULT));
    assertThat(spec.at("/process/capabilities").has("inheritable")).isFalse();
    assertThat(spec.at("/process/noNewPrivileges").asBoolean()).isFalse();
    assertThat(spec.at("/root/readonly").asBoolean()).isFalse();
    assertThat(texts(spec.at("/linux/maskedPaths"))).contains("/proc/kcore", "/sys/firmware");
    assertThat(texts(spec.at("/linux/readonlyPaths"))).contains("/proc/sys");
    assertThat(destinations(spec))
        .containsExactly(
            "/proc", "/dev", "/dev/pts", "/sys", "/sys/fs/cgroup", "/dev/mqueue", "/dev/shm");
    assertThat(spec.at("/linux/resources/devices/0/allow").asBoolean()).isFalse();
    assertThat(spec.at("/process").has("oomScoreAdj")).isFalse();
    assertThat(spec.at("/linux/resources").has("memory")).isFalse();
  }

  @Test
  void aPrivilegedOneGetsWhatTheEngineHasItselfAndNothingHidden() {
    Set<String> own = new TreeSet<>(ALL);
    own.remove("CAP_SYS_RESOURCE");

    JsonNode spec = spec(host -> host.privileged = true, own);

    assertThat(texts(spec.at("/process/capabilities/effective"))).containsExactlyElementsOf(own);
    assertThat(spec.at("/linux").has("maskedPaths")).isFalse();
    assertThat(spec.at("/linux/resources/devices/0/allow").asBoolean()).isTrue();
    assertThat(texts(spec.at("/mounts/3/options"))).contains("rw").doesNotContain("ro");
  }

  @Test
  void limitsBecomeResources() {
    JsonNode resources =
        spec(
                host -> {
                  host.memoryBytes = 64 << 20;
                  host.memorySwapBytes = 128 << 20;
                  host.nanoCpus = 1_500_000_000L;
                  host.cpusetCpus = "0-1";
                  host.pidsLimit = 42L;
                  host.cpuShares = 512;
                })
            .at("/linux/resources");

    assertThat(resources.at("/memory/limit").asLong()).isEqualTo(64 << 20);
    assertThat(resources.at("/memory/swap").asLong()).isEqualTo(128 << 20);
    assertThat(resources.at("/cpu/quota").asLong()).isEqualTo(150_000);
    assertThat(resources.at("/cpu/period").asLong()).isEqualTo(100_000);
    assertThat(resources.at("/cpu/cpus").asString()).isEqualTo("0-1");
    assertThat(resources.at("/cpu/shares").asLong()).isEqualTo(512);
    assertThat(resources.at("/pids/limit").asLong()).isEqualTo(42);
  }

  @Test
  void aLimitlessUlimitIsTheLargestNumberThereIs() {
    JsonNode limit =
        spec(host -> host.ulimits = List.of(new Ulimit("core", -1, -1))).at("/process/rlimits/0");

    assertThat(limit.get("type").asString()).isEqualTo("RLIMIT_CORE");
    assertThat(limit.get("hard").asString()).isEqualTo("18446744073709551615");
  }

  @Test
  void anEmptyListOfMaskedPathsHidesNothing() {
    assertThat(spec(host -> host.maskedPaths = List.of()).at("/linux/maskedPaths")).isEmpty();
  }

  @Test
  void whatTheUserMountsReplacesADefaultOfTheSamePlace() {
    var mount = new SpecMount("/dev/shm", "tmpfs", "tmpfs", List.of("size=1m"));

    JsonNode spec =
        Json.tree(Json.write(SpecWriter.write(input(HostConfig.NONE, ALL, List.of(mount)))));

    assertThat(destinations(spec)).containsOnlyOnce("/dev/shm");
  }

  @Test
  void securityAndSysctlsAreTakenOver() {
    JsonNode spec =
        spec(host -> {
          host.securityOpt = List.of("no-new-privileges");
          host.sysctls = Map.of("net.core.somaxconn", "1024");
          host.readonlyRootfs = true;
          host.oomScoreAdj = 500;
        });

    assertThat(spec.at("/process/noNewPrivileges").asBoolean()).isTrue();
    assertThat(spec.at("/linux/sysctl/net.core.somaxconn").asString()).isEqualTo("1024");
    assertThat(spec.at("/root/readonly").asBoolean()).isTrue();
    assertThat(spec.at("/process/oomScoreAdj").asInt()).isEqualTo(500);
  }

  @Test
  void aDeviceRuleThatMakesNoSenseIsRefused() {
    assertThat(SpecResources.deviceRule("c 42:* rmw"))
        .containsEntry("major", 42L)
        .doesNotContainKey("minor");
    assertThatThrownBy(() -> SpecResources.deviceRule("x 1:2 r")).isInstanceOf(BadParameter.class);
  }

  @Test
  void capabilitiesAreAddedAndDroppedByAnyOfTheirNames() {
    assertThat(CapabilityChoice.of(List.of("net_admin"), List.of("CAP_CHOWN"), false, ALL, ALL))
        .contains("CAP_NET_ADMIN")
        .doesNotContain("CAP_CHOWN");
    assertThat(CapabilityChoice.of(List.of("ALL"), List.of("SYS_ADMIN"), false, ALL, ALL))
        .hasSize(ALL.size() - 1)
        .doesNotContain("CAP_SYS_ADMIN");
    assertThat(CapabilityChoice.of(List.of("KILL"), List.of("all"), false, ALL, ALL))
        .containsExactly("CAP_KILL");
    assertThatThrownBy(() -> CapabilityChoice.of(List.of("CAP_FLY"), List.of(), false, ALL, ALL))
        .isInstanceOf(BadParameter.class)
        .hasMessageContaining("CAP_FLY");
  }

  @Test
  void theBoundingSetIsReadFromTheKernelsText() {
    assertThat(HostFacts.boundingSet("Name:\tx\nCapBnd:\t0000000000000003\n"))
        .containsExactly("CAP_CHOWN", "CAP_DAC_OVERRIDE");
  }

  private static JsonNode spec(Consumer<HostConfig.Draft> change) {
    return spec(change, ALL);
  }

  private static JsonNode spec(Consumer<HostConfig.Draft> change, Set<String> capabilities) {
    HostConfig.Draft host = HostConfig.NONE.draft();
    change.accept(host);
    return Json.tree(Json.write(SpecWriter.write(input(host.finish(), capabilities, List.of()))));
  }

  private static SpecInput input(
      HostConfig host, Set<String> capabilities, List<SpecMount> mounts) {
    return new SpecInput(
        host,
        List.of("sh"),
        List.of("PATH=/bin"),
        "/",
        ProcessUser.ROOT,
        false,
        "box",
        "",
        Path.of("/rootfs"),
        mounts,
        new SpecInput.SharedMemory.Own(64 << 20),
        Map.of(
            "mount", new SpecInput.Namespace.Fresh(),
            "pid", new SpecInput.Namespace.Fresh(),
            "ipc", new SpecInput.Namespace.Fresh()),
        List.of(),
        capabilities,
        Optional.empty(),
        "/plimsoll/x",
        new SpecInput.CgroupLayout(false, true),
        Map.of());
  }

  private static List<String> texts(JsonNode list) {
    return list.valueStream().map(JsonNode::asString).toList();
  }

  private static List<String> destinations(JsonNode spec) {
    return spec.get("mounts").valueStream().map(m -> m.get("destination").asString()).toList();
  }
}
