package dev.plimsoll.registry.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.plimsoll.foundation.NoSpaceException;
import dev.plimsoll.registry.repository.RegistryException.JobRefused;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** How a job that ends early is told of. */
class JobsTest {
  private final Logger log = (Logger) LoggerFactory.getLogger(Jobs.class);
  private final ListAppender<ILoggingEvent> written = new ListAppender<>();
  private final Jobs jobs = new Jobs(InstantSource.system());

  @BeforeEach
  void listen() {
    written.start();
    log.addAppender(written);
  }

  @AfterEach
  void stop() throws InterruptedException {
    jobs.close();
    log.detachAppender(written);
  }

  private ILoggingEvent logged(Jobs.Work work) {
    jobs.begin(Jobs.Kind.CHECK, work);
    await().until(() -> !jobs.inProgress(Jobs.Kind.CHECK));
    assertThat(written.list).hasSize(1);
    return written.list.getFirst();
  }

  @Test
  void aRefusalIsASentenceWithoutAStackTrace() {
    ILoggingEvent event =
        logged(progress -> {
          throw new JobRefused("/backup holds backups of another registry");
        });

    assertThat(event.getFormattedMessage())
        .contains("job refused", "/backup holds backups of another registry");
    assertThat(event.getThrowableProxy()).isNull();
    assertThat(jobs.status(Jobs.Kind.CHECK).flatMap(Jobs.Status::failure))
        .isEqualTo(Optional.of("/backup holds backups of another registry"));
  }

  @Test
  void aFullDiskIsASentenceWithoutAStackTrace() {
    ILoggingEvent event =
        logged(progress -> {
          throw new NoSpaceException("no space left for /backup");
        });

    assertThat(event.getFormattedMessage())
        .contains("job ended early", "no space left for /backup");
    assertThat(event.getThrowableProxy()).isNull();
    assertThat(jobs.status(Jobs.Kind.CHECK).flatMap(Jobs.Status::failure))
        .isEqualTo(Optional.of("no space left for /backup"));
  }

  @Test
  void troubleWithTheWorldKeepsItsStackTrace() {
    ILoggingEvent event =
        logged(progress -> {
          throw new IOException("the disk is gone");
        });

    assertThat(event.getFormattedMessage()).contains("job ended early");
    assertThat(event.getThrowableProxy()).isNotNull();
  }
}
