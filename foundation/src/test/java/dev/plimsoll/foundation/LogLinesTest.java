package dev.plimsoll.foundation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.foundation.log.LogContext;
import dev.plimsoll.foundation.log.Logging;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The log as its readers get it, on standard error. */
class LogLinesTest {
  private static final Logger log = LoggerFactory.getLogger("dev.plimsoll.some.Thing");

  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private final PrintStream before = System.err;

  @BeforeEach
  void catchIt() {
    System.setErr(new PrintStream(written, true, UTF_8));
    Logging.toStandardError();
  }

  @AfterEach
  void giveItBack() {
    System.setErr(before);
    Logging.quiet();
  }

  private String text() {
    return written.toString(UTF_8);
  }

  @Test
  void anEventIsALine() {
    log.info("blob stored digest={} bytes={}", "sha256:ab", 7);
    log.warn("{} of {} is short", "this", "that");

    assertThat(text())
        .matches(
            "20..-..-..T..:..:..\\....Z INFO  Thing blob stored digest=sha256:ab bytes=7\n"
                + "20..-..-..T..:..:..\\....Z WARN  Thing this of that is short\n");
  }

  @Test
  void valuesWithBlanksStandInQuotes() {
    log.info("stale tag={} reason={} by={}", "1", "it said \"no\" to \\us", "");

    assertThat(text()).endsWith("stale tag=1 reason=\"it said \\\"no\\\" to \\\\us\" by=\"\"\n");
  }

  @Test
  void nobodysTextBeginsALine() {
    String forged = "x\n2026-01-01T00:00:00.000Z INFO Thing all is well\u001b[2J\u2028\r\t\u202e";

    log.warn("stale reason={}", forged);
    log.warn("not read: {}", forged);
    log.warn("not read: " + forged);
    log.warn("failed", new IOException(forged, new IllegalStateException(forged)));

    assertThat(text().lines())
        .filteredOn(line -> !line.startsWith("\tat "))
        .hasSize(6)
        .allMatch(line -> line.contains("x\\n2026") || line.endsWith("failed"));
    assertThat(text()).doesNotContain("\u001b", "\u2028", "\r", "\u202e");
    assertThat(text()).contains("\\u001b[2J\\u2028\\r\\t\\u202e", "\nCaused by: java.lang.Illegal");
  }

  @Test
  void whatIsDoneForARequestSaysSo() {
    ScopedValue.where(LogContext.REQUEST, "r-7")
        .run(() -> {
          log.info("blob stored digest={}", "sha256:ab");
          log.warn("refused request={}", "r-7");
        });
    log.info("collected");

    assertThat(text().lines().map(line -> line.substring(25)))
        .containsExactly(
            "INFO  Thing blob stored digest=sha256:ab request=r-7",
            "WARN  Thing refused request=r-7",
            "INFO  Thing collected");
  }
}
