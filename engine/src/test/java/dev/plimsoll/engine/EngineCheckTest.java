package dev.plimsoll.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.docker.DockerClient;
import dev.plimsoll.engine.check.Finding;
import dev.plimsoll.engine.check.Finding.Kind;
import dev.plimsoll.engine.check.Finding.Outcome;
import dev.plimsoll.engine.check.Inspection.Mode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What is destroyed is found, mended where that can be, and else said. */
class EngineCheckTest {
  private static final String DONE = "[Exited[code=0]]";

  @TempDir private static Path used;
  @TempDir private Path root;
  private Path engine;
  private static Path archive;

  /** A named container that has written to its own files and to a volume. */
  @BeforeAll
  static void use() throws Exception {
    archive = BusyboxArchive.in(Files.createDirectory(used.resolve("archive")));
    try (RunningEngine running = new RunningEngine(used)) {
      assertThat(running.docker("load", "-qi", archive.toString())).endsWith(DONE);
      assertThat(running.docker("tag", "busybox", "other:2")).endsWith(DONE);
      assertThat(running.docker("volume", "create", "--label", "a=b", "things")).endsWith(DONE);
      assertThat(
              running.docker(
                  "run",
                  "--network=none",
                  "--name=web",
                  "-v",
                  "things:/things",
                  "busybox",
                  "sh",
                  "-c",
                  "echo mine >/own; echo ours >/things/file"))
          .isEqualTo(DONE);
      Awaitility.await().until(() -> !list(used.resolve("data/engine/db/copies")).isEmpty());
    }
  }

  /** Each test destroys a copy of its own. */
  @BeforeEach
  void copy() throws Exception {
    engine = root.resolve("data/engine");
    Process copying =
        new ProcessBuilder(
                "cp", "-a", used.resolve("data").toString(), root.resolve("data").toString())
            .inheritIO()
            .start();
    assertThat(copying.waitFor()).isZero();
  }

