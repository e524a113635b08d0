package dev.plimsoll.content;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.foundation.NoSpaceException;
import dev.plimsoll.foundation.Reserve;
import dev.plimsoll.oci.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileContentStoreTest implements ContentStoreContract {
  @TempDir Path directory;
  private Path root = Path.of("unset");
  private FileContentStore store = unset();

  @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"}) // set before each test
  private static <T> T unset() {
    return null;
  }

  @BeforeEach
  void openTheStore() throws IOException {
    root = directory.resolve("data/content");
    store = FileContentStore.open(root, new LocalDisk());
  }

  @Override
  public ContentStore store() {
    return store;
  }

  @Test
  void blobsLieWhereTheFormatSays() throws IOException {
    BlobKey key = put(store, HELLO);

    assertThat(root.resolve("format")).hasContent("plimsoll content store 1\n");
    assertThat(
            root.resolve("blobs/sha256/2c/%s-%s".formatted(HELLO_DIGEST.hex(), key.generation())))
        .hasBinaryContent(HELLO);
  }

  @Test
  void anotherProgramFindsBlobsAndIngests() throws IOException {
    BlobKey key = put(store, HELLO);
    IngestId id;
    try (Ingest ingest = store.begin()) {
      id = ingest.id();
      ingest.append(ByteBuffer.wrap(HELLO));
      ingest.force(); // and then the program is killed: the ingest stays open

      FileContentStore next = FileContentStore.open(root, new LocalDisk());

      assertThat(next.has(key)).isTrue();
      try (Ingest resumed = next.resume(id)) {
        assertThat(resumed.commit(HELLO_DIGEST).digest()).isEqualTo(HELLO_DIGEST);
      }
    }
  }

  @Test
  void foreignFilesAreReportedAndLeftAlone() throws IOException {
    BlobKey key = put(store, HELLO);
    Files.writeString(root.resolve("blobs/sha256/notes.txt"), "?");
    Files.writeString(root.resolve("blobs/sha256/2c/notes.txt"), "?");
    Path misplaced =
        root.resolve("blobs/sha256/2c/%s-%s".formatted("0".repeat(64), key.generation()));
    Files.writeString(misplaced, "?");
    Files.writeString(root.resolve("staging/notes.txt"), "?");

    assertThat(blobs())
        .containsExactlyInAnyOrder(
            new Stored.StoredBlob(key, 5),
            new Stored.Foreign("blobs/sha256/notes.txt"),
            new Stored.Foreign("blobs/sha256/2c/notes.txt"),
            new Stored.Foreign(root.relativize(misplaced).toString()));
    assertThat(store.staged()).isEmpty();
    assertThat(root.resolve("staging/notes.txt")).exists();
  }

  @Test
  void aStoreOfANewerReleaseIsRefused() throws IOException {
    Files.writeString(root.resolve("format"), "plimsoll content store 2\n");

    assertThatThrownBy(() -> FileContentStore.open(root, new LocalDisk()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("plimsoll content store 2")
        .hasMessageContaining("newer release");
  }

  @Test
  void aGenerationThatIsThereIsNotOverwritten() throws IOException {
    Path other = directory.resolve("other");
    FileContentStore first =
        FileContentStore.open(other, new LocalDisk(), Reserve.none(), new Random(1));
    BlobKey key = put(first, HELLO);
    FileContentStore second =
        FileContentStore.open(other, new LocalDisk(), Reserve.none(), new Random(1));

    assertThatThrownBy(() -> put(second, HELLO))
        .hasCauseInstanceOf(FileAlreadyExistsException.class);
    assertThat(second.sizeBytes(key)).isEqualTo(5);
    assertThat(second.staged()).isEmpty();
  }

  @Test
  void withoutItsReserveTheStoreTakesNothingNew() throws IOException {
    Reserve reserve = new Reserve(directory.resolve("reserve"), Long.MAX_VALUE / 4);
    FileContentStore poor =
        FileContentStore.open(directory.resolve("poor"), new LocalDisk(), reserve);

    assertThatThrownBy(poor::begin)
        .isInstanceOf(NoSpaceException.class)
        .hasMessageContaining("kept for deleting");
  }

  @Test
  void anInterruptLeavesTheBytesStaged() throws IOException {
    IngestId id;
    try (Ingest ingest = store.begin()) {
      id = ingest.id();
      ingest.append(ByteBuffer.allocate(100_000));
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> ingest.append(ByteBuffer.allocate(100_000)))
          .isInstanceOf(IOException.class);
      assertThat(Thread.interrupted()).isTrue();
    }
    try (Ingest ingest = store.resume(id)) {
      assertThat(ingest.sizeBytes()).isEqualTo(100_000);
      ingest.discard();
    }
  }

  @Test
  void keysAreReadAsTheyAreWritten() {
    BlobKey key = new BlobKey(HELLO_DIGEST, "0123456789abcdef");

    assertThat(BlobKey.parse(key.toString())).isEqualTo(key);
    assertThatThrownBy(() -> BlobKey.parse("sha256:abc"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new BlobKey(HELLO_DIGEST, "../../etc/passwd"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("../../etc/passwd");
    assertThatThrownBy(() -> new IngestId("../../etc/passwd"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static BlobKey put(ContentStore store, byte[] content) throws IOException {
    try (Ingest ingest = store.begin()) {
      ingest.append(ByteBuffer.wrap(content));
      return ingest.commit(Digest.sha256(content));
    }
  }

  @Test
  void theDigestOfTheTestIsTheKnownOne() {
    assertThat(new String(HELLO, UTF_8)).isEqualTo("hello");
    assertThat(HELLO_DIGEST.hex()).startsWith("2cf24dba5fb0a30e");
  }
}
