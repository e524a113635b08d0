package dev.plimsoll.content.s3;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/**
 * The calls to S3 that are needed here. Each can be made again when nobody knows whether it was
 * carried out: names are used once, and what is there already is taken for done.
 */
final class S3Bucket implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(S3Bucket.class);
  private static final String OCTETS = "application/octet-stream";

  private final S3Address address;
  private final S3Client client;
  private final S3Reach reach;
  private final Supplier<S3Presigner> presigner;
  private volatile boolean knowsConditions = true;
  private @Nullable S3Presigner made;

  S3Bucket(S3Address address, S3Client client, S3Reach reach, Supplier<S3Presigner> presigner) {
    this.address = address;
    this.client = client;
    this.reach = reach;
    this.presigner = presigner;
  }

  S3Address address() {
    return address;
  }

  /** Whether S3 answered when it was last asked. */
  boolean answers() {
    return reach.answers();
  }

  /** An object as a listing shows it. */
  record Listed(String name, long sizeBytes, Instant lastWritten) {}

  /** Bytes that can be sent again from their beginning. */
  record Body(ContentStreamProvider bytes, long sizeBytes) {
    static Body of(byte[] bytes) {
      return new Body(ContentStreamProvider.fromByteArray(bytes), bytes.length);
    }

    private RequestBody request() {
      return RequestBody.fromContentProvider(bytes, sizeBytes, OCTETS);
    }
  }

  private interface Call<T extends @Nullable Object> {
    T run();
  }

  private <T extends @Nullable Object> T call(String what, Call<T> call) throws IOException {
    try {
      return call.run();
    } catch (SdkException e) {
      throw S3Trouble.of(address, what, e);
    }
  }

  /** The size of an object, if there is one. */
  OptionalLong sizeBytes(String name) throws IOException {
    try {
      return OptionalLong.of(
          client.headObject(r -> r.bucket(address.bucket()).key(name)).contentLength());
    } catch (SdkException e) {
      if (S3Trouble.isAbsent(e)) {
        return OptionalLong.empty();
      }
      throw S3Trouble.of(address, "asking for " + name, e);
    }
  }

  /** An object's bytes on their way. */
  record Opened(ResponseInputStream<GetObjectResponse> bytes, long sizeBytes) {
    /** Lets go of the connection without reading on. */
    void abort() {
      bytes.abort();
    }
  }

  /** Begins to read; empty if there is no such object. */
  Optional<Opened> open(String name) throws IOException {
    return open(GetObjectRequest.builder().bucket(address.bucket()).key(name).build());
  }

  /** Begins to read a part; empty if there is no such object. */
  Optional<Opened> open(String name, long first, long last) throws IOException {
    return open(
        GetObjectRequest.builder()
            .bucket(address.bucket())
            .key(name)
            .range("bytes=%d-%d".formatted(first, last))
            .build());
  }

  private Optional<Opened> open(GetObjectRequest request) throws IOException {
    try {
      ResponseInputStream<GetObjectResponse> bytes = client.getObject(request);
      return Optional.of(new Opened(bytes, bytes.response().contentLength()));
    } catch (SdkException e) {
      if (S3Trouble.isAbsent(e)) {
        return Optional.empty();
      }
      throw S3Trouble.of(address, "reading " + request.key(), e);
    }
  }

  /** The whole of a small object; empty if there is none. */
  Optional<byte[]> read(String name) throws IOException {
    Optional<Opened> opened = open(name);
    if (opened.isEmpty()) {
      return Optional.empty();
    }
    try (InputStream bytes = opened.get().bytes()) {
      return Optional.of(bytes.readAllBytes());
    }
  }

  /** Writes an object of a name that nobody else uses. */
  void putNew(String name, Body body) throws IOException {
    if (!knowsConditions) {
      put(name, body);
      return;
    }
    try {
      client.putObject(putting(name).ifNoneMatch("*").build(), body.request());
    } catch (SdkException e) {
      if (S3Trouble.isUnknownFeature(e)) {
        log.info("conditional writes not had storage={}", address);
        knowsConditions = false;
        put(name, body);
      } else if (!S3Trouble.isTaken(e) || sizeBytes(name).orElse(-1) != body.sizeBytes()) {
        throw S3Trouble.of(address, "writing " + name, e);
      } // else an attempt that seemed to fail had been carried out
    }
  }

  /** Writes an object, over what is there. */
  void put(String name, Body body) throws IOException {
    call("writing " + name, () -> client.putObject(putting(name).build(), body.request()));
  }

  private PutObjectRequest.Builder putting(String name) {
    PutObjectRequest.Builder request =
        PutObjectRequest.builder().bucket(address.bucket()).key(name);
    return switch (address.encryption()) {
      case S3Address.Encryption.AsTheBucket _ -> request;
      case S3Address.Encryption.ServerKeys _ ->
          request.serverSideEncryption(ServerSideEncryption.AES256);
      case S3Address.Encryption.KeyService(var keyId) ->
          request
              .serverSideEncryption(ServerSideEncryption.AWS_KMS)
              .ssekmsKeyId(keyId.orElse(null));
    };
  }

  /** Deletes an object, if there is one. */
  void delete(String name) throws IOException {
    try {
      client.deleteObject(r -> r.bucket(address.bucket()).key(name));
    } catch (SdkException e) {
      if (!S3Trouble.isAbsent(e)) {
        throw S3Trouble.of(address, "deleting " + name, e);
      }
    }
  }

  /**
   * All objects whose names begin so, in the order of their names, a page at a time. Trouble is an
   * {@link UncheckedIOException}.
   */
  Stream<Listed> list(String prefix) {
    return lazily(
            "listing " + prefix,
            client.listObjectsV2Paginator(r -> r.bucket(address.bucket()).prefix(prefix)))
        .flatMap(page -> page.contents().stream())
        .map(S3Bucket::listed);
  }

  /** The same at once, where there are few. */
  List<Listed> listAll(String prefix) throws IOException {
    return atOnce(list(prefix));
  }

  private <T> Stream<T> lazily(String what, Iterable<T> pages) {
    Iterator<T> each = pages.iterator();
    return Stream.generate(() -> next(what, each))
        .takeWhile(Optional::isPresent)
        .map(Optional::orElseThrow);
  }

  private <T> Optional<T> next(String what, Iterator<T> each) {
    try {
      return each.hasNext() ? Optional.of(each.next()) : Optional.empty();
    } catch (SdkException e) {
      throw new UncheckedIOException(S3Trouble.of(address, what, e));
    }
  }

  private static <T> List<T> atOnce(Stream<T> all) throws IOException {
    try (all) {
      return all.toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static Listed listed(S3Object object) {
    return new Listed(object.key(), object.size(), object.lastModified());
  }

  /** Begins an object that comes in parts; returns what S3 calls it until it is there. */
  String beginParts(String name) throws IOException {
    CreateMultipartUploadRequest.Builder request =
        CreateMultipartUploadRequest.builder().bucket(address.bucket()).key(name);
    switch (address.encryption()) {
      case S3Address.Encryption.AsTheBucket _ -> {}
      case S3Address.Encryption.ServerKeys _ ->
          request.serverSideEncryption(ServerSideEncryption.AES256);
      case S3Address.Encryption.KeyService(var keyId) ->
          request
              .serverSideEncryption(ServerSideEncryption.AWS_KMS)
              .ssekmsKeyId(keyId.orElse(null));
    }
    return call(
        "beginning " + name, () -> client.createMultipartUpload(request.build()).uploadId());
  }

  /** Sends a part, over one of the same number; returns its tag. */
  String putPart(String name, String multipart, int number, Body body) throws IOException {
    return call(
        "sending part %d of %s".formatted(number, name),
        () ->
            client
                .uploadPart(
                    r ->
                        r.bucket(address.bucket()).key(name).uploadId(multipart).partNumber(number),
                    body.request())
                .eTag());
  }

  /** Makes a part of what S3 has already; returns its tag. */
  String copyPart(String name, String multipart, int number, String source, long first, long last)
      throws IOException {
    return call(
        "copying part %d of %s".formatted(number, name),
        () ->
            client
                .uploadPartCopy(r ->
                    r.sourceBucket(address.bucket())
                        .sourceKey(source)
                        .copySourceRange("bytes=%d-%d".formatted(first, last))
                        .destinationBucket(address.bucket())
                        .destinationKey(name)
                        .uploadId(multipart)
                        .partNumber(number))
                .copyPartResult()
                .eTag());
  }

  /** Makes the parts an object; an object of that size that is there already is taken for it. */
  void completeParts(String name, String multipart, List<Upload.Part> parts) throws IOException {
    List<CompletedPart> completed =
        parts.stream()
            .map(p -> CompletedPart.builder().partNumber(p.number()).eTag(p.etag()).build())
            .toList();
    try {
      client.completeMultipartUpload(r ->
          r.bucket(address.bucket())
              .key(name)
              .uploadId(multipart)
              .multipartUpload(m -> m.parts(completed)));
    } catch (SdkException e) {
      long wanted = parts.stream().mapToLong(Upload.Part::sizeBytes).sum();
      if (!S3Trouble.isAbsent(e) || sizeBytes(name).orElse(-1) != wanted) {
        throw S3Trouble.of(address, "completing " + name, e);
      } // else an attempt that seemed to fail had been carried out
    }
  }

  /** Gives an object in the making up, if there is one. */
  void abortParts(String name, String multipart) throws IOException {
    try {
      client.abortMultipartUpload(r -> r.bucket(address.bucket()).key(name).uploadId(multipart));
    } catch (SdkException e) {
      if (!S3Trouble.isAbsent(e)) {
        throw S3Trouble.of(address, "giving up " + name, e);
      }
    }
  }

  /** Objects in the making whose names begin so. */
  List<MultipartUpload> unfinished(String prefix) throws IOException {
    return atOnce(
        lazily(
                "listing what is unfinished under " + prefix,
                client.listMultipartUploadsPaginator(
                    r -> r.bucket(address.bucket()).prefix(prefix)))
            .flatMap(page -> page.uploads().stream()));
  }

  /** An address that anybody may read the object by, for so long. */
  URI presigned(String name, Duration life) {
    return URI.create(
        presigner()
            .presignGetObject(r ->
                r.signatureDuration(life)
                    .getObjectRequest(
                        g -> g.bucket(address.bucket()).key(name).responseContentType(OCTETS)))
            .url()
            .toString());
  }

  private synchronized S3Presigner presigner() {
    S3Presigner known = made == null ? presigner.get() : made;
    made = known;
    return known;
  }

  @Override
  public void close() {
    client.close();
  }
}