  private static List<Path> list(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> !file.getFileName().toString().startsWith(".")).toList();
    }
  }

  private List<Finding> check(Mode mode) throws Exception {
    try (StoppedEngine stopped = open()) {
      return stopped.check(mode).found();
    }
  }

  private List<Finding> rebuild(Mode mode) throws Exception {
    try (StoppedEngine stopped = open()) {
      return stopped.rebuild(mode).found();
    }
  }

  private StoppedEngine open() throws IOException {
    return StoppedEngine.open(EngineSettings.in(root.resolve("data"), root.resolve("run")));
  }

  private Path file(String glob) throws IOException {
    try (Stream<Path> files = Files.walk(engine)) {
      var matcher = engine.getFileSystem().getPathMatcher("glob:" + engine + "/" + glob);
      return files.filter(matcher::matches).findFirst().orElseThrow();
    }
  }

  private static void remove(Path tree) throws IOException {
    try (Stream<Path> files = Files.walk(tree)) {
      for (Path file : files.toList().reversed()) {
        Files.delete(file);
      }
    }
  }

  private void loseDatabase() throws IOException {
    for (String end : List.of("", "-wal", "-shm")) {
      Files.deleteIfExists(engine.resolve("db/engine.db" + end));
    }
  }

  /** Everything that {@link #use} made is there and right. */
  private void requireAll() throws Exception {
    try (RunningEngine running = new RunningEngine(root)) {
      assertThat(running.docker("cp", "web:/own", "-")).contains("mine").endsWith(DONE);
      assertThat(
              running.docker(
                  "run",
                  "--rm",
                  "--network=none",
                  "-v",
                  "things:/t",
                  "busybox",
                  "cat",
                  "/t/file",
                  "/data/file"))
          .isEqualTo("ours\nof the image\n" + DONE);
      assertThat(running.docker("volume", "inspect", "-f", "{{.Labels}}", "things"))
          .startsWith("map[a:b]");
      assertThat(running.docker("volume", "rm", "things")).contains("volume is in use");
      assertThat(running.docker("start", "-a", "web")).isEqualTo(DONE);
    }
  }

  @Test
  void whatIsWholeIsLookedAtAndNothingIsSaid() throws Exception {
    try (StoppedEngine stopped = open()) {
      var findings = stopped.check(Mode.MEND);

      assertThat(findings.found()).isEmpty();
      assertThat(findings.looked().toString())
          .isEqualTo("{blob=1, container=1, database=1, image=1, layer=1, volume=1}");
    }
    requireAll();
  }

  @Test
  void aRunningEngineIsCheckedOverItsSocketAndNotBehindItsBack() throws Exception {
    try (RunningEngine running = new RunningEngine(root);
        DockerClient client = running.connect()) {
      JsonNode report = client.post("/plimsoll/v1/check");

      assertThat(report.path("findings").isEmpty()).as(report.toString()).isTrue();
      assertThat(report.path("looked").path("layer").intValue()).isEqualTo(1);
      assertThatThrownBy(this::open).hasMessageContaining("is in use");
    }
  }

  @Test
  void aTornFileOfALayerIsFoundAndTheLayerMadeAnew() throws Exception {
    Path torn = file("layers/*/fs/data/file");
    Files.writeString(torn, "of the ????e\n");

    assertThat(check(Mode.LOOK))
        .singleElement()
        .matches(found -> found.kind() == Kind.LAYER && found.outcome() == Outcome.DAMAGED);
    assertThat(torn).hasContent("of the ????e");
    assertThat(check(Mode.MEND))
        .extracting(Finding::outcome)
        .containsExactly(Outcome.MENDED, Outcome.LEFT_OVER);
    requireAll();
    assertThat(check(Mode.LOOK)).isEmpty();
  }

  @Test
  void aLayerWithoutItsBlobIsNamedUntilItsImageComesAgain() throws Exception {
    Files.writeString(file("layers/*/fs/data/file"), "of the ????e\n");
    Files.delete(file("content/blobs/**-*"));

    assertThat(check(Mode.MEND))
        .extracting(Finding::kind)
        .contains(Kind.BLOB, Kind.LAYER, Kind.CONTAINER);
    try (RunningEngine running = new RunningEngine(root)) {
      assertThat(running.docker("start", "-a", "web")).contains("pull or load the image again");
      assertThat(running.docker("load", "-qi", archive.toString())).endsWith(DONE);
    }

    requireAll();
    assertThat(check(Mode.LOOK)).isEmpty();
  }

  @Test
  void aBlobThatIsNotWhatItsNameSaysIsDroppedAndComesAgain() throws Exception {
    Path blob = file("content/blobs/**-*");
    try (var bytes = new RandomAccessFile(blob.toFile(), "rw")) {
      bytes.seek(1000);
      bytes.write(1);
    }

    assertThat(check(Mode.MEND))
        .singleElement()
        .matches(found -> found.kind() == Kind.BLOB && found.what().contains("dropped"));
    requireAll();
  }

  @Test
  void lostDescriptionsAreWrittenAnew() throws Exception {
    Path container = file("containers/*/container.json");
    Files.writeString(container, "{");
    Files.delete(file("images/*.json"));

    assertThat(check(Mode.MEND))
        .extracting(Finding::kind)
        .containsExactlyInAnyOrder(Kind.IMAGE, Kind.CONTAINER);
    new RunningEngine(root).close();

    assertThat(check(Mode.LOOK)).isEmpty();
  }

  @Test
  void lostFilesAreNamed() throws Exception {
    remove(file("volumes/things"));
    remove(file("containers/*"));

    assertThat(check(Mode.LOOK))
        .extracting(Finding::kind, Finding::outcome)
        .containsExactlyInAnyOrder(
            org.assertj.core.groups.Tuple.tuple(Kind.VOLUME, Outcome.LOST),
            org.assertj.core.groups.Tuple.tuple(Kind.CONTAINER, Outcome.DAMAGED));
  }

  @Test
  void aLostDatabaseStopsTheStartAndIsMadeAnewFromItsCopy() throws Exception {
    loseDatabase();

    assertThatThrownBy(() -> new RunningEngine(root))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("engine.db is gone")
        .hasMessageContaining("check --rebuild");
    assertThat(check(Mode.MEND)).singleElement().matches(found -> found.kind() == Kind.DATABASE);
    assertThat(rebuild(Mode.LOOK)).isNotEmpty();
    assertThat(engine.resolve("db/engine.db")).doesNotExist();
    List<Finding> found = rebuild(Mode.MEND);

    assertThat(found).noneMatch(each -> each.outcome().bad());
    assertThat(check(Mode.LOOK)).isEmpty();
    requireAll();
    try (RunningEngine running = new RunningEngine(root)) {
      assertThat(running.docker("images", "--format", "{{.Repository}}:{{.Tag}}"))
          .contains("busybox:latest");
    }
  }

  @Test
  void withoutACopyTheDescriptionsAloneTell() throws Exception {
    loseDatabase();
    remove(engine.resolve("db/copies"));

    List<Finding> found = rebuild(Mode.MEND);

    assertThat(found)
        .extracting(Finding::kind)
        .contains(Kind.DATABASE, Kind.BLOB, Kind.LAYER, Kind.IMAGE, Kind.CONTAINER, Kind.VOLUME);
    assertThat(found).noneMatch(each -> each.outcome().bad());
    assertThat(found.getFirst().what()).contains("tags");
    requireAll();
  }

  @Test
  void aDamagedDatabaseIsKeptBesideTheNewOne() throws Exception {
    Path file = engine.resolve("db/engine.db");
    try (var bytes = new RandomAccessFile(file.toFile(), "rw")) {
      bytes.seek(100);
      bytes.write(new byte[(int) bytes.length() / 2]);
    }
    byte[] damaged = Files.readAllBytes(file);

    assertThat(check(Mode.LOOK))
        .singleElement()
        .matches(found -> found.kind() == Kind.DATABASE && found.outcome() == Outcome.DAMAGED);
    assertThat(rebuild(Mode.MEND)).noneMatch(each -> each.outcome().bad());

    assertThat(file("db/lost-*/engine.db")).hasBinaryContent(damaged);
    requireAll();
  }

  @Test
  void whatWasMadeAndRemovedAfterTheCopyIsToldApart() throws Exception {
    try (RunningEngine running = new RunningEngine(root)) {
      assertThat(running.docker("create", "--name=later", "busybox", "true")).endsWith(DONE);
      assertThat(running.docker("volume", "create", "later")).endsWith(DONE);
      assertThat(running.docker("rm", "web")).endsWith(DONE);
      assertThat(running.docker("volume", "rm", "things")).endsWith(DONE);
    }
    assertThat(list(engine.resolve("db/copies"))).hasSize(1);
    loseDatabase();

    List<Finding> found = rebuild(Mode.MEND);

    assertThat(found).noneMatch(each -> each.outcome().bad());
    try (RunningEngine running = new RunningEngine(root)) {
      assertThat(running.docker("ps", "-a", "--format", "{{.Names}}")).isEqualTo("later\n" + DONE);
      assertThat(running.docker("volume", "ls", "-q")).isEqualTo("later\n" + DONE);
      assertThat(running.docker("start", "-a", "later")).isEqualTo(DONE);
    }
  }

  @Test
  void aContainerThatRunsRunsOnThroughARebuild() throws Exception {
    String pid;
    try (RunningEngine running = new RunningEngine(root)) {
      assertThat(
              running.docker("run", "-d", "--network=none", "--name=on", "busybox", "sleep", "99"))
          .endsWith(DONE);
      pid = running.docker("inspect", "-f", "{{.State.Pid}}", "on");
    }
    loseDatabase();

    assertThat(rebuild(Mode.MEND)).noneMatch(each -> each.outcome().bad());

    try (RunningEngine running = new RunningEngine(root)) {
      assertThat(running.docker("inspect", "-f", "{{.State.Pid}}", "on")).isEqualTo(pid);
      assertThat(running.docker("exec", "on", "echo", "works")).isEqualTo("works\n" + DONE);
      assertThat(running.docker("rm", "-f", "on")).endsWith(DONE);
    }
  }

  @Test
  void aDatabaseThatIsWholeIsNotRebuilt() throws Exception {
    Object before = Files.getAttribute(engine.resolve("db/engine.db"), "unix:ino");

    assertThat(rebuild(Mode.MEND)).isEmpty();

    assertThat(Files.getAttribute(engine.resolve("db/engine.db"), "unix:ino")).isEqualTo(before);
  }

  @Test
  void aDirectoryThatIsNoEnginesIsRefused() {
    assertThatThrownBy(() ->
            StoppedEngine.open(EngineSettings.in(root.resolve("archive"), root.resolve("run"))))
        .hasMessageContaining("no engine's data directory");
  }
}
