package dev.plimsoll.registry;

import dev.plimsoll.content.ContentStore;
import dev.plimsoll.content.FileContentStore;
import dev.plimsoll.content.LocalDisk;
import dev.plimsoll.content.s3.S3Address;
import dev.plimsoll.content.s3.S3ContentStore;
import dev.plimsoll.content.s3.S3Copies;
import dev.plimsoll.database.Database;
import dev.plimsoll.database.DatabaseCopies;
import dev.plimsoll.database.DatabaseLimits;
import dev.plimsoll.database.PostgresAddress;
import dev.plimsoll.foundation.Reserve;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Opens what the settings say. What is not set is not even loaded: AWS's and PostgreSQL's classes
 * would cost a registry on files a third of its start.
 */
final class Storage {
  static final String MIGRATIONS = "db/registry";

  private final Path root;
  private final StorageSettings settings;
  private final Reserve reserve;

  Storage(Path root, StorageSettings settings, Reserve reserve) {
    this.root = root;
    this.settings = settings;
    this.reserve = reserve;
  }

  Database database() throws IOException {
    Optional<PostgresAddress> postgres = settings.postgres();
    return postgres.isPresent()
        ? Database.connect(
            postgres.get(),
            MIGRATIONS,
            new DatabaseLimits(
                settings.connections(),
                DatabaseLimits.DEFAULT.queuedMax(),
                DatabaseLimits.DEFAULT.batchMax()))
        : Database.open(
            root.resolve("db").resolve("registry.db"), MIGRATIONS, reserve, DatabaseLimits.DEFAULT);
  }

  /** A copy of the database, brought up to this release's schema. */
  static Database draft(Path file) throws IOException {
    return Database.open(file, MIGRATIONS, Reserve.none(), DatabaseLimits.DEFAULT);
  }

  /** A store of its own for one kind of content; closed with {@code closer}. */
  ContentStore content(String kind, Closer closer) throws IOException {
    Optional<S3Address> s3 = settings.s3();
    return s3.isPresent()
        ? InS3.open(
            s3.get().under(kind),
            root.resolve("spool").resolve(kind),
            settings.redirectFor(),
            closer)
        : FileContentStore.open(root.resolve(kind), new LocalDisk(), reserve);
  }

  /** Copies of the database below the data directory, and in the bucket where bytes are there. */
  DatabaseCopies copies(Database database, Closer closer) throws IOException {
    Path directory = root.resolve("db").resolve("copies");
    Optional<S3Address> s3 = settings.s3();
    return s3.isPresent()
        ? new DatabaseCopies(database, directory, InS3.copies(s3.get().under("database"), closer))
        : new DatabaseCopies(database, directory);
  }

  /** Brings the copies of the database that are in the bucket into a directory. */
  void fetchCopies(Path directory) throws IOException {
    Optional<S3Address> s3 = settings.s3();
    if (s3.isPresent()) {
      InS3.fetchCopies(s3.get().under("database"), directory);
    }
  }

  /** Takes what is to be closed when the registry ends. */
  interface Closer {
    void add(AutoCloseable part);
  }

  /** In a class of its own, so that it is loaded only when it is used. */
  private static final class InS3 {
    static ContentStore open(
        S3Address address, Path spool, Optional<Duration> addressesFor, Closer closer)
        throws IOException {
      S3ContentStore store = S3ContentStore.open(address, spool, addressesFor);
      closer.add(store);
      return store;
    }

    static DatabaseCopies.Elsewhere copies(S3Address address, Closer closer) throws IOException {
      S3Copies copies = S3Copies.open(address, DatabaseCopies.COPIES_MAX);
      closer.add(copies);
      return copies::keep;
    }

    static void fetchCopies(S3Address address, Path directory) throws IOException {
      try (S3Copies copies = S3Copies.open(address, DatabaseCopies.COPIES_MAX)) {
        copies.fetch(directory);
      }
    }
  }
}
