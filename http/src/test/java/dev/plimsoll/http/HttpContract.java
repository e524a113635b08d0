package dev.plimsoll.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What the tests of the server have in common: each promise is examined on every kind of socket, through
 * our own types and raw bytes only.
 */
@ParameterizedClass
@EnumSource(TestServer.Kind.class)
@Timeout(value = 60, unit = TimeUnit.SECONDS)
abstract class HttpContract {
  static final Duration PATIENCE = Duration.ofSeconds(20);

  private final List<AutoCloseable> opened = new ArrayList<>();

  @Parameter TestServer.Kind kind = TestServer.Kind.TCP;

  TestServer start(Handler handler) throws IOException {
    return start(Limits.DEFAULT, handler);
  }

  TestServer start(Limits limits, Handler handler) throws IOException {
    TestServer server = new TestServer(kind, limits, handler);
    opened.add(server);
    return server;
  }

  RawClient connect(TestServer server) throws IOException {
    RawClient client = server.connect();
    opened.addFirst(client);
    return client;
  }

  /** Nothing is left of clients that are gone. */
  static void assertNobodyLeft(TestServer server) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> {
          assertThat(server.handlers()).as("handlers").isZero();
          assertThat(server.server.connections()).as("connections").isZero();
        });
  }

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable each : opened) {
      each.close();
    }
  }
}
