package dev.plimsoll.engine.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.engine.filter.Filters;
import dev.plimsoll.engine.image.ImageUsers.User;
import dev.plimsoll.engine.image.TestArchives.Made;
import dev.plimsoll.engine.refusal.EngineException.BadParameter;
import dev.plimsoll.engine.refusal.EngineException.Conflict;
import dev.plimsoll.engine.refusal.EngineException.NotFound;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.ImageName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageRemovalsTest {
  private static final String CONTAINER = "c0ffee0123456789".repeat(4);
  private static final RemoveOptions FORCED = new RemoveOptions(true, true);

  @TempDir private Path root;
  private TestImages images;
  private ImageRemovals removals;
  private Made made;

  @BeforeEach
  void open() throws Exception {
    images = TestImages.open(root);
    removals = new ImageRemovals(images.store);
    made =
        TestArchives.image(
            "two", TestArchives.layer("etc/a", "lower"), TestArchives.layer("bin/b", "upper"));
    new ImageLoads(images.store)
        .load(TestArchives.oldArchive(made, "app:1"), Optional.empty(), Progress.SILENT);
  }

  @AfterEach
  void close() throws IOException {
    images.close();
  }

  private void use(User.State state) {
    images.users.put(made.id(), List.of(new User(CONTAINER, state)));
  }

  private List<String> remove(String name, RemoveOptions options) throws IOException {
    return removals.remove(name, options).stream()
        .map(removed ->
            switch (removed) {
              case Removed.Untagged(ImageName n) -> "Untagged: " + n.familiar();
              case Removed.Image(ImageId id) -> "Deleted: " + id;
              case Removed.Layer(Digest chain) -> "Deleted layer: " + chain;
            })
        .toList();
  }

  private boolean anythingLeft() throws IOException {
    try (var files = Files.walk(root)) {
      return files
          .filter(p -> !p.startsWith(root.resolve("db")))
          .filter(Files::isRegularFile)
          .anyMatch(p -> p.toString().contains("/fs/") || p.toString().contains("/blobs/"));
    }
  }

  private void awaitNothingLeft() {
    Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> !anythingLeft());
  }

  @Test
  void theLastNameTakesTheImageItsLayersAndItsBlobs() throws Exception {
    List<Digest> diffIds = images.store.get(made.id()).config().diffIds();

    List<String> done = remove("app:1", RemoveOptions.DEFAULT);

    assertThat(done)
        .containsExactly(
            "Untagged: app:1",
            "Deleted: " + made.id(),
            "Deleted layer: "
                + dev.plimsoll.engine.layer.Layer.chainId(diffIds.get(0), diffIds.get(1)),
            "Deleted layer: " + diffIds.get(0));
    assertThatThrownBy(() -> images.store.find("app:1"))
        .isInstanceOf(NotFound.class)
        .hasMessage("No such image: app:1");
    awaitNothingLeft();
  }

  @Test
  void oneOfSeveralNamesOnlyUntags() throws Exception {
    images.store.tag("app:1", "app", "2");

    assertThat(remove("app:1", RemoveOptions.DEFAULT)).containsExactly("Untagged: app:1");
    assertThat(images.store.find("app:2").id()).isEqualTo(made.id());
  }

  @Test
  void anIdWithNamesInSeveralRepositoriesMustBeForced() throws Exception {
    images.store.tag("app:1", "other", "");

    assertThatThrownBy(() -> remove(made.id().shortText(), RemoveOptions.DEFAULT))
        .isInstanceOf(Conflict.class)
        .hasMessage(
            "conflict: unable to delete %s (must be forced) - image is referenced in multiple"
                + " repositories",
            made.id().shortText());
    assertThat(remove(made.id().shortText(), FORCED))
        .startsWith("Untagged: app:1", "Untagged: other:latest", "Deleted: " + made.id());
  }

  @Test
  void theNameOfAnImageInUseStays() {
    use(User.State.STOPPED);

    assertThatThrownBy(() -> remove("app:1", RemoveOptions.DEFAULT))
        .isInstanceOf(Conflict.class)
        .hasMessage(
            "conflict: unable to remove repository reference \"app:1\" (must force) - container"
                + " c0ffee012345 is using its referenced image %s",
            made.id().shortText());
  }

  @Test
  void anImageOfARunningContainerCannotBeDeletedByForceEither() {
    use(User.State.RUNNING);

    assertThatThrownBy(() -> remove(made.id().toString(), FORCED))
        .isInstanceOf(Conflict.class)
        .hasMessage(
            "conflict: unable to delete %s (cannot be forced) - image is being used by running"
                + " container c0ffee012345",
            made.id().shortText());
  }

  @Test
  void theNameOfAnImageOfARunningContainerCanBeForcedOff() throws Exception {
    use(User.State.RUNNING);

    assertThat(remove("app:1", FORCED)).containsExactly("Untagged: app:1");
    assertThat(images.store.get(made.id()).dangling()).isTrue();
  }

  @Test
  void aForcedRemovalKeepsTheLayersUntilTheStoppedContainerIsGone() throws Exception {
    use(User.State.STOPPED);

    assertThat(remove(made.id().toString(), FORCED))
        .containsExactly("Untagged: app:1", "Deleted: " + made.id());

    assertThatThrownBy(() -> images.store.find("app:1")).isInstanceOf(NotFound.class);
    assertThat(images.store.all()).isEmpty();
    assertThat(images.store.lowerDirectories(made.id()).getFirst().resolve("bin/b"))
        .hasContent("upper");
    images.users.clear();
    images.store.released(made.id());
    awaitNothingLeft();
  }

  @Test
  void aHeldImageKeepsItsLayersToo() throws Exception {
    try (ImageHold _ = images.store.hold(made.id())) {
      remove("app:1", RemoveOptions.DEFAULT);

      assertThat(images.store.lowerDirectories(made.id()).getFirst()).exists();
    }
    images.store.collectAfterStart();
    awaitNothingLeft();
  }

  @Test
  void layersOfAnotherImageStay() throws Exception {
    Made other = TestArchives.image("other", made.layers().getFirst());
    new ImageLoads(images.store)
        .load(TestArchives.oldArchive(other, "base:1"), Optional.empty(), Progress.SILENT);

    List<String> done = remove("app:1", RemoveOptions.DEFAULT);

    assertThat(done).hasSize(3);
    assertThat(images.store.lowerDirectories(other.id()).getFirst().resolve("etc/a"))
        .hasContent("lower");
  }

  @Test
  void aPruneTakesDanglingImagesAndTellsTheBytes() throws Exception {
    Made fresh = TestArchives.image("fresh", TestArchives.layer("x", "y"));
    new ImageLoads(images.store)
        .load(TestArchives.oldArchive(fresh, "app:1"), Optional.empty(), Progress.SILENT);
    long blobBytes = made.layers().stream().mapToLong(l -> l.length).sum();

    ImagePrunes.Pruned pruned = new ImagePrunes(images.store, removals).prune(Filters.NONE);

    assertThat(pruned.freedBytes()).isEqualTo(blobBytes + 10);
    assertThat(pruned.removed()).contains(new Removed.Image(made.id()));
    assertThat(images.store.find("app:1").id()).isEqualTo(fresh.id());
  }

  @Test
  void unusedForAsksForTheLastUseAndSparesWhatContainersUse() throws Exception {
    var prunes = new ImagePrunes(images.store, removals);
    Filters week = Filters.of(Map.of("unused-for", List.of("168h"), "dangling", List.of("false")));
    images.now = images.now.plus(Duration.ofDays(6));
    assertThat(prunes.prune(week).removed()).isEmpty();
    images.store.markUsed(made.id());
    images.now = images.now.plus(Duration.ofDays(6));
    assertThat(prunes.prune(week).removed()).isEmpty();
    images.now = images.now.plus(Duration.ofDays(2));
    use(User.State.STOPPED);
    assertThat(prunes.prune(week).removed()).isEmpty();
    images.users.clear();

    assertThat(prunes.prune(week).removed()).contains(new Removed.Image(made.id()));
  }

  @Test
  void aFilterThatPruneDoesNotKnowIsRefused() {
    assertThatThrownBy(() ->
            new ImagePrunes(images.store, removals)
                .prune(Filters.of(Map.of("colour", List.of("red")))))
        .isInstanceOf(BadParameter.class)
        .hasMessage("invalid filter 'colour'");
  }
}
