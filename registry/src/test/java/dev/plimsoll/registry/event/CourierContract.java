package dev.plimsoll.registry.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.database.Database;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.Json;
import dev.plimsoll.oci.Tag;
import dev.plimsoll.registry.auth.NamePattern;
import dev.plimsoll.registry.event.Delivery.Answer;
import dev.plimsoll.registry.repository.Change;
import dev.plimsoll.registry.repository.Changes;
import dev.plimsoll.registry.repository.Transactions;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What outbox and courier promise on every database; the receiver and the clock are the test's. */
abstract class CourierContract {
  private static final WebhookSettings SETTINGS =
      new WebhookSettings(
          List.of(hook("ci")),
          5,
          2,
          Duration.ofHours(1),
          Duration.ofSeconds(1),
          Duration.ofMinutes(1));

  private Outbox outbox;
  private Transactions transactions;
  private Instant now = Instant.parse("2026-03-01T00:00:00Z");
  private final List<String> received = new ArrayList<>();
  private final List<Instant> asked = new ArrayList<>();
  private final Map<String, Answer> answers = new HashMap<>();
  private final Map<String, Long> dropped = new HashMap<>();
  private Optional<Answer> always = Optional.empty();

  /** An empty one; whoever opened it closes it. */
  abstract Database empty() throws IOException;

  @BeforeEach
  void start() throws IOException {
    Database database = empty();
    outbox = new Outbox(Transactions.of(database), SETTINGS.webhooks(), "/here", () -> now);
    transactions = outbox.transactions();
    transactions.write(h -> {
      new WebhookRows().ensure(h, "ci");
      return h.createUpdate(
              "INSERT INTO repositories (id, name, created_at) VALUES (1, 'app', 0), (2, 'web', 0)")
          .execute();
    });
  }

  private static Webhook hook(String name) {
    return new Webhook(
        name,
        URI.create("http://localhost:1/"),
        Optional.empty(),
        List.of(NamePattern.EVERYTHING),
        List.of(NamePattern.EVERYTHING),
        Duration.ofSeconds(1));
  }

  private Courier courier(String sender) {
    return new Courier(
        SETTINGS.webhooks().getFirst(),
        SETTINGS,
        transactions,
        this::post,
        new WebhookCounts() {
          @Override
          public void begun(String webhook) {}

          @Override
          public void delivered(String webhook) {}

          @Override
          public void failed(String webhook) {}

          @Override
          public void dropped(String webhook, long events) {
            dropped.merge(webhook, events, Long::sum);
          }

          @Override
          public void discarded(String webhook, long events) {}
        },
        sender,
        new Random(1),
        () -> now);
  }

  private Answer post(Webhook webhook, byte[] body) {
    asked.add(now);
    String tag = Json.tree(body).path("data").path("tag").asString();
    Answer answer = always.orElse(answers.getOrDefault(tag, new Answer.Taken(204)));
    if (answer instanceof Answer.Taken) {
      received.add(tag);
    }
    return answer;
  }

  /** What a change of a tag does to the queue. */
  private void move(long repository, String tag) throws IOException {
    transactions.write(h -> {
      Changes.tell(moved(repository, tag));
      return true;
    });
  }

  private static Change moved(long repository, String tag) {
    return new Change.TagMoved(
        repository, new Tag(tag), Optional.empty(), Digest.sha256(tag.getBytes()), "ada");
  }

  private long count(WebhookRows.Standing standing) throws IOException {
    return transactions.read(h -> new WebhookRows().count(h, "ci", standing));
  }

  @Test
  void eventsAreSentInTheOrderOfTheChangesAndThenGone() throws Exception {
    move(1, "a");
    move(2, "b");
    move(1, "c");

    courier("one").turn();

    assertThat(received).containsExactly("a", "b", "c");
    assertThat(count(WebhookRows.Standing.WAITING)).isZero();
  }

  @Test
  void aChangeThatIsRolledBackTellsNothing() throws Exception {
    assertThatThrownBy(() ->
            transactions.write(h -> {
              Changes.tell(moved(1, "a"));
              throw new IOException("no");
            }))
        .hasMessage("no");

    assertThat(count(WebhookRows.Standing.WAITING)).isZero();
  }

  @Test
  void anEventIsWhatCloudEventsAsksFor() throws Exception {
    List<byte[]> bodies = new ArrayList<>();
    transactions.write(h -> {
      Changes.tell(moved(1, "a"));
      Changes.tell(new Change.Requested("ada", "10.0.0.1", "r1", "PUT /v2/app/manifests/a", ""));
      return true;
    });
    transactions.read(h -> bodies.add(new WebhookRows().due(h, "ci", now, 9).getFirst().body()));

    JsonNode event = Json.tree(bodies.getFirst());

    assertThat(event.path("specversion").asString()).isEqualTo("1.0");
    assertThat(event.path("type").asString()).isEqualTo("dev.plimsoll.registry.tag.moved");
    assertThat(event.path("source").asString()).isEqualTo("/here");
    assertThat(event.path("subject").asString()).isEqualTo("app:a");
    assertThat(event.path("time").asString()).isEqualTo("2026-03-01T00:00:00Z");
    assertThat(event.path("id").asString()).hasSize(36);
    assertThat(event.path("data").path("repository").asString()).isEqualTo("app");
    assertThat(event.path("data").path("request").path("id").asString()).isEqualTo("r1");
    assertThat(event.path("data").has("from")).isFalse();
    assertThat(count(WebhookRows.Standing.WAITING)).isEqualTo(1);
  }

