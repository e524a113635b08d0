package dev.plimsoll.content;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.content.ContentException.BlobUnknown;
import dev.plimsoll.content.ContentException.DigestMismatch;
import dev.plimsoll.content.ContentException.IngestInUse;
import dev.plimsoll.content.ContentException.IngestUnknown;
import dev.plimsoll.content.ContentException.TooLarge;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.Digest.Algorithm;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What every content store promises. A new store implements {@link #store()} and inherits the rest.
 */
public interface ContentStoreContract {
  byte[] HELLO = "hello".getBytes(UTF_8);
  Digest HELLO_DIGEST = Digest.sha256(HELLO);

  /** The same store throughout a test, empty when it begins. */
  ContentStore store() throws IOException;

  @Test
  default void aBlobIsInvisibleUntilItIsCommitted() throws IOException {
    try (Ingest ingest = store().begin()) {
      ingest.append(ByteBuffer.wrap(HELLO));
      assertThat(blobs()).isEmpty();

      BlobKey key = ingest.commit(HELLO_DIGEST);

      assertThat(blobs()).containsExactly(new Stored.StoredBlob(key, 5));
      assertThat(store().has(key)).isTrue();
      assertThat(store().sizeBytes(key)).isEqualTo(5);
    }
  }

  @Test
  default void aStoreRemembersWhoseItIs() throws IOException {
    assertThat(store().owner()).isEmpty();

    store().own("first");
    store().own("second");

    assertThat(store().owner()).contains("second");
    assertThat(store().list()).as("it is nothing that an audit finds").isEmpty();
  }

  @Test
  default void aBlobIsReadFromAnyOffset() throws IOException {
    BlobKey key = put(HELLO);

    try (Blob blob = store().open(key)) {
      assertThat(blob.key()).isEqualTo(key);
      assertThat(blob.sizeBytes()).isEqualTo(5);
      assertThat(blob.stream(0)).hasContent("hello");
      assertThat(blob.stream(1)).hasContent("ello");
      assertThat(blob.stream(5)).isEmpty();
      assertThatThrownBy(() -> blob.stream(6)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  default void aPartOfABlobIsReadAndNoMore() throws IOException {
    try (Blob blob = store().open(put(HELLO))) {
      assertThat(blob.stream(0, 2)).hasContent("he");
      assertThat(blob.stream(1, 3)).hasContent("ell");
      assertThat(blob.stream(3, 0)).isEmpty();
      assertThatThrownBy(() -> blob.stream(3, 3)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  default void theChannelOfABlobIfItHasOneYieldsItsBytes() throws IOException {
    try (Blob blob = store().open(put(HELLO))) {
      if (blob.channel().isPresent()) {
        ByteBuffer bytes = ByteBuffer.allocate(9);
        assertThat(blob.channel().get().read(bytes, 0)).isEqualTo(5);
        assertThat(bytes.flip()).isEqualTo(ByteBuffer.wrap(HELLO));
      }
    }
  }

  @Test
  default void anEmptyBlobIsABlob() throws IOException {
    BlobKey key = put(new byte[0]);

    assertThat(store().sizeBytes(key)).isZero();
  }

  @Test
  default void partsOfAnySizeAndKindMakeOneBlob() throws IOException {
    byte[] content = new byte[1_000_000];
    new Random(7).nextBytes(content);
    int[] sizes = {1, 70_000, 300, 65_536, 32_768, 5, 200_000, 32_767, 100};
    try (Ingest ingest = store().begin()) {
      int at = 0;
      for (int turn = 0; at < content.length; turn++) {
        int size = Math.min(sizes[turn % sizes.length], content.length - at);
        ByteBuffer part = ByteBuffer.wrap(content, at, size);
        switch (turn % 3) {
          case 0 -> ingest.append(part);
          case 1 -> ingest.append(ByteBuffer.allocateDirect(size).put(part).flip());
          default -> ingest.append(new ByteArrayInputStream(content, at, size));
        }
        at += size;
        assertThat(ingest.sizeBytes()).isEqualTo(at);
      }
      BlobKey key = ingest.commit(Digest.sha256(content));
      assertThat(bytes(key)).isEqualTo(content);
    }
  }

  @Test
  default void aPartIsTakenWhole() throws IOException {
    try (Ingest ingest = store().begin()) {
      ByteBuffer small = ByteBuffer.wrap(HELLO);
      ByteBuffer large = ByteBuffer.allocate(100_000);
      ingest.append(small);
      ingest.append(large);

      assertThat(small.hasRemaining()).isFalse();
      assertThat(large.hasRemaining()).isFalse();
      ingest.discard();
    }
  }

  @Test
  default void aWrongDigestStoresNothingAndTheIngestGoesOn() throws IOException {
    try (Ingest ingest = store().begin()) {
      ingest.append(ByteBuffer.wrap("hell".getBytes(UTF_8)));
      assertThatThrownBy(() -> ingest.commit(HELLO_DIGEST)).isInstanceOf(DigestMismatch.class);
      assertThat(blobs()).isEmpty();

      ingest.append(ByteBuffer.wrap("o".getBytes(UTF_8)));

      assertThat(bytes(ingest.commit(HELLO_DIGEST))).isEqualTo(HELLO);
    }
  }

  @Test
  default void bothAlgorithmsAreComputedWhenAskedForAtTheBeginning() throws IOException {
    IngestOptions both = IngestOptions.DEFAULT.withAlgorithms(Algorithm.SHA256, Algorithm.SHA512);
    try (Ingest ingest = store().begin(both)) {
      ingest.append(ByteBuffer.wrap(HELLO));
      assertThat(ingest.digest(Algorithm.SHA256)).isEqualTo(HELLO_DIGEST);

      Digest sha512 = Digest.of(Algorithm.SHA512, HELLO);

      assertThat(ingest.commit(sha512).digest()).isEqualTo(sha512);
    }
  }

  @Test
  default void anAlgorithmAskedForLateIsComputedFromAllBytes() throws IOException {
    try (Ingest ingest = store().begin()) {
      ingest.append(ByteBuffer.wrap("he".getBytes(UTF_8)));
      assertThat(ingest.digest(Algorithm.SHA512))
          .isEqualTo(Digest.of(Algorithm.SHA512, "he".getBytes(UTF_8)));
      ingest.append(ByteBuffer.wrap("llo".getBytes(UTF_8)));

      BlobKey key = ingest.commit(Digest.of(Algorithm.SHA512, HELLO));

      assertThat(bytes(key)).isEqualTo(HELLO);
    }
  }

  @Test
  default void theSameContentTwiceHasTwoKeysThatAreDeletedApart() throws IOException {
    BlobKey first = put(HELLO);
    BlobKey second = put(HELLO);
    assertThat(second).isNotEqualTo(first);

    store().delete(first);
    store().delete(first);

    assertThat(store().has(first)).isFalse();
    assertThat(bytes(second)).isEqualTo(HELLO);
  }

  @Test
  default void whatIsNotThereIsRefusedByItsKey() throws IOException {
    BlobKey gone = put(HELLO);
    store().delete(gone);

    assertThat(store().has(gone)).isFalse();
    assertThatThrownBy(() -> store().open(gone))
        .isInstanceOf(BlobUnknown.class)
        .hasMessageContaining(gone.toString());
    assertThatThrownBy(() -> store().sizeBytes(gone)).isInstanceOf(BlobUnknown.class);
  }

  @Test
  default void aBlobThatIsOpenIsReadToItsEndAfterItsDeletion() throws IOException {
    BlobKey key = put(HELLO);
    try (Blob blob = store().open(key)) {
      store().delete(key);

      assertThat(blob.stream(0)).hasContent("hello");
    }
  }

  @Test
  default void aClosedIngestIsResumedWhereItStopped() throws IOException {
    IngestId id;
    try (Ingest ingest = store().begin()) {
      id = ingest.id();
      ingest.append(ByteBuffer.wrap("hel".getBytes(UTF_8)));
    }
    try (Ingest ingest = store().resume(id)) {
      assertThat(ingest.id()).isEqualTo(id);
      assertThat(ingest.sizeBytes()).isEqualTo(3);
      ingest.append(ByteBuffer.wrap("lo".getBytes(UTF_8)));

      assertThat(bytes(ingest.commit(HELLO_DIGEST))).isEqualTo(HELLO);
    }
  }

  @Test
  default void anIngestThatIsOnlyLookedAtStaysWhatItIs() throws IOException {
    IngestId id;
    try (Ingest ingest = store().begin()) {
      id = ingest.id();
      ingest.append(ByteBuffer.wrap(HELLO));
    }
    store().resume(id).close();
    store().resume(id).close();

    try (Ingest ingest = store().resume(id)) {
      assertThat(bytes(ingest.commit(HELLO_DIGEST))).isEqualTo(HELLO);
    }
  }

  @Test
  default void anIngestIsNotWrittenByTwo() throws IOException {
    try (Ingest ingest = store().begin()) {
      assertThatThrownBy(() -> store().resume(ingest.id())).isInstanceOf(IngestInUse.class);
      assertThatThrownBy(() -> store().discard(ingest.id())).isInstanceOf(IngestInUse.class);
      ingest.discard();
    }
  }

  @Test
  default void anIngestThatIsOverIsUnknown() throws IOException {
    IngestId committed;
    IngestId discarded;
    try (Ingest ingest = store().begin()) {
      committed = ingest.id();
      ingest.append(ByteBuffer.wrap(HELLO));
      ingest.commit(HELLO_DIGEST);
      ingest.discard(); // too late to do anything
    }
    try (Ingest ingest = store().begin()) {
      discarded = ingest.id();
      ingest.append(ByteBuffer.wrap(HELLO));
      ingest.discard();
    }
    assertThatThrownBy(() -> store().resume(committed)).isInstanceOf(IngestUnknown.class);
    assertThatThrownBy(() -> store().resume(discarded)).isInstanceOf(IngestUnknown.class);
    assertThat(store().staged()).isEmpty();
    assertThat(blobs()).hasSize(1);
  }

  @Test
  default void anIngestThatIsOverTakesNothing() throws IOException {
    try (Ingest ingest = store().begin()) {
      ingest.discard();

      assertThatThrownBy(() -> ingest.append(ByteBuffer.wrap(HELLO)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("discarded");
      assertThatThrownBy(() -> ingest.commit(HELLO_DIGEST)).isInstanceOf(IOException.class);
    }
  }

  @Test
  default void stagedIngestsAreListedAndDiscarded() throws IOException {
    try (Ingest open = store().begin()) {
      IngestId waiting;
      try (Ingest ingest = store().begin()) {
        waiting = ingest.id();
        ingest.append(ByteBuffer.wrap(HELLO));
      }
      assertThat(store().staged())
          .extracting(StagedIngest::id, StagedIngest::use)
          .containsExactlyInAnyOrder(
              org.assertj.core.groups.Tuple.tuple(open.id(), StagedIngest.Use.IN_USE),
              org.assertj.core.groups.Tuple.tuple(waiting, StagedIngest.Use.WAITING));

      store().discard(waiting);
      store().discard(waiting);

      assertThat(store().staged()).extracting(StagedIngest::id).containsExactly(open.id());
      open.discard();
    }
  }

  @Test
  default void aPartBeyondTheLimitIsRefusedWhole() throws IOException {
    try (Ingest ingest = store().begin(IngestOptions.DEFAULT.withSizeBytesMax(5))) {
      ingest.append(ByteBuffer.wrap("hell".getBytes(UTF_8)));
      assertThatThrownBy(() -> ingest.append(ByteBuffer.wrap("oo".getBytes(UTF_8))))
          .isInstanceOf(TooLarge.class)
          .hasMessageContaining("5 bytes");
      assertThat(ingest.sizeBytes()).isEqualTo(4);

      ingest.append(ByteBuffer.wrap("o".getBytes(UTF_8)));

      assertThat(bytes(ingest.commit(HELLO_DIGEST))).isEqualTo(HELLO);
    }
  }

  @Test
  default void aStreamIsTakenUpToTheLimit() throws IOException {
    try (Ingest ingest = store().begin(IngestOptions.DEFAULT.withSizeBytesMax(5))) {
      assertThatThrownBy(() -> ingest.append(new ByteArrayInputStream(new byte[6])))
          .isInstanceOf(TooLarge.class);
      ingest.discard();
    }
    try (Ingest ingest = store().begin(IngestOptions.DEFAULT.withSizeBytesMax(5))) {
      assertThat(ingest.append(new ByteArrayInputStream(HELLO))).isEqualTo(5);
      ingest.commit(HELLO_DIGEST);
    }
  }

  @Test
  default void whatAStreamYieldedBeforeItBrokeIsKept() throws IOException {
    try (Ingest ingest = store().begin()) {
      InputStream torn =
          new SequenceInputStream(
              new ByteArrayInputStream("hel".getBytes(UTF_8)), new BrokenStream());
      assertThatThrownBy(() -> ingest.append(torn)).hasMessage("client gone");
      assertThat(ingest.sizeBytes()).isEqualTo(3);

      ingest.append(new ByteArrayInputStream("lo".getBytes(UTF_8)));

      assertThat(bytes(ingest.commit(HELLO_DIGEST))).isEqualTo(HELLO);
    }
  }

  @Test
  default void manyCommitAtOnce() throws Exception {
    List<Future<BlobKey>> keys = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 64; i++) {
        byte[] content = ("content " + i % 16).getBytes(UTF_8);
        keys.add(threads.submit(() -> put(content)));
      }
    }
    for (int i = 0; i < 64; i++) {
      assertThat(bytes(keys.get(i).get())).isEqualTo(("content " + i % 16).getBytes(UTF_8));
    }
    assertThat(blobs()).hasSize(64);
    assertThat(store().staged()).isEmpty();
  }

  /** Everything that is stored. */
  default List<Stored> blobs() throws IOException {
    try (Stream<Stored> all = store().list()) {
      return all.toList();
    }
  }

  private BlobKey put(byte[] content) throws IOException {
    try (Ingest ingest = store().begin()) {
      ingest.append(ByteBuffer.wrap(content));
      return ingest.commit(Digest.sha256(content));
    }
  }

  private byte[] bytes(BlobKey key) throws IOException {
    try (Blob blob = store().open(key)) {
      return blob.stream(0).readAllBytes();
    }
  }

  /** A client that goes away. */
  final class BrokenStream extends InputStream {
    @Override
    public int read() throws IOException {
      throw new IOException("client gone");
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      throw new IOException("client gone");
    }
  }
}
