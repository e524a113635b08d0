package dev.plimsoll.content;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.content.SimulatedDisk.WrittenBack;
import dev.plimsoll.foundation.NoSpaceException;
import dev.plimsoll.oci.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Cuts the power, or fails the disk, before step 1, 2, 3, … until the work gets through. */
class PowerCutTest {
  private static final byte[] OLD = "a blob of long ago".getBytes(UTF_8);
  private static final byte[] NEW = "a new blob, of another length".getBytes(UTF_8);

  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource(WrittenBack.class)
  void anIngestIsWhollyThereOrWhollyAbsentAndACommitThatReturnedIsThere(WrittenBack writtenBack)
      throws IOException {
    for (int cutBefore = 1; ; cutBefore++) {
      Path root = Files.createDirectory(directory.resolve("cut-" + cutBefore));
      SimulatedDisk disk = new SimulatedDisk(root);
      disk.cutPowerBefore(cutBefore);
      List<BlobKey> acknowledged = new ArrayList<>();

      boolean through = succeeds(() -> storeTwo(root, disk, acknowledged));

      SimulatedDisk after = disk.afterPowerCut(writtenBack);
      FileContentStore store = FileContentStore.open(root.resolve("content"), after);
      assertWhole(store, "cut before operation " + cutBefore);
      for (BlobKey key : acknowledged) {
        assertThat(store.has(key)).as("%s, cut before %d", key, cutBefore).isTrue();
      }
      cleanUp(store);
      if (through) {
        assertThat(acknowledged).hasSize(2);
        return;
      }
    }
  }

  private static void storeTwo(Path root, Disk disk, List<BlobKey> acknowledged)
      throws IOException {
    FileContentStore store = FileContentStore.open(root.resolve("content"), disk);
    for (byte[] content : List.of(OLD, NEW)) {
      acknowledged.add(put(store, content));
    }
  }

  @ParameterizedTest
  @EnumSource(WrittenBack.class)
  void aDeletedBlobIsGoneOrWholeAndItsTwinUntouched(WrittenBack writtenBack) throws IOException {
    for (int cutBefore = 1; ; cutBefore++) {
      Path root = Files.createDirectory(directory.resolve("cut-" + cutBefore));
      FileContentStore before = FileContentStore.open(root, new LocalDisk());
      BlobKey doomed = put(before, OLD);
      BlobKey twin = put(before, OLD);
      SimulatedDisk disk = new SimulatedDisk(root);
      FileContentStore cut = FileContentStore.open(root, disk);
      disk.cutPowerBefore(disk.operations().size() + cutBefore);

      boolean through = succeeds(() -> cut.delete(doomed));

      FileContentStore store = FileContentStore.open(root, disk.afterPowerCut(writtenBack));
      assertWhole(store, "cut before operation " + cutBefore);
      assertThat(store.has(twin)).isTrue();
      if (through) {
        return;
      }
    }
  }

  @ParameterizedTest
  @EnumSource(WrittenBack.class)
  void bytesThatWereForcedAreResumed(WrittenBack writtenBack) throws IOException {
    SimulatedDisk disk = new SimulatedDisk(directory);
    FileContentStore store = FileContentStore.open(directory.resolve("content"), disk);
    IngestId id;
    try (Ingest ingest = store.begin()) {
      id = ingest.id();
      ingest.append(ByteBuffer.wrap(NEW, 0, 10));
      ingest.force();
    }
    FileContentStore next =
        FileContentStore.open(directory.resolve("content"), disk.afterPowerCut(writtenBack));

    try (Ingest ingest = next.resume(id)) {
      assertThat(ingest.sizeBytes()).isEqualTo(10);
      ingest.append(ByteBuffer.wrap(NEW, 10, NEW.length - 10));
      ingest.commit(Digest.sha256(NEW));
    }
    assertWhole(next, "resumed");
  }

