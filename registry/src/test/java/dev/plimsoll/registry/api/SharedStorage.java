package dev.plimsoll.registry.api;

import dev.plimsoll.content.s3.S3Server;
import dev.plimsoll.database.PostgresAddress;
import dev.plimsoll.database.PostgresServer;
import dev.plimsoll.registry.StorageSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Storage that replicas share: a schema of PostgreSQL and a bucket. */
final class SharedStorage {
  private static final Map<Path, StorageSettings> OF_DIRECTORIES = new ConcurrentHashMap<>();

  private SharedStorage() {}

  /** Empty storage. */
  static StorageSettings create() {
    return on(PostgresServer.shared().schema(), Optional.empty());
  }

  /** The same as before for a data directory that was used before: what a restart finds. */
  static StorageSettings of(Path data) {
    return OF_DIRECTORIES.computeIfAbsent(data, _ -> create());
  }

  static StorageSettings on(PostgresAddress database, Optional<Duration> redirectFor) {
    return on(database, redirectFor, Duration.ofDays(7));
  }

  static StorageSettings on(
      PostgresAddress database, Optional<Duration> redirectFor, Duration unfinishedFor) {
    return new StorageSettings(
        Optional.of(S3Server.shared().bucket()),
        Optional.of(database),
        4,
        redirectFor,
        unfinishedFor);
  }
}
