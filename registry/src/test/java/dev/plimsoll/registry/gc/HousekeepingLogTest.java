package dev.plimsoll.registry.gc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.plimsoll.content.LocalDisk;
import dev.plimsoll.foundation.NoSpaceException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** How a turn that fails is told of. */
class HousekeepingLogTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final Logger log = (Logger) LoggerFactory.getLogger(Housekeeping.class);
  private final Heard heard = new Heard();

  @TempDir private Path directory;

  /** The log, for another thread to read. */
  private static final class Heard extends AppenderBase<ILoggingEvent> {
    final Queue<ILoggingEvent> events = new ConcurrentLinkedQueue<>();

    @Override
    protected void append(ILoggingEvent event) {
      events.add(event);
    }
  }

  @BeforeEach
  void listen() {
    heard.start();
    log.addAppender(heard);
  }

  @AfterEach
  void stop() {
    log.detachAppender(heard);
  }

  private ILoggingEvent warningAfter(IOException trouble) throws Exception {
    try (Bench bench = new Bench(directory, new LocalDisk(), START)) {
      Housekeeping housekeeping = bench.housekeeping(directory, Duration.ofMillis(10));
      housekeeping.measuring(_ -> {
        throw trouble;
      });
      housekeeping.start();
      try {
        await().until(() -> heard.events.stream().anyMatch(HousekeepingLogTest::isWarning));
      } finally {
        housekeeping.close();
      }
    }
    return heard.events.stream().filter(HousekeepingLogTest::isWarning).findFirst().orElseThrow();
  }

  private static boolean isWarning(ILoggingEvent event) {
    return event.getFormattedMessage().startsWith("housekeeping");
  }

  @Test
  void aFullDiskIsASentenceWithoutAStackTrace() throws Exception {
    ILoggingEvent event = warningAfter(new NoSpaceException("no space left for the database"));

    assertThat(event.getFormattedMessage())
        .contains("reason=no space left for the database; it goes on in ");
    assertThat(event.getThrowableProxy()).isNull();
  }

  @Test
  void otherTroubleKeepsItsStackTrace() throws Exception {
    assertThat(warningAfter(new IOException("the disk is gone")).getThrowableProxy()).isNotNull();
  }
}
