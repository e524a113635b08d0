package dev.plimsoll.engine.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.oci.Json;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class SeccompProfileTest {

  @Test
  void aRuleThatNeedsACapabilityHoldsOnlyWithIt() throws IOException {
    assertThat(allowed(Set.of())).contains("read", "arch_prctl").doesNotContain("chroot", "bpf");
    assertThat(allowed(Set.of("CAP_SYS_CHROOT"))).contains("chroot").doesNotContain("bpf");
    assertThat(allowed(Set.of("CAP_SYS_ADMIN"))).contains("bpf");
  }

  @Test
  void anotherArchitecturesCallsAreLeftOut() throws IOException {
    JsonNode decided =
        Json.tree(Json.write(HostFacts.defaultProfile().decide("amd64", Set.of(), 6, 1)));

    assertThat(decided.at("/architectures/0").asString()).isEqualTo("SCMP_ARCH_X86_64");
    assertThat(decided.toString()).doesNotContain("s390_pci_mmio_read").doesNotContain("includes");
    assertThat(decided.get("defaultErrnoRet").asInt()).isEqualTo(38);
  }

  @Test
  void aRuleForNewerKernelsIsLeftOutOnOlderOnes() {
    SeccompProfile profile =
        SeccompProfile.parse(
            """
            {"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [
              {"names": ["ptrace"], "action": "SCMP_ACT_ALLOW", "includes": {"minKernel": "4.8"}}]}
            """
                .getBytes());

    assertThat(profile.decide("amd64", Set.of(), 4, 7).get("syscalls")).isEqualTo(List.of());
    assertThat(profile.decide("amd64", Set.of(), 5, 0).get("syscalls"))
        .asString()
        .contains("ptrace");
  }

  @Test
  void whatIsNoProfileIsRefused() {
    assertThatThrownBy(() -> SeccompProfile.parse("[]".getBytes()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static List<String> allowed(Set<String> capabilities) throws IOException {
    JsonNode decided =
        Json.tree(Json.write(HostFacts.defaultProfile().decide("amd64", capabilities, 6, 1)));
    return decided
        .get("syscalls")
        .valueStream()
        .filter(rule -> rule.get("action").asString().equals("SCMP_ACT_ALLOW"))
        .flatMap(rule -> rule.get("names").valueStream().map(JsonNode::asString))
        .toList();
  }
}
