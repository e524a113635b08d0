package dev.plimsoll.engine.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.database.Database;
import dev.plimsoll.engine.event.Event;
import dev.plimsoll.engine.event.EventFilter;
import dev.plimsoll.engine.event.Events;
import dev.plimsoll.engine.filter.Filters;
import dev.plimsoll.engine.refusal.EngineException.BadParameter;
import dev.plimsoll.engine.refusal.EngineException.Conflict;
import dev.plimsoll.engine.refusal.EngineException.NotFound;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VolumesTest {
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

  private final Events events = new Events(() -> NOON);

  @TempDir private Path root;
  private Database database;
  private Volumes volumes;

  @BeforeEach
  void open() throws IOException {
    database = Database.open(root.resolve("engine.db"), "db/engine");
    volumes = Volumes.open(root.resolve("volumes"), database, events, () -> NOON);
  }

  @AfterEach
  void close() throws IOException {
    database.close();
  }

  private Volume create(String name) throws IOException {
    return volumes.create(name, "", Map.of(), Map.of());
  }

  private Volume acquire(String container, String name) throws IOException {
    return volumes.acquire(container, name, "", Map.of(), Map.of());
  }

  private static Filters filter(String name, String value) {
    return Filters.of(Map.of(name, List.of(value)));
  }

  private List<String> names(Filters filters) throws IOException {
    return volumes.list(filters).stream().map(Volume::name).toList();
  }

  @Test
  void aVolumeIsADirectoryThatAnybodyMayPassThrough() throws IOException {
    Volume made = volumes.create("data", "local", Map.of(), Map.of("tier", "db"));

    assertThat(made.mountpoint()).isEqualTo(root.resolve("volumes/data/_data")).isDirectory();
    assertThat(Files.getAttribute(made.mountpoint(), "unix:mode")).isEqualTo(040755);
    assertThat(Files.getAttribute(root.resolve("volumes/data"), "unix:mode")).isEqualTo(040701);
    assertThat(made.labels()).containsEntry("tier", "db");
    assertThat(made.anonymous()).isFalse();
  }

  @Test
  void makingItAgainReturnsTheOneThatIsThere() throws IOException {
    Volume first = volumes.create("data", "", Map.of(), Map.of("a", "1"));
    Files.writeString(first.mountpoint().resolve("file"), "kept");

    Volume second = volumes.create("data", "local", Map.of(), Map.of("b", "2"));

    assertThat(second).isEqualTo(first);
    assertThat(second.mountpoint().resolve("file")).hasContent("kept");
  }

  @Test
  void aVolumeThatNobodyNamesGetsANameAndALabel() throws IOException {
    Volume made = create("");

    assertThat(made.name()).matches("[0-9a-f]{64}");
    assertThat(made.anonymous()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "x, too short",
    "d:/d, invalid characters",
    "../up, invalid characters",
    ".new-1, invalid characters",
    "a/b, invalid characters",
    "-ab, invalid characters",
  })
  void aNameThatCouldBeAPathIsRefused(String name, String reason) {
    assertThatThrownBy(() -> create(name))
        .isInstanceOf(BadParameter.class)
        .hasMessageStartingWith("create " + name + ":")
        .hasMessageContaining(reason);
  }

  @Test
  void aNameLongerThanADirectoryCanHaveIsRefused() {
    assertThatThrownBy(() -> create("a".repeat(256)))
        .isInstanceOf(BadParameter.class)
        .hasMessageContaining("too long");
  }

  @Test
  void anotherDriverIsRefusedByName() {
    assertThatThrownBy(() -> volumes.create("data", "rexray", Map.of(), Map.of()))
        .isInstanceOf(NotFound.class)
        .hasMessage(
            "create data: error looking up volume plugin rexray: plugin \"rexray\" not found");
  }

  @ParameterizedTest
  @CsvSource({
    "foo, bar, invalid option: \"foo\"",
    "type, tmpfs, missing required option: \"device\"",
    "device, tmpfs, missing required option: \"type\"",
    "o, size=1m, missing required option: \"device\"",
    "size, 1m, no quota support",
  })
  void anOptionThatIsUnknownOrIncompleteIsRefused(String option, String value, String reason) {
    assertThatThrownBy(() -> volumes.create("data", "", Map.of(option, value), Map.of()))
        .isInstanceOf(BadParameter.class)
        .hasMessageStartingWith("create data: ")
        .hasMessageContaining(reason);
  }

  @Test
  void whatIsNotThereCannotBeHad() {
    assertThatThrownBy(() -> volumes.get("data"))
        .isInstanceOf(NotFound.class)
        .hasMessage("get data: no such volume");
    assertThatThrownBy(() -> volumes.remove("data")).isInstanceOf(NotFound.class);
  }

  @Test
  void aVolumeThatAContainerHoldsIsNotRemoved() throws IOException {
    acquire("c2", "data");
    acquire("c1", "data");

    assertThatThrownBy(() -> volumes.remove("data"))
        .isInstanceOf(Conflict.class)
        .hasMessage("remove data: volume is in use - [c1, c2]");

    volumes.release("c1");
    volumes.release("c2");
    volumes.remove("data");
    assertThat(root.resolve("volumes")).isEmptyDirectory();
  }

  @Test
  void removingDeletesTheBytes() throws IOException {
    Volume made = create("data");
    Files.createDirectories(made.mountpoint().resolve("a/b"));
    Files.writeString(made.mountpoint().resolve("a/b/file"), "x");

    volumes.remove("data");

    assertThat(root.resolve("volumes")).isEmptyDirectory();
    assertThat(volumes.list(Filters.NONE)).isEmpty();
  }

  @Test
  void aRemovedNameCanBeUsedAgainAndIsEmpty() throws IOException {
    Files.writeString(create("data").mountpoint().resolve("file"), "old");
    volumes.remove("data");

    Volume again = create("data");

    assertThat(again.mountpoint()).isEmptyDirectory();
  }

  @Test
  void acquiringTwiceHoldsOnce() throws IOException {
    acquire("c1", "data");
    acquire("c1", "data");

    volumes.release("c1");

    assertThat(volumes.useCounts()).isEmpty();
    volumes.release("c1");
  }

  @Test
  void anonymousVolumesGoWithTheirContainerWhereAskedFor() throws IOException {
    Volume anonymous = acquire("c1", "");
    Volume named = acquire("c1", "data");
    Volume shared = acquire("c1", "");
    acquire("c2", shared.name());

    volumes.releaseAndRemoveAnonymous("c1");

    assertThat(names(Filters.NONE))
        .containsExactlyInAnyOrder(named.name(), shared.name())
        .doesNotContain(anonymous.name());
  }

  @Test
  void listsAreSortedAndFiltered() throws IOException {
    create("web-data");
    volumes.create("db-data", "", Map.of(), Map.of("tier", "db"));
    acquire("c1", "used");

    assertThat(names(Filters.NONE)).containsExactly("db-data", "used", "web-data");
    assertThat(names(filter("name", "data$"))).containsExactly("db-data", "web-data");
    assertThat(names(filter("label", "tier=db"))).containsExactly("db-data");
    assertThat(names(filter("driver", "local"))).hasSize(3);
    assertThat(names(filter("driver", "nfs"))).isEmpty();
    assertThat(names(filter("dangling", "true"))).containsExactly("db-data", "web-data");
    assertThat(names(filter("dangling", "0"))).containsExactly("used");
  }

  @ParameterizedTest
  @ValueSource(strings = {"colour", "until"})
  void anUnknownFilterIsRefused(String name) {
    assertThatThrownBy(() -> volumes.list(filter(name, "x"))).isInstanceOf(BadParameter.class);
    assertThatThrownBy(() -> volumes.prune(filter(name, "x"))).isInstanceOf(BadParameter.class);
  }

  @Test
  void aPruneTakesWhatNobodyNamedAndNobodyHolds() throws IOException {
    create("named");
    Volume idle = create("");
    Files.write(idle.mountpoint().resolve("file"), new byte[1000]);
    Volume used = acquire("c1", "");

    Volumes.Pruned pruned = volumes.prune(Filters.NONE);

    assertThat(pruned).isEqualTo(new Volumes.Pruned(List.of(idle.name()), 1000));
    assertThat(names(Filters.NONE)).containsExactlyInAnyOrder("named", used.name());
  }

  @Test
  void aPruneOfAllTakesNamedOnesTooButNotThoseWithALabelToKeep() throws IOException {
    create("named");
    volumes.create("precious", "", Map.of(), Map.of("keep", ""));

    Volumes.Pruned pruned = volumes.prune(filter("label!", "keep").with("all", "true"));

    assertThat(pruned.names()).containsExactly("named");
  }

  @Test
  void hardLinkedFilesAreCountedOnce() throws IOException {
    Volume made = create("data");
    Path file = Files.write(made.mountpoint().resolve("file"), new byte[5000]);
    Files.createLink(made.mountpoint().resolve("link"), file);
    Files.createDirectory(made.mountpoint().resolve("sub"));
    Files.write(made.mountpoint().resolve("sub/other"), new byte[70]);

    assertThat(volumes.sizeBytes(made)).contains(5070L);
  }

  @Test
  void makingAndRemovingAreTold() throws IOException {
    create("data");
    volumes.remove("data");

    List<Event> told = events.between(EventFilter.ALL, NOON, NOON);
    assertThat(told)
        .extracting(event -> event.type() + " " + event.action() + " " + event.id())
        .containsExactly("VOLUME create data", "VOLUME destroy data");
    assertThat(told)
        .allSatisfy(event -> assertThat(event.attributes()).containsEntry("driver", "local"));
  }

  @Test
  void manyWhoMakeAndRemoveOneNameNeverSeeAHalf() throws Exception {
    Set<String> halves = ConcurrentHashMap.newKeySet();
    List<Future<?>> running = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 6; i++) {
        String container = "c" + i;
        running.add(threads.submit(() -> makeAndRemove(container, halves)));
      }
    }

    for (Future<?> one : running) {
      one.get();
    }
    assertThat(halves).isEmpty();
  }

  private Void makeAndRemove(String container, Set<String> halves) throws IOException {
    for (int round = 0; round < 8; round++) {
      Volume held = acquire(container, "data");
      if (!Files.isDirectory(held.mountpoint())) {
        halves.add("no directory in round " + round);
      }
      volumes.release(container);
      try {
        volumes.remove("data");
      } catch (Conflict | NotFound e) {
        // somebody else holds it, or was faster
      }
    }
    return null;
  }
}
