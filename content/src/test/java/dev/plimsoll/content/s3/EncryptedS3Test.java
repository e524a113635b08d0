package dev.plimsoll.content.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.content.Blob;
import dev.plimsoll.content.BlobKey;
import dev.plimsoll.content.ContentStore;
import dev.plimsoll.content.ContentStoreContract;
import dev.plimsoll.content.Ingest;
import dev.plimsoll.oci.Digest;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Object;

/** Everything that a store promises, kept encrypted by a server that has a key service. */
class EncryptedS3Test implements ContentStoreContract {
  private static final int MIB = 1 << 20;
  private static KeyServiceS3 server;

  @TempDir Path directory;
  private FaultProxy proxy;
  private S3Address address;
  private S3ContentStore store;

  @BeforeAll
  static void begin() throws IOException {
    server = KeyServiceS3.start();
  }

  @AfterAll
  static void end() {
    server.close();
  }

  @BeforeEach
  void open() throws IOException {
    proxy = FaultProxy.before(server.endpoint());
    address =
        server.bucket(
            proxy.endpoint(), new S3Address.Encryption.KeyService(Optional.of(KeyServiceS3.KEY)));
    store = S3ContentStore.open(address.under("registry"), directory.resolve("spool"));
  }

  @AfterEach
  void close() {
    store.close();
    proxy.close();
  }

  @Override
  public ContentStore store() {
    return store;
  }

  @Test
  void everyObjectIsEncryptedWithTheKeySmallLargeAndUnfinished() throws IOException {
    byte[] large = bytes(20 * MIB);
    BlobKey key = put(large);
    put(bytes(100));
    try (Ingest unfinished = store.begin()) {
      unfinished.append(ByteBuffer.wrap(large, 0, 9 * MIB));
      unfinished.force();

      assertThat(encryptions())
          .hasSizeGreaterThanOrEqualTo(3)
          .containsOnly("aws:kms " + KeyServiceS3.KEY);
      assertThat(encryptionsOfParts()).hasSize(1 + 2).containsOnly("aws:kms " + KeyServiceS3.KEY);
    }
    try (Blob blob = store.open(key)) {
      assertThat(Digest.sha256(blob.stream(0).readAllBytes())).isEqualTo(Digest.sha256(large));
    }
  }

  @Test
  void theServersOwnKeysAreAskedForToo() throws IOException {
    S3Address ownKeys = server.bucket(proxy.endpoint(), new S3Address.Encryption.ServerKeys());
    try (S3ContentStore other = S3ContentStore.open(ownKeys, directory.resolve("own"));
        Ingest ingest = other.begin()) {
      ingest.append(ByteBuffer.wrap(bytes(9 * MIB)));
      ingest.commit(ingest.digest(Digest.Algorithm.SHA256));
    }

    assertThat(encryptions(ownKeys)).isNotEmpty().containsOnly("AES256 null");
    assertThat(encryptionsOfParts()).contains("AES256 null");
  }

  @Test
  void aKeyThatTheServerDoesNotHaveIsSaidAtTheStart() {
    S3Address unknownKey =
        server.bucket(
            proxy.endpoint(), new S3Address.Encryption.KeyService(Optional.of("no-such-key")));

    assertThatThrownBy(() -> S3ContentStore.open(unknownKey, directory.resolve("unknown")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no-such-key");
  }

  @Test
  void copiesOfTheDatabaseAreEncryptedTheNewestStayAndLargeOnesComeInParts() throws IOException {
    S3Address place = address.under("database");
    byte[] large = bytes(17 * MIB + 3);
    try (S3Copies copies = S3Copies.open(place, 3)) {
      for (int hour = 1; hour <= 4; hour++) {
        copies.keep(Files.write(directory.resolve("2026010%d.db".formatted(hour)), large));
      }
      copies.keep(Files.write(directory.resolve("20260105.db"), bytes(10)));
      copies.keep(Files.write(directory.resolve("20260105.db"), bytes(8 * MIB)));
    }

    try (S3Client client = server.client()) {
      assertThat(objects(client, place).stream().map(S3Object::key))
          .containsExactly("database/20260103.db", "database/20260104.db", "database/20260105.db");
      assertThat(
              client
                  .getObjectAsBytes(r -> r.bucket(place.bucket()).key("database/20260104.db"))
                  .asByteArray())
          .isEqualTo(large);
    }
    assertThat(encryptionsOfParts()).hasSize(1 + 5).containsOnly("aws:kms " + KeyServiceS3.KEY);
  }

  @Test
  void whatACrashLeftOfACopyGoesWithTheNextOne() throws IOException {
    S3Address place = address.under("database");
    try (S3Client client = server.client()) {
      client.createMultipartUpload(r -> r.bucket(place.bucket()).key("database/20260101.db"));

      try (S3Copies copies = S3Copies.open(place, 3)) {
        copies.keep(Files.write(directory.resolve("20260102.db"), bytes(10)));
      }

      assertThat(
              client
                  .listMultipartUploads(r -> r.bucket(place.bucket()).prefix("database/"))
                  .uploads())
          .isEmpty();
    }
  }

  private List<String> encryptions() {
    return encryptions(address);
  }

  /** How objects are encrypted that came whole. */
  private static List<String> encryptions(S3Address address) {
    try (S3Client client = server.client()) {
      return objects(client, address).stream()
          .filter(object -> !object.eTag().contains("-"))
          .map(object -> client.headObject(r -> r.bucket(address.bucket()).key(object.key())))
          .map(EncryptedS3Test::encryption)
          .toList();
    }
  }

  private static String encryption(HeadObjectResponse object) {
    return object.serverSideEncryptionAsString() + " " + object.ssekmsKeyId();
  }

  /**
   * How objects in parts were asked to be encrypted, which this server does not tell afterwards; the
   * first is the store's trial of its rights.
   */
  private List<String> encryptionsOfParts() {
    return proxy.seen().stream()
        .filter(request -> request.method().equals("POST"))
        .filter(request -> String.valueOf(request.uri().getQuery()).startsWith("uploads"))
        .map(request -> header(request, "") + " " + header(request, "-aws-kms-key-id"))
        .toList();
  }

  private static String header(HttpRequest request, String end) {
    return request.headers().firstValue("x-amz-server-side-encryption" + end).orElse("null");
  }

  private static List<S3Object> objects(S3Client client, S3Address address) {
    return client
        .listObjectsV2Paginator(r -> r.bucket(address.bucket()).prefix(address.prefix()))
        .contents()
        .stream()
        .toList();
  }

  private BlobKey put(byte[] content) throws IOException {
    try (Ingest ingest = store.begin()) {
      ingest.append(ByteBuffer.wrap(content));
      return ingest.commit(Digest.sha256(content));
    }
  }

  private static byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }
}
