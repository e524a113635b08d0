package dev.plimsoll.engine.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.docker.container.CreateRequest;
import dev.plimsoll.docker.container.FilesystemChange;
import dev.plimsoll.docker.container.PathStat;
import dev.plimsoll.engine.archive.Archives.Ownership;
import dev.plimsoll.engine.archive.Archives.Replace;
import dev.plimsoll.engine.container.Container;
import dev.plimsoll.engine.container.Containers;
import dev.plimsoll.engine.container.TestEngine;
import dev.plimsoll.engine.refusal.EngineException.BadParameter;
import dev.plimsoll.engine.refusal.EngineException.Failed;
import dev.plimsoll.engine.refusal.EngineException.NotFound;
import dev.plimsoll.engine.tar.TarEntry;
import dev.plimsoll.engine.tar.TarReader;
import dev.plimsoll.engine.tar.TarType;
import dev.plimsoll.engine.tar.TarWriter;
import dev.plimsoll.linux.Command;
import dev.plimsoll.linux.Directory;
import dev.plimsoll.linux.MountTable;
import dev.plimsoll.linux.Processes;
import dev.plimsoll.oci.Json;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** Carries real files in and out of real containers. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class ArchivesTest {
  private static final Instant THEN = Instant.parse("2001-02-03T04:05:06Z");

  private Path directory;
  private TestEngine engine;
  private Archives archives;
  private Container running;
  private Container stopped;

  @BeforeAll
  void begin() throws Exception {
    directory = Files.createTempDirectory("archives");
    engine = new TestEngine(directory);
    archives = new Archives(engine.containers);
    running = container(Map.of(), Map.of("Tmpfs", Map.of("/scratch", "")));
    engine.containers.start(running);
    stopped = container(Map.of("Volumes", Map.of("/data", Map.of())), Map.of());
  }

  @AfterAll
  void end() throws IOException {
    engine.close();
    try (Directory parent = Directory.open(directory.resolve(".."))) {
      parent.removeTree(directory.getFileName().toString());
    }
  }

  private Container container(Map<String, Object> config, Map<String, Object> host)
      throws Exception {
    Map<String, Object> body = new LinkedHashMap<>(config);
    Map<String, Object> hostConfig = new LinkedHashMap<>(host);
    hostConfig.put("NetworkMode", "none");
    body.put("Image", "busybox");
    body.put("Cmd", List.of("sleep", "1000"));
    body.put("HostConfig", hostConfig);
    var request = Json.read(Json.write(body), CreateRequest.class);
    Containers.Created created = engine.containers.create(Optional.empty(), request, "");
    return engine.containers.find(created.id().value());
  }

  private static String id(Container container) {
    return container.id().value();
  }

  private static final class Tar {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final TarWriter writer = new TarWriter(bytes);

    Tar file(String name, String text) throws IOException {
      byte[] content = text.getBytes(StandardCharsets.UTF_8);
      writer.add(entry(name, TarType.FILE, 0640, content.length, ""), content);
      return this;
    }

    Tar directory(String name) throws IOException {
      writer.add(entry(name, TarType.DIRECTORY, 0750, 0, ""));
      return this;
    }

    Tar link(String name, TarType type, String target) throws IOException {
      writer.add(entry(name, type, 0777, 0, target));
      return this;
    }

    private static TarEntry entry(
        String name, TarType type, int mode, long sizeBytes, String target) {
      return new TarEntry(
          name, type, mode, 1000, 2000, sizeBytes, THEN, target, 0, 0, Map.of(), false);
    }

    InputStream stream() throws IOException {
      writer.finish();
      return new ByteArrayInputStream(bytes.toByteArray());
    }
  }

  private void put(Container container, String path, Tar tar) throws Exception {
    archives.extract(id(container), path, tar.stream(), Replace.SAME_KIND, Ownership.AS_ARCHIVED);
  }

  private Map<String, TarEntry> get(Container container, String path) throws Exception {
    var bytes = new ByteArrayOutputStream();
    try (Archives.Part part = archives.find(id(container), path)) {
      part.writeTo(bytes);
    }
    return entries(bytes.toByteArray());
  }

  private static Map<String, TarEntry> entries(byte[] archive) throws IOException {
    var reader = new TarReader(new ByteArrayInputStream(archive));
    Map<String, TarEntry> entries = new LinkedHashMap<>();
    for (var entry = reader.next(); entry.isPresent(); entry = reader.next()) {
      entries.put(entry.get().name(), entry.get());
    }
    return entries;
  }

  private static TarEntry member(Map<String, TarEntry> entries, String name) {
    return Optional.ofNullable(entries.get(name)).orElseThrow();
  }

  private String text(Container container, String path) throws Exception {
    var bytes = new ByteArrayOutputStream();
    try (Archives.Part part = archives.find(id(container), path)) {
      part.writeTo(bytes);
    }
    var reader = new TarReader(new ByteArrayInputStream(bytes.toByteArray()));
    var _ = reader.next().orElseThrow();
    return new String(reader.body().readAllBytes(), StandardCharsets.UTF_8);
  }

  private PathStat stat(Container container, String path) throws Exception {
    try (Archives.Part part = archives.find(id(container), path)) {
      return part.stat();
    }
  }

  private String shell(Container container, String script) throws Exception {
    long pid = container.snapshot().running().orElseThrow().process().pid();
    var result =
        Processes.run(
            Command.of(
                Processes.find("chroot").orElseThrow(),
                "/proc/" + pid + "/root",
                "/bin/sh",
                "-c",
                script),
            Duration.ofSeconds(20));
    return result.output() + result.error();
  }

  @Test
  void whatGoesInComesOutWithOwnerModeAndTime() throws Exception {
    for (Container container : List.of(running, stopped)) {
      put(
          container,
          "/tmp",
          new Tar()
              .directory("in/")
              .file("in/a", "one")
              .link("in/hard", TarType.HARD_LINK, "in/a")
              .link("in/soft", TarType.SYMBOLIC_LINK, "a"));

      Map<String, TarEntry> out = get(container, "/tmp/in");

      assertThat(out.keySet()).containsExactly("in/", "in/a", "in/hard", "in/soft");
      assertThat(member(out, "in/a").uid()).isEqualTo(1000);
      assertThat(member(out, "in/a").gid()).isEqualTo(2000);
      assertThat(member(out, "in/a").mode()).isEqualTo(0640);
      assertThat(member(out, "in/a").modified()).isEqualTo(THEN);
      assertThat(member(out, "in/").modified()).isEqualTo(THEN);
      assertThat(member(out, "in/hard").type()).isEqualTo(TarType.HARD_LINK);
      assertThat(member(out, "in/soft").linkName()).isEqualTo("a");
      assertThat(text(container, "/tmp/in/a")).isEqualTo("one");
    }
    assertThat(shell(running, "cat /tmp/in/soft")).isEqualTo("one");
  }

  @Test
  void namesInTheArchiveFollowThePath() throws Exception {
    put(running, "/tmp", new Tar().directory("names/").file("names/x", ""));

    assertThat(get(running, "/tmp/names/.").keySet()).containsExactly("./", "./x");
    assertThat(get(running, "/tmp/names/x").keySet()).containsExactly("x");
    assertThat(get(running, "tmp/names/").keySet()).containsExactly("names/", "names/x");
    assertThat(get(running, "/").keySet()).contains("/", "/bin/", "/bin/busybox");
  }

  @Test
  void aPathIsToldWithGosModeBits() throws Exception {
    put(running, "/tmp", new Tar().link("to-etc", TarType.SYMBOLIC_LINK, "../etc"));

    assertThat(stat(running, "/tmp/to-etc").mode()).isEqualTo(1L << 27 | 0777);
    assertThat(stat(running, "/tmp/to-etc").linkTarget()).isEqualTo("/etc");
    assertThat(stat(running, "/tmp/to-etc").name()).isEqualTo("to-etc");
    assertThat(stat(running, "/tmp/to-etc/").mode() >>> 31).isEqualTo(1);
    assertThat(stat(running, "/").name()).isEqualTo("/");
    assertThat(stat(running, "/data/seed").sizeBytes()).isEqualTo("from the image\n".length());
  }

  @Test
  void whatIsNotThereIsNotFound() {
    assertThatThrownBy(() -> archives.find(id(running), "/no/such"))
        .isInstanceOf(NotFound.class)
        .hasMessage("Could not find the file /no/such in container " + id(running));
    assertThatThrownBy(() -> put(running, "/no/such", new Tar()))
        .isInstanceOf(NotFound.class)
        .hasMessage("Could not find the file /no/such in container " + id(running));
    assertThatThrownBy(() -> put(running, "/etc/passwd", new Tar()))
        .isInstanceOf(BadParameter.class)
        .hasMessage("extraction point is not a directory");
  }

  @Test
  void linksLeadToWhereTheyLeadInTheContainer() throws Exception {
    Path outside = Files.createDirectories(directory.resolve("outside"));
    put(
        running,
        "/tmp",
        new Tar()
            .link("escape", TarType.SYMBOLIC_LINK, "../../../../.." + outside)
            .link("absolute", TarType.SYMBOLIC_LINK, outside.toString()));

    assertThatThrownBy(() -> put(running, "/tmp/escape", new Tar().file("x", "bad")))
        .isInstanceOf(NotFound.class);
    put(running, "/tmp", new Tar().directory("target/").file("absolute2/x", "fine"));
    assertThatThrownBy(() -> put(running, "/tmp", new Tar().file("absolute/x", "bad")))
        .isInstanceOf(IOException.class);
    assertThat(outside).isEmptyDirectory();
  }

  @Test
  void aNameThatClimbsOutIsRefused() {
    assertThatThrownBy(() -> put(running, "/tmp", new Tar().file("../etc/evil", "bad")))
        .isInstanceOf(Failed.class)
        .hasMessageContaining("is outside of \"/tmp\"");
    assertThatThrownBy(
            () -> put(running, "/tmp", new Tar().link("h", TarType.HARD_LINK, "../etc/passwd")))
        .isInstanceOf(Failed.class);
  }

  @Test
  void aDirectoryIsNotOverwrittenByAFileUnlessAllowed() throws Exception {
    put(running, "/tmp", new Tar().directory("kind/").file("kind/x", ""));

    assertThatThrownBy(() -> put(running, "/tmp", new Tar().file("kind", "file")))
        .isInstanceOf(Failed.class)
        .hasMessageContaining("cannot overwrite directory");
    assertThatThrownBy(() -> put(running, "/tmp", new Tar().directory("kind/x/")))
        .isInstanceOf(Failed.class)
        .hasMessageContaining("cannot overwrite non-directory");
    archives.extract(
        id(running),
        "/tmp",
        new Tar().file("kind", "file").stream(),
        Replace.ANYTHING,
        Ownership.AS_ARCHIVED);
    assertThat(text(running, "/tmp/kind")).isEqualTo("file");
  }

  @Test
  void filesCanBelongToTheContainersUser() throws Exception {
    Container own = container(Map.of("User", "app"), Map.of());

    archives.extract(
        id(own),
        "/tmp",
        new Tar().file("mine", "").stream(),
        Replace.ANYTHING,
        Ownership.OF_CONTAINER);

    assertThat(member(get(own, "/tmp/mine"), "mine").uid()).isEqualTo(1000);
    assertThat(member(get(own, "/tmp/mine"), "mine").gid()).isEqualTo(1000);
  }

  @Test
  void whatIsReadOnlyStaysAsItIs() throws Exception {
    Path host = Files.createDirectories(directory.resolve("host"));
    Container readOnly =
        container(
            Map.of(),
            Map.of("ReadonlyRootfs", true, "Binds", List.of(host + ":/ro:ro", host + ":/rw")));

    assertThatThrownBy(() -> put(readOnly, "/tmp", new Tar().file("x", "")))
        .isInstanceOf(BadParameter.class)
        .hasMessage("container rootfs is marked read-only");
    assertThatThrownBy(() -> put(readOnly, "/ro", new Tar().file("x", "")))
        .isInstanceOf(BadParameter.class)
        .hasMessage("mounted volume is marked read-only");
    put(readOnly, "/rw", new Tar().file("x", "through"));
    assertThat(host.resolve("x")).hasContent("through");
    assertThat(text(readOnly, "/ro/x")).isEqualTo("through");
  }

  @Test
  void volumesOfAContainerThatNeverRanAreSeenAndFilled() throws Exception {
    assertThat(text(stopped, "/data/seed")).isEqualTo("from the image\n");

    put(stopped, "/data", new Tar().file("more", "in the volume"));

    assertThat(text(stopped, "/data/more")).isEqualTo("in the volume");
    assertThat(engine.containers.directory(stopped.id()).upper().resolve("data/more"))
        .doesNotExist();
  }

  @Test
  void aTmpfsOfARunningContainerIsReached() throws Exception {
    put(running, "/scratch", new Tar().file("x", "in memory"));

    assertThat(shell(running, "cat /scratch/x")).isEqualTo("in memory");
    assertThat(text(running, "/scratch/x")).isEqualTo("in memory");
  }

  @Test
  void nothingStaysMountedForAContainerThatDoesNotRun() throws Exception {
    get(stopped, "/etc/passwd");

    assertThat(MountTable.read().at(engine.containers.directory(stopped.id()).rootfs())).isEmpty();
  }

  @Test
  void aContainerMayBeStartedWhileItsFilesAreRead() throws Exception {
    Container container = container(Map.of(), Map.of());
    try (Archives.Part part = archives.find(id(container), "/data")) {
      engine.containers.start(container);
      part.writeTo(new ByteArrayOutputStream());
    }

    assertThat(shell(container, "cat /data/seed")).isEqualTo("from the image\n");
    assertThat(MountTable.read().at(engine.containers.directory(container.id()).rootfs()))
        .isPresent();
  }

  @Test
  void whatWasChangedIsTold() throws Exception {
    Container container = container(Map.of(), Map.of());
    engine.containers.start(container);
    shell(
        container,
        "rm /etc/group; echo x >> /etc/passwd; mkdir -p /var/new/deep; touch /var/new/deep/f;"
            + " rm -r /data; mkdir /data; touch /data/other");

    assertThat(archives.changes(id(container)))
        .contains(
            new FilesystemChange("/etc", 0),
            new FilesystemChange("/etc/group", 2),
            new FilesystemChange("/etc/passwd", 0),
            new FilesystemChange("/var", 0),
            new FilesystemChange("/var/new", 1),
            new FilesystemChange("/var/new/deep", 1),
            new FilesystemChange("/var/new/deep/f", 1),
            new FilesystemChange("/data", 0),
            new FilesystemChange("/data/other", 1),
            new FilesystemChange("/data/seed", 2))
        .hasSize(10);
  }

  @Test
  void aContainerThatDidNothingHasNoChanges() throws Exception {
    Container container = container(Map.of(), Map.of());
    engine.containers.start(container);

    assertThat(archives.changes(id(container))).isEmpty();
  }

  @Test
  void theWholeTreeIsExported() throws Exception {
    Container container = container(Map.of(), Map.of("Binds", List.of("/tmp:/mounted")));
    put(container, "/etc", new Tar().file("own", "changed"));
    var bytes = new ByteArrayOutputStream();
    try (Archives.Export export = archives.export(id(container))) {
      export.writeTo(bytes);
    }

    Map<String, TarEntry> entries = entries(bytes.toByteArray());

    assertThat(entries).containsKeys("bin/", "bin/busybox", "etc/own", "data/seed");
    assertThat(entries.keySet())
        .noneMatch(name -> name.startsWith("mounted/") && name.length() > 8);
  }
}
