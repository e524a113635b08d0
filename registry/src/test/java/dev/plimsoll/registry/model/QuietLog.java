package dev.plimsoll.registry.model;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.slf4j.LoggerFactory;

/** Power cuts and jumping clocks are what the registry warns of, and here are thousands. */
abstract class QuietLog {
  private static final Logger LOG = (Logger) LoggerFactory.getLogger("dev.plimsoll.registry");

  @BeforeAll
  static void keepQuiet() {
    LOG.setLevel(Level.ERROR);
  }

  @AfterAll
  static void speakAgain() {
    LOG.setLevel(null);
  }
}
