package dev.plimsoll.registry.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.foundation.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WebhookSettingsTest {
  @TempDir private Path directory;

  private static WebhookSettings read(Map<String, String> keys) {
    Map<String, String> flags = new HashMap<>();
    keys.forEach((key, text) -> flags.put("registry.webhook." + key, text));
    return WebhookSettings.from(
        Settings.load(Optional.empty(), Map.of(), flags, WebhookSettings.ALL));
  }

  @Test
  void aWebhookHasANameAndIsToldOfEverythingUnlessToldOtherwise() {
    Webhook ci = read(Map.of("ci.url", "https://example.org/hook")).webhooks().getFirst();

    assertThat(ci.name()).isEqualTo("ci");
    assertThat(ci.timeout()).isEqualTo(Duration.ofSeconds(10));
    assertThat(ci.wants(EventType.TAG_MOVED, "team/app")).isTrue();
    assertThat(ci.wants(EventType.ADMINISTERED, "")).isTrue();
  }

  @Test
  void patternsOfEventsAndRepositoriesBothHaveToMatch() {
    Webhook ci =
        read(Map.of(
                "ci.url",
                "http://localhost:1",
                "ci.events",
                "tag.*, dev.plimsoll.registry.manifest.pushed",
                "ci.repositories",
                "team/**"))
            .webhooks()
            .getFirst();

    assertThat(ci.wants(EventType.TAG_DELETED, "team/app")).isTrue();
    assertThat(ci.wants(EventType.MANIFEST_PUSHED, "team/a/b")).isTrue();
    assertThat(ci.wants(EventType.MANIFEST_DELETED, "team/app")).isFalse();
    assertThat(ci.wants(EventType.TAG_MOVED, "other")).isFalse();
    assertThat(ci.wants(EventType.ADMINISTERED, "")).isFalse();
  }

  @Test
  void theSecretMayBeInAFile() throws IOException {
    Path file = Files.writeString(directory.resolve("secret"), "from the file\n");

    WebhookSettings settings =
        read(Map.of("ci.url", "http://localhost:1", "ci.secret-file", file.toString()));

    assertThat(settings.webhooks().getFirst().secret()).contains("from the file");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ci.url=ftp://example.org/ | registry.webhook.ci.url must begin with http:// or https://",
        "ci.url=http:///path | registry.webhook.ci.url must begin with http:// or https://",
        "ci.url=http://a:hunter2@exa mple.org/ | registry.webhook.ci.url is no address",
        "ci.timeout=3s | registry.webhook.ci.url is not set",
        "ci.url=http://a,ci.timeout=0s | registry.webhook.ci.timeout is PT0S",
        "ci.url=http://a,ci.timeout=1h | at most 5m",
        "ci.url=http://a,ci.secret=hunter2,ci.secret-file=/x |"
            + " registry.webhook.ci.secret and registry.webhook.ci.secret-file are both set",
        "ci.url=http://a,ci.secret-file=/none | names /none, which cannot be read",
        "ci.url=http://a,ci.secret= | registry.webhook.ci.secret is empty",
        "ci.url=http://a,ci.events=tag.pulled | \"tag.pulled\", which is none of: manifest.pushed",
        "ci.url=http://a,ci.events=tag moved | registry.webhook.ci.events: \"tag moved\" is no",
        "ci.url=http://a,ci.repositories=a b | registry.webhook.ci.repositories: \"a b\" is no",
        "max-age=0s | registry.webhook.max-age is PT0S; it must be positive",
        "retry-most=10ms | registry.webhook.retry-most is PT0.01S, less than",
        "queue=0 | registry.webhook.queue cannot be \"0\"",
      })
  void aMistakeStopsTheStartWithItsKeyAndWithoutASecret(String keys, String sentence) {
    Map<String, String> map = new HashMap<>();
    for (String pair : keys.split(",")) {
      map.put(pair.substring(0, pair.indexOf('=')), pair.substring(pair.indexOf('=') + 1));
    }

    assertThatThrownBy(() -> read(map))
        .isInstanceOf(RuntimeException.class)
        .hasMessageContaining(sentence)
        .hasMessageNotContaining("hunter2");
  }

  @Test
  void nothingThatMayBeSecretIsInItsText() {
    Webhook ci =
        read(Map.of(
                "ci.url",
                "https://ada:hunter2@example.org/T0/hunter3?t=hunter4",
                "ci.secret",
                "hunter5"))
            .webhooks()
            .getFirst();

    assertThat(ci).hasToString("webhook ci to https://example.org");
    assertThat(ci.place()).isEqualTo("https://example.org");
  }
}
