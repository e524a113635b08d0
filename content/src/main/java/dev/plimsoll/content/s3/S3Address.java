package dev.plimsoll.content.s3;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * Where a bucket is, and how it is used.
 *
 * @param endpoint empty: AWS
 * @param region empty: as the environment says, or {@code us-east-1} at an endpoint of one's own
 * @param prefix what every name begins with: "" or something that ends with a slash
 * @param credentials empty: the default chain of AWS (environment, profile files, web identity,
 *     container, instance)
 */
public record S3Address(
    String bucket,
    Optional<URI> endpoint,
    Optional<String> region,
    String prefix,
    NameStyle nameStyle,
    Optional<Credentials> credentials,
    Encryption encryption,
    Needs needs,
    Limits limits) {
  private static final Pattern BUCKET = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");
  private static final Pattern PREFIX = Pattern.compile("|([a-zA-Z0-9!_.*'()-]+/)+");

  /** Where the bucket's name stands in a URL. */
  public enum NameStyle {
    /** {@code https://bucket.s3.example.org/key}. */
    HOST,
    /** {@code https://s3.example.org/bucket/key}: for servers without a name for each bucket. */
    PATH
  }

  /**
   * A key and its secret, which is never shown.
   *
   * @param sessionToken what goes with keys that are lent for a time, as secret
   */
  public record Credentials(String accessKey, String secretKey, Optional<String> sessionToken) {
    public Credentials(String accessKey, String secretKey) {
      this(accessKey, secretKey, Optional.empty());
    }

    public Credentials {
      if (accessKey.isEmpty() || secretKey.isEmpty()) {
        throw new IllegalArgumentException("an access key without its secret key, or the reverse");
      }
    }

    @Override
    public String toString() {
      return "credentials of " + accessKey;
    }
  }

  /** Encryption that the server is asked for; what its bucket does by default is its own. */
  public sealed interface Encryption {
    /** As the bucket has it. */
    record AsTheBucket() implements Encryption {}

    /** Keys of the server's (SSE-S3). */
    record ServerKeys() implements Encryption {}

    /**
     * Keys of its key service (SSE-KMS).
     *
     * @param keyId empty: the account's own key for S3
     */
    record KeyService(Optional<String> keyId) implements Encryption {}
  }

  /**
   * What some servers need and AWS does not.
   *
   * @param authorities PEM file of the authorities that the server's certificate is checked against;
   *     empty: Java's own
   * @param equalParts in bytes, for servers that want parts of one size; empty: parts grow
   */
  public record Needs(Optional<Path> authorities, OptionalLong equalParts) {
    public static final Needs NONE = new Needs(Optional.empty(), OptionalLong.empty());
    private static final long PART_MIN_BYTES = 5L << 20;
    private static final long PART_MAX_BYTES = 512L << 20;

    public Needs {
      long bytes = equalParts.orElse(PART_MIN_BYTES);
      if (bytes < PART_MIN_BYTES || bytes > PART_MAX_BYTES) {
        throw new IllegalArgumentException(
            "parts of %d bytes; S3 takes no less than 5 MiB, and here they are 512 MiB at most"
                .formatted(bytes));
      }
    }

    PartSizes partSizes() {
      return new PartSizes(equalParts);
    }
  }

  /**
   * How long and how often.
   *
   * @param answerMax the longest silence of the server
   * @param attemptsMax with growing waits in between
   */
  public record Limits(Duration answerMax, int attemptsMax) {
    public static final Limits DEFAULT = new Limits(Duration.ofSeconds(30), 5);

    public Limits {
      if (!answerMax.isPositive() || attemptsMax < 1) {
        throw new IllegalArgumentException(
            "a time-out of %s and %d attempts".formatted(answerMax, attemptsMax));
      }
    }
  }

  public S3Address {
    if (!BUCKET.matcher(bucket).matches()) {
      throw new IllegalArgumentException("\"%s\" is no name of a bucket".formatted(bucket));
    }
    if (!PREFIX.matcher(prefix).matches()) {
      throw new IllegalArgumentException(
          "the prefix \"%s\" must be empty, or words that each end with a slash".formatted(prefix));
    }
    endpoint.ifPresent(S3Address::check);
  }

  /** A bucket of AWS, or at an endpoint by its path, with everything else by default. */
  public static S3Address of(String bucket, Optional<URI> endpoint) {
    return new S3Address(
        bucket,
        endpoint,
        Optional.empty(),
        "",
        endpoint.isPresent() ? NameStyle.PATH : NameStyle.HOST,
        Optional.empty(),
        new Encryption.AsTheBucket(),
        Needs.NONE,
        Limits.DEFAULT);
  }

  /** The same bucket, under a part of this prefix. */
  public S3Address under(String folder) {
    return new S3Address(
        bucket,
        endpoint,
        region,
        prefix + folder + "/",
        nameStyle,
        credentials,
        encryption,
        needs,
        limits);
  }

  private static void check(URI endpoint) {
    String scheme = endpoint.getScheme();
    if (endpoint.getHost() == null || !("http".equals(scheme) || "https".equals(scheme))) {
      throw new IllegalArgumentException(
          "the endpoint %s must begin with http:// or https:// and a host".formatted(endpoint));
    }
  }

  @Override
  public String toString() {
    return "s3://%s/%s%s"
        .formatted(bucket, prefix, endpoint.map(at -> " at " + at.getAuthority()).orElse(""));
  }
}
