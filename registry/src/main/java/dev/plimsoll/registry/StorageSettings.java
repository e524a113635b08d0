package dev.plimsoll.registry;

import dev.plimsoll.content.s3.S3Address;
import dev.plimsoll.database.PostgresAddress;
import dev.plimsoll.foundation.ByteSize;
import dev.plimsoll.foundation.Durations;
import dev.plimsoll.foundation.settings.SecretText;
import dev.plimsoll.foundation.settings.Setting;
import dev.plimsoll.foundation.settings.Settings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * Where the registry's bytes and rows are.
 *
 * @param s3 the bucket that holds the bytes; empty: files below the data directory
 * @param postgres the database; empty: a SQLite file below the data directory
 * @param connections to PostgreSQL, for reading and as many for writing
 * @param redirectFor how long an address is good that clients are sent to for a blob's bytes; empty:
 *     bytes come from the registry
 * @param unfinishedFor what is left unfinished in the bucket so long is removed
 */
public record StorageSettings(
    Optional<S3Address> s3,
    Optional<PostgresAddress> postgres,
    int connections,
    Optional<Duration> redirectFor,
    Duration unfinishedFor) {

  /** Files and SQLite. */
  public static final StorageSettings DEFAULT =
      new StorageSettings(
          Optional.empty(), Optional.empty(), 8, Optional.empty(), Duration.ofDays(7));

  private static final Setting<String> KIND =
      Setting.text(
          "registry.storage.kind",
          "files",
          "Where bytes are kept: files, below registry.data; s3.");
  private static final Setting<Optional<String>> BUCKET =
      Setting.optionalText("registry.storage.s3.bucket", "The bucket; it must exist.");
  private static final Setting<Optional<String>> ENDPOINT =
      Setting.optionalText(
          "registry.storage.s3.endpoint",
          "URL of the S3-speaking server, such as https://s3.example.org; AWS unless set.");
  private static final Setting<Optional<String>> REGION =
      Setting.optionalText(
          "registry.storage.s3.region",
          "Region; as the environment says, or us-east-1 at an endpoint of one's own.");
  private static final Setting<String> PREFIX =
      Setting.text(
          "registry.storage.s3.prefix",
          "",
          "What all names in the bucket begin with, such as registry/; one for each registry.");
  private static final Setting<Optional<String>> PATH_STYLE =
      Setting.optionalText(
          "registry.storage.s3.path-style",
          "true: the bucket's name is in the path of URLs, false: in their host; true where an"
              + " endpoint is set.");
  private static final Setting<Optional<String>> ACCESS_KEY =
      Setting.optionalText(
          "registry.storage.s3.access-key",
          "Access key; AWS's default chain (environment, profile, web identity, instance) unless"
              + " set.");
  private static final Setting<Optional<String>> SECRET_KEY =
      Setting.optionalText(
          "registry.storage.s3.secret-key",
          "Secret of the access key; better in registry.storage.s3.secret-key-file.");
  private static final Setting<Optional<String>> SECRET_KEY_FILE =
      Setting.optionalText(
          "registry.storage.s3.secret-key-file", "File that holds the secret of the access key.");
  private static final Setting<Optional<String>> SESSION_TOKEN =
      Setting.optionalText(
          "registry.storage.s3.session-token",
          "Token that goes with a key that is lent for a time; better in"
              + " registry.storage.s3.session-token-file.");
  private static final Setting<Optional<String>> SESSION_TOKEN_FILE =
      Setting.optionalText(
          "registry.storage.s3.session-token-file",
          "File that holds the token, read at the start.");
  private static final Setting<Optional<String>> CA_FILE =
      Setting.optionalText(
          "registry.storage.s3.ca-file",
          "PEM file of the authorities that the server's certificate is checked against; Java's"
              + " own unless set.");
  private static final Setting<Optional<String>> PART_SIZE =
      Setting.optionalText(
          "registry.storage.s3.part-size",
          "Size of all parts of an object, 5 MiB to 512 MiB, for servers that want equal ones;"
              + " they grow with the object from 8 MiB unless set.");
  private static final Setting<String> ENCRYPTION =
      Setting.text(
          "registry.storage.s3.encryption",
          "bucket",
          "Encryption asked for: bucket (as it is set there), s3 (SSE-S3), kms (SSE-KMS).");
  private static final Setting<Optional<String>> KMS_KEY =
      Setting.optionalText(
          "registry.storage.s3.kms-key", "Key for SSE-KMS; the account's own unless set.");
  private static final Setting<Duration> ANSWER =
      Setting.duration(
          "registry.storage.s3.timeout",
          S3Address.Limits.DEFAULT.answerMax(),
          "The longest silence of the S3 server.");
  private static final Setting<Integer> ATTEMPTS =
      Setting.number(
          "registry.storage.s3.attempts",
          S3Address.Limits.DEFAULT.attemptsMax(),
          1,
          20,
          "How often a request to S3 is made that fails, with growing waits in between.");
  private static final Setting<Duration> UNFINISHED =
      Setting.duration(
          "registry.storage.s3.unfinished-for",
          DEFAULT.unfinishedFor(),
          "What crashes left unfinished in the bucket is removed after so long.");
  private static final Setting<Boolean> REDIRECT =
      Setting.flag(
          "registry.storage.redirect",
          false,
          "Sends clients to S3 for the bytes of blobs, by presigned addresses.");
  private static final Setting<Duration> REDIRECT_FOR =
      Setting.duration(
          "registry.storage.redirect-for",
          Duration.ofMinutes(20),
          "How long such an address is good; the collector deletes nothing sooner.");
  private static final Setting<Optional<String>> URL =
      Setting.optionalText(
          "registry.database.url",
          "PostgreSQL, such as jdbc:postgresql://db.example.org/registry; a SQLite file below"
              + " registry.data unless set.");
  private static final Setting<Optional<String>> USER =
      Setting.optionalText("registry.database.user", "User of PostgreSQL.");
  private static final Setting<Optional<String>> PASSWORD =
      Setting.optionalText(
          "registry.database.password", "Its password; better in registry.database.password-file.");
  private static final Setting<Optional<String>> PASSWORD_FILE =
      Setting.optionalText("registry.database.password-file", "File that holds the password.");
  private static final Setting<Integer> CONNECTIONS =
      Setting.number(
          "registry.database.connections",
          DEFAULT.connections(),
          1,
          100,
          "Connections to PostgreSQL for reading, and as many for writing.");

  /** All of them, for {@link Settings#load}. */
  public static final List<Setting<?>> ALL =
      List.of(
          KIND,
          BUCKET,
          ENDPOINT,
          REGION,
          PREFIX,
          PATH_STYLE,
          ACCESS_KEY,
          SECRET_KEY,
          SECRET_KEY_FILE,
          SESSION_TOKEN,
          SESSION_TOKEN_FILE,
          CA_FILE,
          PART_SIZE,
          ENCRYPTION,
          KMS_KEY,
          ANSWER,
          ATTEMPTS,
          UNFINISHED,
          REDIRECT,
          REDIRECT_FOR,
          URL,
          USER,
          PASSWORD,
          PASSWORD_FILE,
          CONNECTIONS);

  /** S3 signs no address for longer. */
  private static final Duration REDIRECT_MAX = Duration.ofDays(7);

  public StorageSettings {
    redirectFor.ifPresent(life -> {
      if (!life.isPositive() || life.compareTo(REDIRECT_MAX) > 0) {
        throw new IllegalArgumentException(
            "registry.storage.redirect-for is %s; it must be positive and 7 days at most"
                .formatted(Durations.format(life)));
      }
    });
    if (!unfinishedFor.isPositive()) {
      throw new IllegalArgumentException(
          "registry.storage.s3.unfinished-for is %s; it must be positive"
              .formatted(Durations.format(unfinishedFor)));
    }
  }

  /** Reads them; throws {@link IllegalArgumentException} with a sentence if they make no sense. */
  public static StorageSettings from(Settings settings) {
    Optional<S3Address> s3 =
        switch (settings.get(KIND)) {
          case "files" -> noS3(settings);
          case "s3" -> Optional.of(s3(settings));
          default ->
              throw new IllegalArgumentException(
                  "registry.storage.kind is \"%s\"; it must be files or s3"
                      .formatted(settings.get(KIND)));
        };
    if (settings.get(REDIRECT) && s3.isEmpty()) {
      throw new IllegalArgumentException(
          "registry.storage.redirect needs registry.storage.kind: s3");
    }
    if (!settings.get(REDIRECT)) {
      refuseOthers("registry.storage.redirect-for", "registry.storage.redirect is not", settings);
    }
    return new StorageSettings(
        s3,
        postgres(settings),
        settings.get(CONNECTIONS),
        settings.get(REDIRECT) ? Optional.of(settings.get(REDIRECT_FOR)) : Optional.empty(),
        settings.get(UNFINISHED));
  }

  private static Optional<S3Address> noS3(Settings settings) {
    refuseOthers("registry.storage.s3.", "registry.storage.kind is files; it must be s3", settings);
    return Optional.empty();
  }

  /** What is set and would be left out of account: somebody believes that it is in force. */
  private static void refuseOthers(String begin, String reason, Settings settings) {
    for (Setting<?> setting : ALL) {
      if (setting.key().startsWith(begin)
          && !settings.get(setting).equals(setting.defaultValue())) {
        throw new IllegalArgumentException("%s is set, and %s".formatted(setting.key(), reason));
      }
    }
  }

  private static Optional<PostgresAddress> postgres(Settings settings) {
    Optional<String> url = settings.get(URL);
    if (url.isEmpty()) {
      refuseOthers("registry.database.", "registry.database.url is not", settings);
      return Optional.empty();
    }
    Optional<String> password =
        SecretText.of(
            "registry.database.password", settings.get(PASSWORD), settings.get(PASSWORD_FILE));
    return Optional.of(
        about(
            "registry.database.url",
            () -> new PostgresAddress(url.get(), settings.get(USER), password)));
  }

  /** Says which setting a refusal is about. */
  private static <T> T about(String key, Supplier<T> reading) {
    try {
      return reading.get();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("%s: %s".formatted(key, e.getMessage()), e);
    }
  }

  private static URI endpoint(String text) {
    if (!text.startsWith("http://") && !text.startsWith("https://")) {
      throw new IllegalArgumentException(
          "registry.storage.s3.endpoint is \"%s\"; it must begin with http:// or https://"
              .formatted(text));
    }
    return about("registry.storage.s3.endpoint", () -> URI.create(text));
  }

  private static S3Address s3(Settings settings) {
    Optional<URI> endpoint = settings.get(ENDPOINT).map(StorageSettings::endpoint);
    Optional<String> secretKey =
        SecretText.of(
            "registry.storage.s3.secret-key",
            settings.get(SECRET_KEY),
            settings.get(SECRET_KEY_FILE));
    if (settings.get(ACCESS_KEY).isPresent() != secretKey.isPresent()) {
      throw new IllegalArgumentException(
          "registry.storage.s3.access-key and registry.storage.s3.secret-key go together");
    }
    Optional<String> sessionToken =
        SecretText.of(
            "registry.storage.s3.session-token",
            settings.get(SESSION_TOKEN),
            settings.get(SESSION_TOKEN_FILE));
    if (sessionToken.isPresent() && secretKey.isEmpty()) {
      throw new IllegalArgumentException(
          "registry.storage.s3.session-token needs registry.storage.s3.access-key");
    }
    boolean pathStyle =
        settings
            .get(PATH_STYLE)
            .map(text -> flag("registry.storage.s3.path-style", text))
            .orElse(endpoint.isPresent());
    String bucket =
        settings
            .get(BUCKET)
            .orElseThrow(() ->
                new IllegalArgumentException(
                    "registry.storage.kind is s3; registry.storage.s3.bucket must be set"));
    S3Address.Encryption encryption = encryption(settings);
    S3Address.Needs needs = needs(settings, endpoint);
    return about(
        "registry.storage.s3",
        () ->
            new S3Address(
                bucket,
                endpoint,
                settings.get(REGION),
                settings.get(PREFIX),
                pathStyle ? S3Address.NameStyle.PATH : S3Address.NameStyle.HOST,
                secretKey.map(key ->
                    new S3Address.Credentials(
                        settings.get(ACCESS_KEY).orElse(""), key, sessionToken)),
                encryption,
                needs,
                new S3Address.Limits(settings.get(ANSWER), settings.get(ATTEMPTS))));
  }

  private static S3Address.Needs needs(Settings settings, Optional<URI> endpoint) {
    boolean encrypted = endpoint.map(at -> "https".equals(at.getScheme())).orElse(true);
    if (settings.get(CA_FILE).isPresent() && !encrypted) {
      throw new IllegalArgumentException(
          "registry.storage.s3.ca-file is set, and registry.storage.s3.endpoint is not https");
    }
    OptionalLong equalParts =
        settings
            .get(PART_SIZE)
            .map(text -> OptionalLong.of(partBytes(text)))
            .orElse(OptionalLong.empty());
    return about(
        "registry.storage.s3.part-size",
        () -> new S3Address.Needs(settings.get(CA_FILE).map(Path::of), equalParts));
  }

  private static long partBytes(String text) {
    try {
      return ByteSize.parse(text).bytes();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "registry.storage.s3.part-size is \"%s\": %s".formatted(text, e.getMessage()), e);
    }
  }

  private static S3Address.Encryption encryption(Settings settings) {
    if (settings.get(KMS_KEY).isPresent() && !settings.get(ENCRYPTION).equals("kms")) {
      throw new IllegalArgumentException(
          "registry.storage.s3.kms-key needs registry.storage.s3.encryption: kms");
    }
    return switch (settings.get(ENCRYPTION)) {
      case "bucket" -> new S3Address.Encryption.AsTheBucket();
      case "s3" -> new S3Address.Encryption.ServerKeys();
      case "kms" -> new S3Address.Encryption.KeyService(settings.get(KMS_KEY));
      default ->
          throw new IllegalArgumentException(
              "registry.storage.s3.encryption is \"%s\"; it must be bucket, s3 or kms"
                  .formatted(settings.get(ENCRYPTION)));
    };
  }

  private static boolean flag(String key, String text) {
    return switch (text.strip().toLowerCase(Locale.ROOT)) {
      case "true", "yes", "on" -> true;
      case "false", "no", "off" -> false;
      default ->
          throw new IllegalArgumentException(
              "%s is \"%s\"; it must be true or false".formatted(key, text));
    };
  }
}
