package dev.plimsoll.engine.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.docker.container.ContainerConfig;
import dev.plimsoll.docker.container.HostConfig;
import dev.plimsoll.docker.container.LogConfig;
import dev.plimsoll.docker.container.RestartPolicy;
import dev.plimsoll.docker.container.Ulimit;
import dev.plimsoll.oci.ImageConfig;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class CreationCheckTest {

  @Test
  void dockersRefusalsComeInDockersWords() {
    refused(host -> host.memoryBytes = 1024, "Minimum memory limit allowed is 6MB");
    refused(
        host -> host.memorySwapBytes = 64 << 20,
        "You should always set the Memory limit when using Memoryswap limit, see usage");
    refused(
        host -> host.restartPolicy = new RestartPolicy("always", 3),
        "invalid restart policy: maximum retry count can only be used with 'on-failure'");
    refused(
        host -> {
          host.autoRemove = true;
          host.restartPolicy = new RestartPolicy("always", 0);
        },
        "can't create 'AutoRemove' container with restart policy");
    refused(host -> host.pidMode = "pod", "invalid PID mode: pod");
    refused(
        host -> host.oomScoreAdj = 2000,
        "Invalid value 2000, range for oom score adj is [-1000, 1000]");
    refused(
        host -> host.ulimits = List.of(new Ulimit("bogus", 1, 1)), "invalid ulimit type: bogus");
    refused(host -> host.securityOpt = List.of("bogus"), "invalid --security-opt 1: \"bogus\"");
  }

  @Test
  void whatThisEngineDoesNotHaveIsNamed() {
    refused(host -> host.links = List.of("a:b"), "links (--link) is not supported by this engine");
    refused(
        host -> host.storageOpt = Map.of("size", "1G"),
        "--storage-opt is supported only for overlay over xfs with 'pquota' mount option");
    refused(
        host -> host.logConfig = new LogConfig("fluentd", Map.of()),
        "error looking up logging plugin fluentd: plugin \"fluentd\" not found");
    refused(
        host -> host.logConfig = new LogConfig("json-file", Map.of("compress", "x")),
        "unknown log opt 'compress' for json-file log driver");
    refused(host -> host.runtime = "kata", "unknown or invalid runtime name: kata");
    refused(
        host -> host.volumeDriver = "nfs",
        "error looking up volume plugin nfs: plugin \"nfs\" not found");
    refused(
        host -> host.isolation = "hyperv",
        "invalid isolation \"hyperv\": linux only supports 'default'");
  }

  @Test
  void logOptionsThatCannotBeFollowedAreRefused() {
    refused(
        host -> host.logConfig = new LogConfig("json-file", Map.of("tag", "{{.Nonsense}}")),
        "invalid log opt tag: {{.Nonsense}} is none of [.ID, .FullID, .Name, .ImageID, .ImageFullID,"
            + " .ImageName, .DaemonName]");
    refused(
        host -> host.logConfig = new LogConfig("json-file", Map.of("max-size", "x")),
        "failed to initialize logging driver: invalid size: 'x'");
    refused(
        host -> host.cpusetMems = "4000",
        "Requested memory nodes are not available - requested 4000, available: "
            + dev.plimsoll.engine.runtime.HostFacts.memoryNodes());
  }

  @Test
  void zeroesAskForNothing() {
    assertThat(CreationCheck.check(ContainerConfig.NONE, HostConfig.NONE)).isEmpty();
  }

  private static void refused(Consumer<HostConfig.Draft> change, String message) {
    HostConfig.Draft host = HostConfig.NONE.draft();
    change.accept(host);
    assertThatThrownBy(() -> CreationCheck.check(ContainerConfig.NONE, host.finish()))
        .hasMessage(message);
  }

  @Test
  void theUsersEntryPointTakesTheImagesCommandAway() {
    var image = image(List.of("/entry"), List.of("arg"));

    assertThat(line(merged(null, null, image))).containsExactly("/entry", "arg");
    assertThat(line(merged(null, List.of("own"), image))).containsExactly("/entry", "own");
    assertThat(line(merged(List.of("sh"), null, image))).containsExactly("sh");
    assertThat(line(merged(List.of(""), List.of("own"), image))).containsExactly("own");
    assertThatThrownBy(() -> merged(List.of(""), null, image)).hasMessage("no command specified");
  }

  private static List<String> line(ContainerConfig config) {
    List<String> line = new java.util.ArrayList<>();
    if (config.entrypoint() != null) {
      line.addAll(config.entrypoint());
    }
    if (config.cmd() != null) {
      line.addAll(config.cmd());
    }
    return line;
  }

  private static ContainerConfig merged(
      @org.jspecify.annotations.Nullable List<String> entrypoint,
      @org.jspecify.annotations.Nullable List<String> cmd,
      ImageConfig image) {
    ContainerConfig.Draft draft = ContainerConfig.NONE.draft();
    draft.entrypoint = entrypoint;
    draft.cmd = cmd;
    return ImageDefaults.merge(draft.finish(), image);
  }

  private static ImageConfig image(List<String> entrypoint, List<String> cmd) {
    return ImageConfig.parse(
        dev.plimsoll.oci.Json.write(
            Map.of("config", Map.of("Entrypoint", entrypoint, "Cmd", cmd))));
  }

  @Test
  void aPolicyDecidesWhetherAndWhenToStartAgain() {
    var onFailure = new RestartPolicy("on-failure", 2);

    assertThat(RestartDecision.after(onFailure, 1, false, 0, 1)).contains(Duration.ofMillis(100));
    assertThat(RestartDecision.after(onFailure, 1, false, 1, 2)).contains(Duration.ofMillis(200));
    assertThat(RestartDecision.after(onFailure, 1, false, 2, 3)).isEmpty();
    assertThat(RestartDecision.after(onFailure, 0, false, 0, 1)).isEmpty();
    assertThat(RestartDecision.after(new RestartPolicy("always", 0), 0, true, 0, 1)).isEmpty();
    assertThat(RestartDecision.pause(30)).isEqualTo(Duration.ofMinutes(1));
    assertThat(RestartDecision.atEngineStart(new RestartPolicy("always", 0), true)).isTrue();
    assertThat(RestartDecision.atEngineStart(new RestartPolicy("unless-stopped", 0), true))
        .isFalse();
  }

  @Test
  void theDetachKeysAreFoundInWhatIsTyped() {
    DetachKeys keys = DetachKeys.parse("");

    assertThat(keys.type(new byte[] {'a', 16, 'b', 16}, 4).passed()).containsExactly('a', 16, 'b');
    assertThat(keys.type(new byte[] {17, 'c'}, 2).detached()).isTrue();
    assertThat(DetachKeys.parse("ctrl-a,b").type(new byte[] {1, 'b'}, 2).detached()).isTrue();
    assertThatThrownBy(() -> DetachKeys.parse("ctrl-")).hasMessageContaining("ctrl-");
  }

  @Test
  void namesOutsideOfTheGrammarAreRefused() {
    assertThat(ContainerName.parse("/web.1_a-b").value()).isEqualTo("web.1_a-b");
    assertThatThrownBy(() -> ContainerName.parse("-x"))
        .hasMessage("Invalid container name (-x), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed");
    assertThat(Optional.of(ContainerId.random().value())).get().asString().matches("[0-9a-f]{64}");
  }
}
