package dev.plimsoll.registry.event;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.database.Database;
import dev.plimsoll.database.DatabaseLimits;
import dev.plimsoll.database.PostgresServer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class PostgresCourierTest extends CourierContract {
  private static Database database;

  @BeforeAll
  static void connect() throws IOException {
    database =
        Database.connect(PostgresServer.shared().schema(), "db/registry", DatabaseLimits.DEFAULT);
  }

  @AfterAll
  static void close() throws IOException {
    database.close();
  }

  @Override
  Database empty() throws IOException {
    database.write(h -> {
      for (String table : List.of("webhook_events", "webhooks", "repositories")) {
        h.execute("DELETE FROM " + table);
      }
      return true;
    });
    return database;
  }

  @Test
  void ofTwoReplicasOneSendsUntilItIsGone() throws Exception {
    Courier one = one();
    Courier other = another();
    one.turn();
    tell("a");

    other.turn();
    assertThat(received()).isEmpty();
    one.turn();
    assertThat(received()).containsExactly("a");

    tell("b");
    pass(Duration.ofSeconds(34));
    other.turn();
    assertThat(received()).containsExactly("a", "b");
    one.turn(); // it was only asleep, and is the sender no more
    tell("c");
    one.turn();
    assertThat(received()).containsExactly("a", "b");
  }

  @Test
  void whatIsToBeResentAtOnceIsAlsoWhenAnotherReplicaWasAsked() throws Exception {
    Courier one = one();
    answer(new Delivery.Answer.Unreachable("no"));
    tell("a");
    one.turn();
    answer(new Delivery.Answer.Taken(204));
    one.turn();
    assertThat(received()).isEmpty();

    another().hurry();
    one.turn();

    assertThat(received()).containsExactly("a");
  }

  @Test
  void whoLeavesIsFollowedAtOnce() throws Exception {
    Courier one = one();
    one.turn();
    tell("a");

    one.leave();
    another().turn();

    assertThat(received()).containsExactly("a");
  }
}
