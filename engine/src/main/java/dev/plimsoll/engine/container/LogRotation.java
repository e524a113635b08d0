package dev.plimsoll.engine.container;

import dev.plimsoll.engine.log.LogFiles;
import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns over the logs of running containers that have grown too large. */
final class LogRotation {
  private static final Logger log = LoggerFactory.getLogger(LogRotation.class);

  private final ContainerParts parts;

  LogRotation(ContainerParts parts) {
    this.parts = parts;
  }

  /** Looks at all containers once. */
  void turnLarge() {
    for (Container container : parts.names().all()) {
      try {
        turnIfLarge(container);
      } catch (IOException | RuntimeException e) {
        log.warn("log not turned over id={} cause={}", container.id(), e.getMessage());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private void turnIfLarge(Container container) throws IOException, InterruptedException {
    ContainerSnapshot now = container.snapshot();
    if (!now.alive() || now.settings().host().logConfig().type().equals("none")) {
      return;
    }
    LogLimits limits = parts.logs().with(now.settings().host().logConfig());
    var files = new LogFiles(parts.directory(now.id()).log());
    if (files.currentBytes() < limits.fileBytes()) {
      return;
    }
    container.locked(() -> {
      if (container.snapshot().alive()) {
        files.turn(limits.filesMax());
        parts.conmon().reopenLog(parts.bundle(now.id()));
        files.trim(limits.filesMax());
      }
      return Optional.empty();
    });
  }
}