  @Test
  void anEventThatIsRefusedHoldsUpItsRepositoryAlone() throws Exception {
    answers.put("a", new Answer.Refused("answered 400"));
    move(1, "a");
    move(1, "b");
    move(2, "c");
    Courier courier = courier("one");

    courier.turn();
    assertThat(received).containsExactly("c");
    courier.turn();
    assertThat(received).containsExactly("c");

    answers.clear();
    now = now.plusSeconds(2);
    courier.turn();
    assertThat(received).containsExactly("c", "a", "b");
  }

  @Test
  void aReceiverThatIsGoneIsAskedMoreAndMoreSeldom() throws Exception {
    always = Optional.of(new Answer.Unreachable("no"));
    move(1, "a");
    move(2, "b");
    Courier courier = courier("one");
    while (asked.size() < 10) {
      now = courier.turn();
    }

    for (int i = 0; i < 9; i++) {
      Duration whole = Duration.ofSeconds(Math.min(60, 1L << i));
      assertThat(Duration.between(asked.get(i), asked.get(i + 1)))
          .as("wait %d", i)
          .isBetween(whole.dividedBy(2), whole);
    }
    always = Optional.empty();
    now = now.plusSeconds(60);
    courier.turn();
    courier.turn();
    assertThat(received).containsExactly("a", "b");
  }

  @Test
  void whatIsTooOldIsGivenUpAndCanBeSentAgain() throws Exception {
    answers.put("a", new Answer.Refused("answered 400"));
    move(1, "a");
    move(1, "b");
    Courier courier = courier("one");
    courier.turn();
    now = now.plus(Duration.ofHours(2));

    courier.turn();
    courier.turn();

    assertThat(received).containsExactly("b");
    assertThat(count(WebhookRows.Standing.DEAD)).isEqualTo(1);
    List<DeadEvent> dead =
        transactions.read(h -> new WebhookRows().dead(h, "ci", Long.MAX_VALUE, 9));
    assertThat(dead.getFirst().error()).isEqualTo("answered 400");
    assertThat(dead.getFirst().attempts()).isEqualTo(2);
    answers.clear();
    transactions.write(h -> new WebhookRows().revive(h, "ci", now));
    courier.turn();
    assertThat(received).containsExactly("b", "a");
  }

  @Test
  void ofAQueueThatIsFullTheOldestGo() throws Exception {
    always = Optional.of(new Answer.Unreachable("no"));
    Courier courier = courier("one");
    for (String tag : List.of("a", "b", "c", "d", "e", "f", "g")) {
      move(1, tag);
    }
    courier.turn();

    courier.trim();

    assertThat(count(WebhookRows.Standing.WAITING)).isEqualTo(5);
    assertThat(dropped).containsEntry("ci", 2L);
    always = Optional.empty();
    now = now.plusSeconds(60);
    courier.turn();
    assertThat(received).containsExactly("c", "d", "e", "f", "g");
  }

  @Test
  void aTransactionThatDoesVeryMuchIsToldInShort() throws Exception {
    transactions.write(h -> {
      for (int i = 0; i < 1500; i++) {
        Changes.tell(moved(1, "t" + i));
      }
      return true;
    });

    assertThat(count(WebhookRows.Standing.WAITING)).isEqualTo(1001);
  }

  @Test
  void whatARequestDidThatNothingElseTellsIsToldAsItsAction() throws Exception {
    transactions.write(h -> {
      Changes.tell(new Change.Requested("ada", "-", "r1", "POST /plimsoll/v1/users", "user bob"));
      return true;
    });
    List<String> types = new ArrayList<>();

    transactions.read(h -> types.add(new WebhookRows().due(h, "ci", now, 9).getFirst().type()));

    assertThat(types).containsExactly("dev.plimsoll.registry.administered");
  }

  @Test
  void eventsOfAWebhookThatNobodyHasAnyMoreAreForgottenOnceTheyAreOld() throws Exception {
    move(1, "a");
    WebhookRows rows = new WebhookRows();

    assertThat((boolean) transactions.read(h -> rows.anyStrangers(h, List.of("ci")))).isFalse();
    assertThat((boolean) transactions.read(h -> rows.anyStrangers(h, List.of()))).isTrue();
    transactions.write(h -> {
      rows.forgetStrangers(h, List.of("other"), now);
      return true;
    });
    assertThat(count(WebhookRows.Standing.WAITING)).isEqualTo(1);
    transactions.write(h -> {
      rows.forgetStrangers(h, List.of("other"), now.plusMillis(1));
      return true;
    });
    assertThat(count(WebhookRows.Standing.WAITING)).isZero();
  }

  void answer(Answer answer) {
    always = Optional.of(answer);
  }

  Courier another() {
    return courier("other");
  }

  Courier one() {
    return courier("one");
  }

  void pass(Duration time) {
    now = now.plus(time);
  }

  void tell(String tag) throws IOException {
    move(1, tag);
  }

  List<String> received() {
    return received;
  }
}