  @ParameterizedTest
  @EnumSource(WrittenBack.class)
  void aReplacedFileHoldsItsOldContentOrItsNew(WrittenBack writtenBack) throws IOException {
    for (int cutBefore = 1; ; cutBefore++) {
      Path root = Files.createDirectory(directory.resolve("cut-" + cutBefore));
      Path state = Files.write(root.resolve("state"), OLD);
      SimulatedDisk disk = new SimulatedDisk(root);
      disk.cutPowerBefore(cutBefore);

      boolean through = succeeds(() -> new DurableFile(disk).replace(state, NEW));

      SimulatedDisk after = disk.afterPowerCut(writtenBack);
      assertThat(Files.readAllBytes(state)).as("cut before %d", cutBefore).isIn(OLD, NEW);
      new DurableFile(after).removeDrafts(root);
      assertThat(root.toFile().list()).containsExactly("state");
      if (through) {
        assertThat(Files.readAllBytes(state)).isEqualTo(NEW);
        return;
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"No space left on device", "Input/output error"})
  void aDiskThatFailsAtAnyStepLeavesNothingPartialAndIsNotAskedTwice(String message)
      throws IOException {
    for (int step = 1; ; step++) {
      Path root = Files.createDirectory(directory.resolve("fault-" + step));
      SimulatedDisk disk = new SimulatedDisk(root);
      FileContentStore store = FileContentStore.open(root, disk);
      BlobKey old = put(store, OLD);
      disk.failAt(disk.operations().size() + step, message);
      int stepsBefore = disk.operations().size();

      try (Ingest ingest = store.begin()) {
        ingest.append(ByteBuffer.wrap(NEW));
        ingest.commit(Digest.sha256(NEW));
        assertThat(disk.operations().size() - stepsBefore).isLessThan(step);
        return;
      } catch (IOException e) {
        assertThat(e instanceof NoSpaceException).isEqualTo(message.startsWith("No space"));
      }
      assertThat(store.staged()).as("fault at %d", step).isEmpty();
      assertWhole(store, "fault at " + step);
      try (Stream<Stored> all = store.list()) {
        assertThat(all).containsExactly(new Stored.StoredBlob(old, OLD.length));
      }
      List<String> steps = disk.operations();
      assertThat(steps.subList(stepsBefore, steps.size())).doesNotHaveDuplicates();
      assertThat(store.has(put(store, NEW))).as("after the trouble").isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"No space left on device", "Input/output error"})
  void aReplacementThatFailsKeepsAWholeFileAndNoDraft(String message) throws IOException {
    for (int step = 1; ; step++) {
      Path root = Files.createDirectory(directory.resolve("fault-" + step));
      Path state = Files.write(root.resolve("state"), OLD);
      SimulatedDisk disk = new SimulatedDisk(root);
      disk.failAt(step, message);
      if (succeeds(() -> new DurableFile(disk).replace(state, NEW))) {
        return;
      }
      assertThat(Files.readAllBytes(state)).isIn(OLD, NEW);
      assertThat(root.toFile().list()).containsExactly("state");
    }
  }

  @Test
  void anIngestThatFailedCannotGoOn() throws IOException {
    SimulatedDisk disk = new SimulatedDisk(directory);
    FileContentStore store = FileContentStore.open(directory, disk);
    try (Ingest ingest = store.begin()) {
      ingest.append(ByteBuffer.wrap(NEW));
      disk.failAt(disk.operations().size() + 2, "Input/output error"); // write, then force
      assertThatThrownBy(() -> ingest.commit(Digest.sha256(NEW)))
          .isInstanceOf(IOException.class)
          .hasStackTraceContaining("Input/output error");

      assertThatThrownBy(() -> ingest.commit(Digest.sha256(NEW))).hasMessageContaining("failed");
      assertThatThrownBy(() -> ingest.append(ByteBuffer.wrap(NEW))).hasMessageContaining("failed");
      assertThatThrownBy(() -> store.resume(ingest.id()))
          .isInstanceOf(ContentException.IngestUnknown.class);
    }
  }

  private static void assertWhole(FileContentStore store, String when) throws IOException {
    try (Stream<Stored> all = store.list()) {
      for (Stored stored : all.toList()) {
        assertThat(stored).as(when).isInstanceOf(Stored.StoredBlob.class);
        if (stored instanceof Stored.StoredBlob(BlobKey key, long sizeBytes)) {
          try (Blob blob = store.open(key)) {
            byte[] content = blob.stream(0).readAllBytes();
            assertThat(Digest.sha256(content)).as(when).isEqualTo(key.digest());
            assertThat(content).hasSize((int) sizeBytes);
          }
        }
      }
    }
  }

  private static void cleanUp(FileContentStore store) throws IOException {
    for (StagedIngest staged : store.staged()) {
      store.discard(staged.id());
    }
    assertThat(store.staged()).isEmpty();
  }

  private static BlobKey put(ContentStore store, byte[] content) throws IOException {
    try (Ingest ingest = store.begin()) {
      ingest.append(ByteBuffer.wrap(content));
      return ingest.commit(Digest.sha256(content));
    }
  }

  private interface Step {
    void run() throws IOException;
  }

  private static boolean succeeds(Step step) {
    try {
      step.run();
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
