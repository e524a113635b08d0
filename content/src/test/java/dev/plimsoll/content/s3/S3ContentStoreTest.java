package dev.plimsoll.content.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.content.Blob;
import dev.plimsoll.content.BlobKey;
import dev.plimsoll.content.ContentStore;
import dev.plimsoll.content.ContentStoreContract;
import dev.plimsoll.content.Ingest;
import dev.plimsoll.content.IngestId;
import dev.plimsoll.content.StagedIngest;
import dev.plimsoll.content.Stored;
import dev.plimsoll.oci.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class S3ContentStoreTest implements ContentStoreContract {
  private static final int MIB = 1 << 20;

  @TempDir Path directory;
  private final S3Address address = S3Server.shared().bucket().under("registry");
  private S3ContentStore store;

  @BeforeEach
  void open() throws IOException {
    store = S3ContentStore.open(address, directory.resolve("one"));
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Override
  public ContentStore store() {
    return store;
  }

  @Test
  void aBlobOfManyPartsIsReadWholeAndInParts() throws IOException {
    byte[] content = bytes(35 * MIB + 17);
    BlobKey key = put(store, content);

    try (Blob blob = store.open(key)) {
      assertThat(blob.sizeBytes()).isEqualTo(content.length);
      assertThat(blob.channel()).isEmpty();
      assertThat(Digest.sha256(blob.stream(0).readAllBytes())).isEqualTo(Digest.sha256(content));
      assertThat(blob.stream(9 * MIB, 100).readAllBytes())
          .isEqualTo(Arrays.copyOfRange(content, 9 * MIB, 9 * MIB + 100));
    }
    assertThat(blobs()).hasSize(1);
    assertThat(directory.resolve("one")).isEmptyDirectory();
  }

  @Test
  void anIngestThatOneProcessForcedIsGoneOnWithByAnother() throws IOException {
    byte[] content = bytes(20 * MIB);
    IngestId id;
    try (S3ContentStore other = S3ContentStore.open(address, directory.resolve("other"))) {
      Ingest begun = store.begin();
      id = begun.id();
      begun.append(ByteBuffer.wrap(content, 0, 10 * MIB));
      begun.force();
      begun.append(ByteBuffer.wrap(content, 0, 5)); // never forced: lost with its process

      Ingest second = other.resume(id);
      assertThat(second.sizeBytes()).isEqualTo(10 * MIB);
      second.append(ByteBuffer.wrap(content, 10 * MIB, 9 * MIB));
      second.close();
    }
    try (S3ContentStore third = S3ContentStore.open(address, directory.resolve("third"));
        Ingest last = third.resume(id)) {
      assertThat(last.sizeBytes()).isEqualTo(19 * MIB);
      last.append(ByteBuffer.wrap(content, 19 * MIB, MIB));

      BlobKey key = last.commit(Digest.sha256(content));

      assertThat(read(third, key)).isEqualTo(content);
      assertThat(third.staged()).isEmpty();
    }
  }

  @Test
  void theDigestSoFarIsKnownToWhoTakesAnIngestUp() throws IOException {
    byte[] content = bytes(10 * MIB);
    Ingest begun = store.begin();
    begun.append(ByteBuffer.wrap(content));
    begun.close();

    try (S3ContentStore other = S3ContentStore.open(address, directory.resolve("other"));
        Ingest taken = other.resume(begun.id())) {
      assertThat(taken.digest(Digest.Algorithm.SHA256)).isEqualTo(Digest.sha256(content));
      assertThat(read(other, taken.commit(Digest.sha256(content)))).isEqualTo(content);
    }
  }

  @Test
  void aDigestAskedForLateIsThatOfAllParts() throws IOException {
    byte[] content = bytes(18 * MIB);
    try (Ingest ingest = store.begin()) {
      ingest.append(ByteBuffer.wrap(content));

      BlobKey key = ingest.commit(Digest.of(Digest.Algorithm.SHA512, content));

      assertThat(read(store, key)).isEqualTo(content);
    }
  }

  @Test
  void ofTwoWhoTakeAnIngestUpTheLastIsRight() throws IOException {
    try (S3ContentStore other = S3ContentStore.open(address, directory.resolve("other"))) {
      Ingest stale = store.begin();
      stale.append(ByteBuffer.wrap("he".getBytes()));
      stale.force();
      Ingest right = other.resume(stale.id());
      right.append(ByteBuffer.wrap("llo".getBytes()));
      right.close();

      stale.append(ByteBuffer.wrap("y".getBytes()));
      stale.close();

      try (Ingest last = other.resume(right.id())) {
        assertThat(last.digest(Digest.Algorithm.SHA256)).isEqualTo(HELLO_DIGEST);
        last.commit(HELLO_DIGEST);
      }
    }
  }

  @Test
  void anIngestThatAnotherProcessLeftIsDiscardedWithItsParts() throws IOException {
    Ingest begun = store.begin();
    begun.append(ByteBuffer.wrap(bytes(9 * MIB)));
    begun.close();
    try (S3ContentStore other = S3ContentStore.open(address, directory.resolve("other"))) {
      assertThat(other.staged()).extracting(StagedIngest::sizeBytes).containsExactly(9L * MIB);

      other.discard(begun.id());

      assertThat(other.staged()).isEmpty();
      assertThat(store.bucket().unfinished(address.prefix())).isEmpty();
    }
  }

  @Test
  void whatNobodyFinishesIsRemovedAndWhatIsInUseIsNot() throws IOException {
    String lost = store.bucket().beginParts(store.layout().parts("1".repeat(16)));
    store.bucket().put(store.layout().parts("12".repeat(8)), S3Bucket.Body.of(HELLO));
    Ingest waiting = store.begin();
    waiting.append(ByteBuffer.wrap(bytes(9 * MIB)));
    waiting.close();
    BlobKey kept = put(store, bytes(9 * MIB));

    Instant now = Instant.now();
    assertThat(store.tidy(now.minus(Duration.ofHours(1)), _ -> List.of())).isZero();
    assertThat(store.tidy(now.plus(Duration.ofHours(1)), _ -> List.of())).isEqualTo(2);

    assertThat(store.bucket().unfinished(address.prefix())).hasSize(1);
    assertThat(lost).isNotEmpty();
    assertThat(store.has(kept)).isTrue();
    store.resume(waiting.id()).discard();
  }

  @Test
  void aBlobThatTheDatabaseKnowsGetsItsLostMarkBack() throws IOException {
    byte[] content = bytes(9 * MIB);
    BlobKey known = put(store, content);
    BlobKey unknown = put(store, bytes(9 * MIB + 1));
    store.bucket().delete(store.layout().name(known));
    store.bucket().delete(store.layout().name(unknown));
    List<String> asked = new ArrayList<>();

    int removed =
        store.tidy(
            Instant.now().plus(Duration.ofHours(1)),
            generations -> {
              asked.addAll(generations);
              return List.of(known);
            });

    assertThat(asked).containsExactlyInAnyOrder(known.generation(), unknown.generation());
    assertThat(removed).isEqualTo(1);
    assertThat(store.has(unknown)).isFalse();
    assertThat(read(store, known)).isEqualTo(content);
    assertThat(blobs()).containsExactly(new Stored.StoredBlob(known, content.length));
  }

  @Test
  void whatIsNotKnownForLackOfAnAnswerIsKept() throws IOException {
    BlobKey key = put(store, bytes(9 * MIB));
    store.bucket().delete(store.layout().name(key));

    assertThatThrownBy(() ->
            store.tidy(
                Instant.now().plus(Duration.ofHours(1)),
                _ -> {
                  throw new IOException("the database is away");
                }))
        .hasMessage("the database is away");
    assertThat(store.has(key)).isTrue();
  }

  @Test
  void aPresignedAddressYieldsTheBytesToAnybody() throws IOException {
    BlobKey key = put(store, HELLO);

    Optional<Duration> life = Optional.of(Duration.ofMinutes(1));
    try (S3ContentStore told = S3ContentStore.open(address, directory.resolve("told"), life)) {
      URI anybody = told.address(key).orElseThrow();

      try (InputStream in = anybody.toURL().openStream()) {
        assertThat(in).hasContent("hello");
      }
    }
    assertThat(store.address(key)).isEmpty();
  }

  @Test
  void aForeignObjectIsListedAndLeftAlone() throws IOException {
    store.bucket().put(address.prefix() + "blobs/note", S3Bucket.Body.of(HELLO));

    assertThat(blobs()).containsExactly(new Stored.Foreign("blobs/note"));
  }

  @Test
  void aBucketThatIsNotThereIsRefusedWithASentence() {
    S3Address nowhere =
        S3Server.address("nowhere", S3Server.shared().endpoint(), S3Server.shared().credentials());

    assertThatThrownBy(() -> S3ContentStore.open(nowhere, directory.resolve("x")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("s3://nowhere/");
  }

  @Test
  void aBucketWithoutRightsIsRefusedWithASentenceAndNoSecret() {
    S3Address denied =
        S3Server.address(
            address.bucket(),
            S3Server.shared().endpoint(),
            new S3Address.Credentials("plimsoll", "a-wrong-secret"));

    assertThatThrownBy(() -> S3ContentStore.open(denied, directory.resolve("x")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("credentials lack a right, or are wrong")
        .hasMessageContaining("s3:PutObject")
        .message()
        .doesNotContain("a-wrong-secret");
  }

  @Test
  void aStoreOfANewerReleaseIsRefused() throws IOException {
    store
        .bucket()
        .put(store.layout().format(), S3Bucket.Body.of("plimsoll content store 2".getBytes()));

    assertThatThrownBy(() -> S3ContentStore.open(address, directory.resolve("x")))
        .hasMessageContaining("newer release");
  }

  @Test
  void partsSufficeForTebibytes() {
    PartSizes sizes = new PartSizes(OptionalLong.empty());
    long sum = 0;
    for (int number = 1; number <= PartSizes.PARTS_MAX; number++) {
      sum += sizes.sizeBytes(number);
      assertThat(sizes.sizeBytes(number)).isBetween(5L << 20, 5L << 30);
    }
    assertThat(sum).isGreaterThan(5L << 40);
  }

  @Test
  void partsAreEqualWhereTheServerWantsThemSoAlsoWhenAnotherProcessGoesOn() throws IOException {
    byte[] content = bytes(23 * MIB);
    S3Address equal = with(address.endpoint(), needing(Optional.empty(), OptionalLong.of(6 * MIB)));
    Ingest begun = store.begin(); // in parts of 8 MiB, before the setting was made
    begun.append(ByteBuffer.wrap(content, 0, 7 * MIB));
    begun.close();
    try (S3ContentStore one = S3ContentStore.open(equal, directory.resolve("equal"));
        S3ContentStore other = S3ContentStore.open(equal, directory.resolve("other"))) {
      Ingest second = one.begin();
      second.append(ByteBuffer.wrap(content, 0, 13 * MIB));
      second.close();
      Ingest third = other.resume(second.id());
      third.append(ByteBuffer.wrap(content, 13 * MIB, 9 * MIB));
      third.force();

      assertThat(parts(third.id())).containsExactly(6L * MIB, 6L * MIB, 6L * MIB);

      third.append(ByteBuffer.wrap(content, 22 * MIB, MIB));
      assertThat(read(store, third.commit(Digest.sha256(content)))).isEqualTo(content);
      try (Ingest late = one.resume(begun.id())) {
        late.append(ByteBuffer.wrap(content, 7 * MIB, 16 * MIB));
        assertThat(read(store, late.commit(Digest.sha256(content)))).isEqualTo(content);
      }
    }
  }

  private List<Long> parts(IngestId id) throws IOException {
    String state = store.bucket().listAll(store.layout().uploads(id)).getFirst().name();
    return Upload.parse(store.bucket().read(state).orElseThrow()).upload().parts().stream()
        .map(Upload.Part::sizeBytes)
        .toList();
  }

  @Test
  void partsThatS3DoesNotTakeAreRefused() {
    assertThatThrownBy(() -> needing(Optional.empty(), OptionalLong.of(MIB)))
        .hasMessageContaining("5 MiB");
    assertThatThrownBy(() -> needing(Optional.empty(), OptionalLong.of(600L * MIB)))
        .hasMessageContaining("512 MiB at most");
  }

  @Test
  void whatS3HasTakesNoRoomOnTheDiskAnyMore() throws IOException {
    put(store, HELLO);
    put(store, new byte[6 * MIB]);

    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      assertThat(open.map(S3ContentStoreTest::target).filter(file -> file.endsWith("(deleted)")))
          .noneMatch(file -> file.startsWith(directory.toString()));
    }
  }

  private static String target(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException e) {
      return ""; // closed meanwhile
    }
  }

  @Test
  void aServerWhoseAuthorityIsNamedIsTrustedAndOthersAreNot() throws IOException {
    Optional<URI> secure = Optional.of(S3Server.shared().secureEndpoint());
    Path authorities = S3Server.shared().authorities();

    S3Address trusted = with(secure, needing(Optional.of(authorities), OptionalLong.empty()));
    try (S3ContentStore own = S3ContentStore.open(trusted, directory.resolve("private"))) {
      assertThat(read(store, put(own, HELLO))).isEqualTo(HELLO);
    }

    S3Address unknown = with(secure, S3Address.Needs.NONE);
    assertThatThrownBy(() -> S3ContentStore.open(unknown, directory.resolve("x")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("signed by an authority that is not trusted here")
        .hasMessageContaining("storage.s3.ca-file")
        .hasMessageNotContaining("sun.security");
  }

  @ParameterizedTest
  @CsvSource({
    "https://localhost, its certificate is of another",
    "https://nobody.invalid, there is no host nobody.invalid"
  })
  void aServerThatIsAnotherIsToldSo(String host, String told) {
    S3Server server = S3Server.shared();
    URI endpoint = URI.create(host + ":" + server.secureEndpoint().getPort());
    S3Address other =
        with(
            Optional.of(endpoint),
            needing(Optional.of(server.authorities()), OptionalLong.empty()));

    assertThatThrownBy(() -> S3ContentStore.open(other, directory.resolve("x")))
        .hasMessageContaining(told);
  }

  @Test
  void aServerThatSpeaksNoTlsIsToldSo() {
    URI endpoint = URI.create("https://127.0.0.1:" + S3Server.shared().endpoint().getPort());

    assertThatThrownBy(() ->
            S3ContentStore.open(
                with(Optional.of(endpoint), S3Address.Needs.NONE), directory.resolve("x")))
        .hasMessageContaining("it does not speak TLS");
  }

  @Test
  void aFileWithoutAnAuthorityIsRefusedByItsName() throws IOException {
    Path empty = Files.writeString(directory.resolve("empty.pem"), "");
    S3Address wrong = with(address.endpoint(), needing(Optional.of(empty), OptionalLong.empty()));

    assertThatThrownBy(() -> S3ContentStore.open(wrong, directory.resolve("x")))
        .hasMessageContaining("empty.pem")
        .hasMessageContaining("no certificate");
  }

  @Test
  void aKeyThatIsLentForATimeGoesWithItsToken() throws IOException {
    S3Address.Credentials own = S3Server.shared().credentials();
    S3Address lent =
        S3Server.address(
            address.bucket(),
            S3Server.shared().endpoint(),
            new S3Address.Credentials(own.accessKey(), own.secretKey(), Optional.of("a-token")));
    Optional<Duration> life = Optional.of(Duration.ofMinutes(1));

    try (S3ContentStore told = S3ContentStore.open(lent, directory.resolve("lent"), life)) {
      assertThat(told.address(put(told, HELLO)).orElseThrow().getQuery())
          .contains("X-Amz-Security-Token=a-token");
    }
    assertThat(lent.credentials().orElseThrow().toString()).doesNotContain("a-token");
  }

  private static S3Address.Needs needing(Optional<Path> authorities, OptionalLong equalParts) {
    return new S3Address.Needs(authorities, equalParts);
  }

  private S3Address with(Optional<URI> endpoint, S3Address.Needs needs) {
    return new S3Address(
        address.bucket(),
        endpoint,
        address.region(),
        address.prefix(),
        address.nameStyle(),
        address.credentials(),
        address.encryption(),
        needs,
        address.limits());
  }

  static byte[] bytes(int size) {
    byte[] content = new byte[size];
    new Random(size).nextBytes(content);
    return content;
  }

  static BlobKey put(ContentStore store, byte[] content) throws IOException {
    try (Ingest ingest = store.begin()) {
      ingest.append(ByteBuffer.wrap(content));
      return ingest.commit(Digest.sha256(content));
    }
  }

  static byte[] read(ContentStore store, BlobKey key) throws IOException {
    try (Blob blob = store.open(key)) {
      return blob.stream(0).readAllBytes();
    }
  }
}
