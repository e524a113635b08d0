package dev.plimsoll.registry.event;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.database.Database;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteCourierTest extends CourierContract {
  @TempDir private Path directory;

  private @Nullable Database database;

  @Override
  Database empty() throws IOException {
    Database opened = Database.open(directory.resolve("test.db"), "db/registry");
    database = opened;
    return opened;
  }

  @AfterEach
  void close() throws IOException {
    if (database != null) {
      database.close();
    }
  }

  @Test
  void aProcessThatWasKilledIsFollowedByTheNextAtOnce() throws Exception {
    one().turn();
    tell("a");

    another().turn();

    assertThat(received()).containsExactly("a");
  }
}
