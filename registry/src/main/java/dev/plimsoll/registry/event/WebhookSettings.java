package dev.plimsoll.registry.event;

import dev.plimsoll.foundation.settings.SecretText;
import dev.plimsoll.foundation.settings.Setting;
import dev.plimsoll.foundation.settings.Settings;
import dev.plimsoll.registry.auth.NamePattern;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Who is told of changes, and how hard it is tried.
 *
 * @param webhooks in the order of their names
 * @param queueMax events that wait for one webhook; the oldest give way to new ones
 * @param deadMax events that were given up and are kept for {@code resend}, of one webhook
 * @param ageMax an event is tried for so long
 * @param retryFirst the wait after a first failure; it doubles with each further one
 * @param retryMost and grows no longer than this
 */
public record WebhookSettings(
    List<Webhook> webhooks,
    int queueMax,
    int deadMax,
    Duration ageMax,
    Duration retryFirst,
    Duration retryMost) {
  /** Nobody is told. */
  public static final WebhookSettings NONE =
      new WebhookSettings(
          List.of(),
          10_000,
          1_000,
          Duration.ofDays(3),
          Duration.ofSeconds(1),
          Duration.ofMinutes(10));

  private static final int ROWS_MAX = 1_000_000;

  private static final Setting<Map<String, String>> URL =
      Setting.named(
          Setting.text(
              "registry.webhook.<name>.url",
              "",
              "Is told of changes, docs/registry/webhooks.md; <name> is of your choice."));
  private static final Setting<Map<String, String>> SECRET =
      Setting.named(
          Setting.text(
              "registry.webhook.<name>.secret",
              "",
              "Signs what is sent; better in registry.webhook.<name>.secret-file."));
  private static final Setting<Map<String, String>> SECRET_FILE =
      Setting.named(
          Setting.text("registry.webhook.<name>.secret-file", "", "File that holds the secret."));
  private static final Setting<Map<String, List<String>>> EVENTS =
      Setting.named(
          Setting.texts(
              "registry.webhook.<name>.events",
              "Which types of events, such as tag.*; all unless set."));
  private static final Setting<Map<String, List<String>>> REPOSITORIES =
      Setting.named(
          Setting.texts(
              "registry.webhook.<name>.repositories",
              "Which repositories, such as team/**; all unless set."));
  private static final Setting<Map<String, Duration>> TIMEOUT =
      Setting.named(
          Setting.duration(
              "registry.webhook.<name>.timeout",
              Webhook.TIMEOUT_DEFAULT,
              "How long one delivery may take; 10s unless set."));
  private static final Setting<Integer> QUEUE_MAX =
      Setting.number(
          "registry.webhook.queue",
          NONE.queueMax(),
          1,
          ROWS_MAX,
          "Events that wait for one webhook; the oldest are dropped for new ones.");
  private static final Setting<Integer> DEAD_MAX =
      Setting.number(
          "registry.webhook.dead",
          NONE.deadMax(),
          0,
          ROWS_MAX,
          "Events that were given up and can be sent again, of one webhook.");
  private static final Setting<Duration> AGE_MAX =
      Setting.duration(
          "registry.webhook.max-age", NONE.ageMax(), "How long an event is tried to be sent.");
  private static final Setting<Duration> RETRY_FIRST =
      Setting.duration(
          "registry.webhook.retry-first",
          NONE.retryFirst(),
          "Wait after a first delivery that failed; doubled by each further one.");
  private static final Setting<Duration> RETRY_MOST =
      Setting.duration(
          "registry.webhook.retry-most", NONE.retryMost(), "The longest wait between deliveries.");

  /** All settings of webhooks. */
  public static final List<Setting<?>> ALL =
      List.of(
          URL,
          SECRET,
          SECRET_FILE,
          EVENTS,
          REPOSITORIES,
          TIMEOUT,
          QUEUE_MAX,
          DEAD_MAX,
          AGE_MAX,
          RETRY_FIRST,
          RETRY_MOST);

  public WebhookSettings {
    webhooks = List.copyOf(webhooks);
    requirePositive("max-age", ageMax);
    requirePositive("retry-first", retryFirst);
    if (retryMost.compareTo(retryFirst) < 0) {
      throw new IllegalArgumentException(
          "registry.webhook.retry-most is %s, less than registry.webhook.retry-first, which is %s"
              .formatted(retryMost, retryFirst));
    }
  }

  /** Reads them; throws {@link IllegalArgumentException} with a sentence if they make no sense. */
  public static WebhookSettings from(Settings settings) {
    List<Webhook> webhooks = new ArrayList<>();
    for (String name : names(settings)) {
      webhooks.add(webhook(settings, name));
    }
    return new WebhookSettings(
        webhooks,
        settings.get(QUEUE_MAX),
        settings.get(DEAD_MAX),
        settings.get(AGE_MAX),
        settings.get(RETRY_FIRST),
        settings.get(RETRY_MOST));
  }

  private static TreeSet<String> names(Settings settings) {
    TreeSet<String> names = new TreeSet<>();
    for (Setting<? extends Map<String, ?>> setting :
        List.of(URL, SECRET, SECRET_FILE, EVENTS, REPOSITORIES, TIMEOUT)) {
      names.addAll(settings.get(setting).keySet());
    }
    return names;
  }

  private static Webhook webhook(Settings settings, String name) {
    String key = "registry.webhook." + name;
    String url = settings.get(URL).getOrDefault(name, "");
    if (url.isEmpty()) {
      throw new IllegalArgumentException(
          "%s.url is not set, but something else of %s is".formatted(key, key));
    }
    return new Webhook(
        name,
        uri(key + ".url", url),
        SecretText.of(
            key + ".secret",
            Optional.ofNullable(settings.get(SECRET).get(name)),
            Optional.ofNullable(settings.get(SECRET_FILE).get(name))),
        patterns(key + ".events", settings.get(EVENTS).getOrDefault(name, List.of())),
        patterns(key + ".repositories", settings.get(REPOSITORIES).getOrDefault(name, List.of())),
        settings.get(TIMEOUT).getOrDefault(name, Webhook.TIMEOUT_DEFAULT));
  }

  /** The text is in no message: it may hold a password. */
  private static URI uri(String key, String text) {
    try {
      return new URI(text);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(
          "%s is no address: %s at character %d"
              .formatted(key, e.getReason(), e.getIndex() + 1)); // without the cause, which has it
    }
  }

  private static List<NamePattern> patterns(String key, List<String> texts) {
    if (texts.isEmpty()) {
      return List.of(NamePattern.EVERYTHING);
    }
    List<NamePattern> patterns = new ArrayList<>();
    for (String text : texts) {
      try {
        patterns.add(
            NamePattern.parse(
                text.startsWith(EventType.PREFIX)
                    ? text.substring(EventType.PREFIX.length())
                    : text));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("%s: %s".formatted(key, e.getMessage()), e);
      }
    }
    return patterns;
  }

  private static void requirePositive(String key, Duration value) {
    if (!value.isPositive()) {
      throw new IllegalArgumentException(
          "registry.webhook.%s is %s; it must be positive".formatted(key, value));
    }
  }
}
