package dev.plimsoll.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a user of the real {@code docker} command sees. */
class DockerClientTest {
  @TempDir private static Path root;
  private static RunningEngine engine;

  @BeforeAll
  static void start() throws Exception {
    engine = new RunningEngine(root);
    Path archive = BusyboxArchive.in(root.resolve("archive"));
    assertThat(engine.docker("load", "-i", archive.toString()))
        .contains("Loaded image: busybox:latest");
  }

  @AfterAll
  static void stop() throws IOException {
    engine.close();
  }

  @Test
  void aCommandRunsAndItsOutputAndExitCodeComeBack() throws Exception {
    String printed =
        engine.docker("run", "--rm", "--network=none", "busybox", "sh", "-c", "echo hello; exit 7");

    assertThat(printed).startsWith("hello\n").contains("7");
  }

  @Test
  void aNewVolumeHasWhatTheImageHasInItsPlace() throws Exception {
    assertThat(run("-v", "filled:/data", "busybox", "cat", "/data/file"))
        .startsWith("of the image\n");
    assertThat(run("-v", "bare:/data:nocopy", "busybox", "ls", "/data")).doesNotContain("file");
    assertThat(run("-v", "filled:/other:ro", "busybox", "touch", "/other/x"))
        .contains("Read-only file system");
  }

  private static String run(String... arguments) throws Exception {
    String[] all = new String[arguments.length + 3];
    all[0] = "run";
    all[1] = "--rm";
    all[2] = "--network=none";
    System.arraycopy(arguments, 0, all, 3, arguments.length);
    return engine.docker(all);
  }

  @Test
  void aVolumeInUseIsNamedWithItsContainerAndGoesWhenThatIsGone() throws Exception {
    engine.docker("create", "--name", "holder", "-v", "held:/data", "busybox", "true");

    assertThat(engine.docker("volume", "rm", "held"))
        .contains("Error response from daemon: remove held: volume is in use - [");

    engine.docker("rm", "holder");
    assertThat(engine.docker("volume", "rm", "held")).startsWith("held\n");
  }

  @Test
  void anAnonymousVolumeGoesWithItsContainer() throws Exception {
    run("-v", "/anonymous", "busybox", "touch", "/anonymous/x");

    assertThat(engine.docker("volume", "ls", "-q", "--filter", "dangling=true"))
        .doesNotContainPattern("[0-9a-f]{64}");
  }

  @Test
  void aContainerOutlivesTheEngine() throws Exception {
    engine.docker("run", "-d", "--name", "survivor", "--network=none", "busybox", "sleep", "600");

    engine.restart();

    assertThat(engine.docker("ps", "--format", "{{.Names}} {{.Status}}")).contains("survivor Up");
    assertThat(engine.docker("info", "--format", "{{.ContainersRunning}}")).startsWith("1\n");
    engine.docker("rm", "-f", "survivor");
  }

  @Test
  void aSystemPruneGoesThroughAllKinds() throws Exception {
    engine.docker("volume", "create", "kept");
    engine.docker("create", "--name", "stopped", "--network=none", "busybox", "true");

    String printed = engine.docker("system", "prune", "-f", "--volumes");

    assertThat(printed).contains("Deleted Containers:", "Total reclaimed space:");
    assertThat(printed).doesNotContain("Error");
    assertThat(engine.docker("volume", "ls", "-q")).contains("kept");
  }

  @Test
  void diskUsageIsToldInDetail() throws Exception {
    engine.docker("volume", "create", "sized");

    assertThat(engine.docker("system", "df", "-v"))
        .contains("busybox")
        .containsPattern("sized +0 +0B");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.24", "1.30", "1.41", "1.44", "1.50"})
  void oldClientsAreAnswered(String version) throws Exception {
    assertThat(old(version, "version", "--format", "{{.Client.APIVersion}} {{.Server.APIVersion}}"))
        .startsWith(version + " 1.51");
    assertThat(old(version, "volume", "ls", "-q")).doesNotContain("Error");
    assertThat(old(version, "images", "-q")).doesNotContain("Error");
    assertThat(old(version, "run", "--rm", "--network=none", "busybox", "echo", "hello"))
        .startsWith("hello\n");
  }

  private static String old(String version, String... arguments) throws Exception {
    return engine.docker(Map.of("DOCKER_API_VERSION", version), arguments);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1.23|client version 1.23 is too old. Minimum supported API version is 1.24, please upgrade your client to a newer version",
        "1.99|client version 1.99 is too new. Maximum supported API version is 1.51"
      })
  void otherVersionsAreRefusedInDockersWords(String version, String message) throws Exception {
    assertThat(old(version, "ps")).contains("Error response from daemon: " + message);
  }

  @Test
  void theBuiltInNetworksAreListed() throws Exception {
    assertThat(engine.docker("network", "ls", "--format", "{{.Name}} {{.Driver}}"))
        .contains("bridge bridge", "host host", "none null");
    assertThat(
            engine.docker(
                "network", "inspect", "bridge", "-f", "{{(index .IPAM.Config 0).Subnet}}"))
        .containsPattern("[0-9.]+/[0-9]+");
    assertThat(engine.docker("network", "create", "mine"))
        .contains("making networks is not supported");
    assertThat(engine.docker("network", "rm", "bridge"))
        .contains("bridge is a pre-defined network and cannot be removed");
    assertThat(engine.docker("network", "inspect", "absent")).contains("network absent not found");
  }

  @Test
  void whatIsNotPartOfTheEngineIsSaidInASentence() throws Exception {
    assertThat(engine.docker("swarm", "init")).contains("swarm mode is not part of this engine");
    assertThat(engine.docker("node", "ls")).contains("This node is not a swarm manager.");
    assertThat(engine.docker("plugin", "ls", "-q")).startsWith("[");
  }
}
