package dev.plimsoll.foundation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.foundation.log.LogContext;
import dev.plimsoll.foundation.log.LogFormat;
import dev.plimsoll.foundation.log.Logging;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The log as programs get it, with log.format: json. */
class JsonLogTest {
  private static final Logger log = LoggerFactory.getLogger("dev.plimsoll.some.Thing");
  private static final JsonMapper STRICT =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private final PrintStream before = System.err;

  @BeforeEach
  void catchIt() {
    System.setErr(new PrintStream(written, true, UTF_8));
    Logging.toStandardError(LogFormat.JSON);
  }

  @AfterEach
  void giveItBack() {
    System.setErr(before);
    Logging.quiet();
  }

  private List<JsonNode> events() {
    return written.toString(UTF_8).lines().map(STRICT::readTree).toList();
  }

  @Test
  void anEventIsAnObject() {
    log.info("blob stored digest={} bytes={} new={} by={}", "sha256:ab", 7L, true, null);

    assertThat(written.toString(UTF_8))
        .matches(
            "\\{\"time\":\"20..-..-..T..:..:..\\....Z\",\"level\":\"INFO\",\"logger\":\"Thing\","
                + "\"message\":\"blob stored\",\"digest\":\"sha256:ab\",\"bytes\":7,\"new\":true,"
                + "\"by\":\"null\"}\n");
  }

  @Test
  void wordsThatAreFilledInAreOfTheMessage() {
    log.warn("{} of {} is short", "this", "that");
    log.warn("not written waiting={}; tried again in {} s", 3, 60);
    log.warn("no space path={}: {}", "/v2/", "a=b");

    assertThat(events())
        .extracting(event -> event.path("message").asString())
        .containsExactly(
            "this of that is short", "not written; tried again in 60 s", "no space: a=b");
  }

  @Test
  void noMemberStandsThereTwice() {
    log.info("said level={} by={} by={}", "high", "ada", "bob");

    JsonNode event = events().getFirst();
    assertThat(event.path("level").asString()).isEqualTo("INFO");
    assertThat(event.path("level_").asString()).isEqualTo("high");
    assertThat(event.path("by").asString()).isEqualTo("ada");
    assertThat(event.path("by_").asString()).isEqualTo("bob");
  }

  @Test
  void whatIsDoneForARequestSaysSo() {
    ScopedValue.where(LogContext.REQUEST, "r-7").run(() -> log.info("blob stored"));

    assertThat(events().getFirst().path("request").asString()).isEqualTo("r-7");
  }

  @Test
  void anExceptionStaysInItsLine() {
    log.warn("failed", new IOException("first\nline", new IllegalStateException("why")));

    assertThat(events()).hasSize(1);
    assertThat(events().getFirst().path("exception").asString())
        .startsWith("java.io.IOException: first\nline\n\tat ")
        .contains("\nCaused by: java.lang.IllegalStateException: why\n");
  }

  @Test
  void everyCharacterComesBackAndNoneEndsTheLine() {
    StringBuilder all = new StringBuilder("\ud83d\ude00"); // a pair; halves follow
    for (int c = 0; c <= Character.MAX_VALUE; c++) {
      all.append((char) c).append('|');
    }
    log.info("said by={} {}", all, "x" + all);

    assertThat(events()).hasSize(1);
    JsonNode event = events().getFirst();
    String readable = all.toString().replaceAll("[\\ud800-\\udfff]", "\ufffd");
    assertThat(event.path("by").asString()).isEqualTo(readable);
    assertThat(event.path("message").asString()).isEqualTo("said x" + readable);
    assertThat(written.toString(UTF_8).substring(0, written.toString(UTF_8).length() - 1))
        .doesNotContain("\n", "\r", "\u2028", "\u001b", "\u202e");
  }

  @Test
  void aFormatThatIsNoneIsRefused() {
    assertThatThrownBy(() -> LogFormat.SETTING.parse().apply("xml"))
        .hasMessage("it is text or json");
  }
}
