package dev.plimsoll.registry.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.content.s3.S3Address;
import dev.plimsoll.content.s3.S3Server;
import dev.plimsoll.database.Database;
import dev.plimsoll.database.DatabaseLimits;
import dev.plimsoll.database.PostgresAddress;
import dev.plimsoll.database.PostgresServer;
import dev.plimsoll.registry.RegistrySettings;
import dev.plimsoll.registry.StorageSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A database and the store of another registry: each would take the other's bytes for garbage. */
class StoreOwnerTest {
  @TempDir private Path data;

  private RegistrySettings on(
      String name, Optional<S3Address> bucket, Optional<PostgresAddress> database) {
    return RegistrySettings.in(data.resolve(name))
        .withStorage(
            new StorageSettings(bucket, database, 4, Optional.empty(), Duration.ofDays(7)));
  }

  private static void runs(RegistrySettings settings) throws Exception {
    try (Client client = Client.start(settings)) {
      assertThat(client.send("GET", "/v2/").status()).isEqualTo(200);
    }
  }

  @Test
  void twoDatabasesDoNotShareABucket() throws Exception {
    Optional<S3Address> bucket = Optional.of(S3Server.shared().bucket());
    RegistrySettings first = on("first", bucket, Optional.empty());
    RegistrySettings second = on("second", bucket, Optional.empty());
    try (Client client = Client.start(first)) {
      assertThatThrownBy(() -> Client.start(second))
          .isInstanceOf(IOException.class)
          .hasMessageContainingAll(
              "has the bytes of another registry",
              "a prefix or a bucket of its own",
              "registry.database.url",
              "/content/owner");
      client.image("app", "1", "content");
    }

    assertThatThrownBy(() -> Client.start(second)).isInstanceOf(IOException.class);
    runs(first);
  }

  @Test
  void aDatabaseDoesNotBeginInAnotherBucket() throws Exception {
    RegistrySettings right = on("one", Optional.of(S3Server.shared().bucket()), Optional.empty());
    RegistrySettings mistaken =
        on("one", Optional.of(S3Server.shared().bucket()), Optional.empty());
    runs(right);

    assertThatThrownBy(() -> Client.start(mistaken))
        .isInstanceOf(IOException.class)
        .hasMessageContainingAll("is not where the bytes of this registry are", "bucket, prefix");

    runs(right);
  }

  @Test
  void theFilesOfAnotherProcessAreNotThoseOfTheDatabase() throws Exception {
    Optional<PostgresAddress> database = Optional.of(PostgresServer.shared().schema());
    RegistrySettings first = on("first", Optional.empty(), database);
    RegistrySettings second = on("second", Optional.empty(), database);
    String sentence;
    try (Client _ = Client.start(first)) {
      sentence =
          assertThatThrownBy(() -> Client.start(second))
              .isInstanceOf(IOException.class)
              .hasMessageContaining("with files, one process serves a database")
              .actual()
              .getMessage();
    }

    Path owner = data.resolve("first/registry/content/owner");
    assertThat(sentence)
        .as("how to go on when they are lost")
        .contains(Files.readString(owner).strip());
    Files.copy(owner, data.resolve("second/registry/content/owner"));
    runs(second);
  }

  @Test
  void whatAKillLeftHalfMarkedIsGoneOnWith() throws Exception {
    PostgresAddress database = PostgresServer.shared().schema();
    RegistrySettings settings = on("first", Optional.empty(), Optional.of(database));
    Path owner = data.resolve("first/registry/content/owner");
    runs(settings);
    String name = Files.readString(owner);

    for (String leftBy :
        List.of(
            "UPDATE identity SET store_marked = 0", // after the database, before the store
            "UPDATE identity SET store_owner = NULL, store_marked = 0")) { // before either
      Files.delete(owner);
      try (Database rows = Database.connect(database, "db/registry", DatabaseLimits.DEFAULT)) {
        rows.write(h -> h.execute(leftBy));
      }
      runs(settings);
      assertThat(owner).exists();
    }

    assertThat(Files.readString(owner)).as("nobody had the first name").isNotEqualTo(name);
    runs(settings);
  }

  @Test
  void replicasThatBeginAtOnceAreOneRegistry() throws Exception {
    Optional<S3Address> bucket = Optional.of(S3Server.shared().bucket());
    Optional<PostgresAddress> database = Optional.of(PostgresServer.shared().schema());
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Void>> starts =
          threads.invokeAll(
              Stream.of("a", "b", "c")
                  .<Callable<Void>>map(name ->
                      () -> {
                        runs(on(name, bucket, database));
                        return null;
                      })
                  .toList());
      for (Future<Void> start : starts) {
        start.get();
      }
    }
  }
}
