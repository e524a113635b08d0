package dev.plimsoll.content.s3;

import static dev.plimsoll.content.s3.S3ContentStoreTest.bytes;
import static dev.plimsoll.content.s3.S3ContentStoreTest.put;
import static dev.plimsoll.content.s3.S3ContentStoreTest.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.content.BlobKey;
import dev.plimsoll.content.Ingest;
import dev.plimsoll.content.Stored;
import dev.plimsoll.content.s3.FaultProxy.Fault;
import dev.plimsoll.foundation.UnavailableException;
import dev.plimsoll.oci.Digest;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The network and the server misbehave at every request in turn. */
class S3FaultsTest {
  private static final byte[] SMALL = bytes(1000);
  private static final byte[] LARGE = bytes((8 << 20) + 100);

  @TempDir Path directory;
  private FaultProxy proxy;
  private S3Address address;
  private S3ContentStore store;

  @BeforeEach
  void open() throws IOException {
    proxy = FaultProxy.before(S3Server.shared().endpoint());
    address = through(S3Server.shared().bucket(), new S3Address.Encryption.AsTheBucket());
    store = S3ContentStore.open(address, directory.resolve("spool"));
  }

  private S3Address through(S3Address direct, S3Address.Encryption encryption) {
    return new S3Address(
        direct.bucket(),
        Optional.of(proxy.endpoint()),
        direct.region(),
        "",
        direct.nameStyle(),
        direct.credentials(),
        encryption,
        direct.needs(),
        direct.limits());
  }

  @AfterEach
  void close() {
    store.close();
    proxy.close();
  }

  /** Every third request each; every request with each: {@code -Dplimsoll.s3.faults=all}. */
  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"ANSWERED_500", "ANSWERED_503", "ANSWER_LOST"})
  void oneFaultAtAnyRequestIsOutlived(Fault fault) throws IOException {
    boolean all = "all".equals(System.getProperty("plimsoll.s3.faults"));
    int first = all || fault == Fault.ANSWERED_500 ? 1 : fault == Fault.ANSWER_LOST ? 2 : 3;
    for (int at = first; ; at += all ? 1 : 3) {
      AtomicInteger requests = new AtomicInteger();
      int faulty = at;
      proxy.misbehave((method, path) -> requests.incrementAndGet() == faulty ? fault : Fault.NONE);

      BlobKey small = put(store, SMALL);
      BlobKey large;
      try (Ingest ingest = store.begin()) {
        ingest.append(ByteBuffer.wrap(LARGE));
        ingest.force();
        large = ingest.commit(Digest.sha256(LARGE));
      }

      assertThat(read(store, small)).isEqualTo(SMALL);
      assertThat(read(store, large)).isEqualTo(LARGE);
      store.delete(small);
      store.delete(large);
      assertThat(stored()).as("request %d", at).isEmpty();
      assertThat(store.staged()).isEmpty();
      if (requests.get() < at) {
        assertThat(at).isGreaterThan(10);
        return;
      }
    }
  }

  @Test
  void anOutageEndsTheIngestAndItGoesOnWhereItWasForced() throws IOException {
    Ingest ingest = store.begin();
    ingest.append(ByteBuffer.wrap(LARGE, 0, 100));
    ingest.force();
    proxy.misbehave((method, path) -> Fault.ANSWERED_503);
    ingest.append(ByteBuffer.wrap(LARGE, 100, 50));

    assertThatThrownBy(ingest::force).isInstanceOf(UnavailableException.class);
    assertThat(ingest.isOpen()).isFalse();
    assertThatThrownBy(() -> store.resume(ingest.id())).isInstanceOf(UnavailableException.class);

    proxy.behave();
    try (Ingest again = store.resume(ingest.id())) {
      assertThat(again.sizeBytes()).isEqualTo(100);
      again.append(ByteBuffer.wrap(LARGE, 100, LARGE.length - 100));
      assertThat(read(store, again.commit(Digest.sha256(LARGE)))).isEqualTo(LARGE);
    }
  }

  @Test
  void aCommitThatNobodyHeardOfIsMadeAgain() throws IOException {
    Ingest ingest = store.begin();
    ingest.append(ByteBuffer.wrap(LARGE));
    ingest.force();
    proxy.misbehave(lostCompletions());

    assertThatThrownBy(() -> ingest.commit(Digest.sha256(LARGE)))
        .isInstanceOf(UnavailableException.class);

    proxy.behave();
    try (Ingest again = store.resume(ingest.id())) {
      BlobKey key = again.commit(Digest.sha256(LARGE));
      assertThat(read(store, key)).isEqualTo(LARGE);
      assertThat(stored()).containsExactly(new Stored.StoredBlob(key, LARGE.length));
    }
  }

  /** The completion is carried out, and then nothing gets through. */
  private static FaultProxy.Rule lostCompletions() {
    AtomicInteger completions = new AtomicInteger();
    return (method, path) -> {
      if (method.equals("POST") && path.contains("uploadId")) {
        completions.incrementAndGet();
        return Fault.ANSWER_LOST;
      }
      return completions.get() > 0 ? Fault.ANSWERED_503 : Fault.NONE;
    };
  }

  @Test
  void aDeleteThatComesAgainHitsNothingNewer() throws IOException {
    BlobKey small = put(store, SMALL);
    BlobKey large = put(store, LARGE);
    store.delete(small);
    store.delete(large);
    BlobKey smallAgain = put(store, SMALL);
    BlobKey largeAgain = put(store, LARGE);

    proxy.repeatDeletes();

    assertThat(read(store, smallAgain)).isEqualTo(SMALL);
    assertThat(read(store, largeAgain)).isEqualTo(LARGE);
  }

  @Test
  void aReadThatIsCutShortGoesOnWhereItWas() throws IOException {
    BlobKey key = put(store, LARGE);
    AtomicInteger reads = new AtomicInteger();
    proxy.misbehave((method, path) ->
        method.equals("GET") && reads.incrementAndGet() <= 2 ? Fault.CUT_SHORT : Fault.NONE);

    assertThat(read(store, key)).isEqualTo(LARGE);
    assertThat(reads).hasValue(3);
  }

  @Test
  void everyObjectIsWrittenWithTheEncryptionThatIsSet() {
    S3Address.Encryption kms = new S3Address.Encryption.KeyService(Optional.of("key-7"));
    S3Address encrypted = through(address, kms);

    assertThatThrownBy(() -> S3ContentStore.open(encrypted, directory.resolve("kms")))
        .hasMessageContaining("storage.s3.encryption"); // s3proxy can not encrypt

    HttpRequest asked = proxy.seen().getLast();
    assertThat(asked.headers().firstValue("x-amz-server-side-encryption")).contains("aws:kms");
    assertThat(asked.headers().firstValue("x-amz-server-side-encryption-aws-kms-key-id"))
        .contains("key-7");
  }

  private List<Stored> stored() throws IOException {
    try (Stream<Stored> all = store.list()) {
      return all.toList();
    }
  }
}
