package dev.plimsoll.registry.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import dev.plimsoll.registry.repository.Transactions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys that tokens are signed with. The private one is in a file that only the registry's user
 * can read, and lives a month; public ones are in the database, so that replicas know each other's
 * tokens. Safe for many threads.
 */
final class SigningKeys {
  private static final Logger log = LoggerFactory.getLogger(SigningKeys.class);
  static final Duration LIFE = Duration.ofDays(30);

  /** How long after its last signature a key is still known. */
  private static final Duration KNOWN_AFTER = Duration.ofHours(2);

  /** An unknown key's name makes us look into the database no more often than this. */
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(5);

  /** A key that could not be saved is tried again after this. */
  private static final Duration BETWEEN_TRIES = Duration.ofMinutes(1);

  private final Path file;
  private final Transactions transactions;
  private final InstantSource clock;
  private final Map<String, ECKey> known = new HashMap<>();
  private Instant lookedAt = Instant.EPOCH;
  private @Nullable ECKey current;
  private boolean unsaved;
  private Instant triedAt = Instant.EPOCH;

  SigningKeys(Path file, Transactions transactions, InstantSource clock) {
    this.file = file;
    this.transactions = transactions;
    this.clock = clock;
  }

  /**
   * The key to sign with now; made, and made known, if there is none that is young enough. Where the
   * disk takes nothing, it is good for as long as this process runs, and saved later: who pulls needs
   * a token also then.
   */
  synchronized ECKey current() throws IOException {
    ECKey key = current == null ? read() : current;
    if (key == null || tooOld(key)) {
      key = generate();
      unsaved = true;
      triedAt = Instant.EPOCH;
    }
    if (unsaved && !triedAt.plus(BETWEEN_TRIES).isAfter(clock.instant())) {
      save(key);
    }
    current = key;
    return key;
  }

  /** The public key of that name. */
  synchronized Optional<ECKey> find(String id) throws IOException {
    ECKey signing = current;
    if (signing != null && signing.getKeyID().equals(id)) {
      return Optional.of(signing.toPublicJWK());
    }
    ECKey key = known.get(id);
    Instant now = clock.instant();
    if (key == null && !lookedAt.plus(BETWEEN_LOOKS).isAfter(now)) {
      lookedAt = now;
      known.clear();
      known.putAll(published(now));
      key = known.get(id);
    }
    return Optional.ofNullable(key);
  }

  private boolean tooOld(ECKey key) {
    Date issued = key.getIssueTime();
    return issued == null || !issued.toInstant().plus(LIFE).isAfter(clock.instant());
  }

  private Map<String, ECKey> published(Instant now) throws IOException {
    return transactions.read(h ->
        h.createQuery("SELECT id, public_key FROM token_keys WHERE valid_until > :now")
            .bind("now", now.toEpochMilli())
            .map((rs, ctx) -> Map.entry(rs.getString("id"), parse(rs.getString("public_key"))))
            .collectToMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  private ECKey generate() throws IOException {
    try {
      return new ECKeyGenerator(Curve.P_256)
          .keyID(UUID.randomUUID().toString())
          .issueTime(Date.from(clock.instant()))
          .generate();
    } catch (JOSEException e) {
      throw new IOException("making a key for tokens", e);
    }
  }

  /** Public half first: a token that other replicas cannot check must not exist. */
  private void save(ECKey key) throws IOException {
    triedAt = clock.instant();
    try {
      publish(key, triedAt);
    } catch (IOException e) {
      if (transactions.shared()) {
        throw e;
      }
      log.warn(
          "token key not saved, good until the registry ends id={}: {}",
          key.getKeyID(),
          e.getMessage());
      return;
    }
    try {
      write(key);
      unsaved = false;
      log.info("token key made id={}", key.getKeyID());
    } catch (IOException e) {
      log.warn(
          "token key not saved, good until the registry ends id={}: {}",
          key.getKeyID(),
          e.getMessage());
    }
  }

  private void publish(ECKey key, Instant now) throws IOException {
    String published = key.toPublicJWK().toJSONString();
    transactions.write(h -> {
      h.createUpdate("DELETE FROM token_keys WHERE valid_until <= :now")
          .bind("now", now.toEpochMilli())
          .execute();
      return h.createUpdate(
              """
              INSERT INTO token_keys (id, public_key, valid_until)
              VALUES (:id, :key, :until) ON CONFLICT (id) DO NOTHING
              """)
          .bind("id", key.getKeyID())
          .bind("key", published)
          .bind("until", now.plus(LIFE).plus(KNOWN_AFTER).toEpochMilli())
          .execute();
    });
  }

  private @Nullable ECKey read() throws IOException {
    if (!Files.exists(file)) {
      return null;
    }
    try {
      ECKey key = ECKey.parse(Files.readString(file));
      // After a restore of an older database nobody would know it.
      return key.isPrivate() && published(clock.instant()).containsKey(key.getKeyID()) ? key : null;
    } catch (ParseException e) {
      log.warn("token key cannot be read, a new one is made file={}", file);
      return null;
    }
  }

  private void write(ECKey key) throws IOException {
    Path directory = file.toAbsolutePath().getParent();
    if (directory == null) {
      throw new IOException("not a place for a key: " + file);
    }
    Files.createDirectories(directory);
    Path draft = directory.resolve("." + file.getFileName() + ".draft");
    Files.deleteIfExists(draft);
    var options = EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    var onlyMine =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    try (FileChannel channel = FileChannel.open(draft, options, onlyMine)) {
      ByteBuffer bytes = ByteBuffer.wrap(key.toJSONString().getBytes(StandardCharsets.US_ASCII));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static ECKey parse(String json) {
    try {
      return ECKey.parse(json);
    } catch (ParseException e) {
      throw new IllegalStateException("a key in token_keys cannot be read", e);
    }
  }
}
