package dev.plimsoll.registry.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.Json;
import dev.plimsoll.registry.RegistrySettings;
import dev.plimsoll.registry.api.Client.Reply;
import dev.plimsoll.registry.api.Receiver.Got;
import dev.plimsoll.registry.api.Receiver.Mood;
import dev.plimsoll.registry.auth.NamePattern;
import dev.plimsoll.registry.event.Webhook;
import dev.plimsoll.registry.event.WebhookSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/** A registry tells a receiver, which behaves in every way there is. */
class WebhooksApiTest {
  private static final Duration SOON = Duration.ofMillis(20);
  private static final String SECRET = "a secret";

  @TempDir private Path data;
  private Receiver receiver;
  private Client client;

  @BeforeEach
  void start() throws IOException {
    receiver = new Receiver();
    client = registry(10_000);
  }

  private Client registry(int queueMax) throws IOException {
    return registry(queueMax, Duration.ofDays(3));
  }

  private Client registry(int queueMax, Duration ageMax) throws IOException {
    return Client.start(RegistrySettings.in(data).withWebhooks(settings(queueMax, ageMax)));
  }

  private WebhookSettings settings(int queueMax, Duration ageMax) {
    return new WebhookSettings(
        List.of(
            new Webhook(
                "ci",
                URI.create("http://ada:pass@127.0.0.1:" + receiver.port() + "/hidden?key=hidden"),
                Optional.of(SECRET),
                List.of(NamePattern.EVERYTHING),
                List.of(NamePattern.EVERYTHING),
                Duration.ofSeconds(1))),
        queueMax,
        100,
        ageMax,
        SOON,
        SOON.multipliedBy(5));
  }

  @AfterEach
  void stop() throws IOException {
    client.close();
    receiver.close();
  }

  private static ConditionFactory soon() {
    return await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(10));
  }

  private void awaitKinds(String... kinds) {
    soon().untilAsserted(() -> assertThat(receiver.kinds()).containsExactly(kinds));
  }

  private String list() throws Exception {
    return client.send("GET", "/plimsoll/v1/webhooks").text();
  }

  @Test
  void everyKindOfChangeIsTold() throws Exception {
    byte[] manifest = client.image("app", "1", "first");
    String byDigest = "/v2/app/manifests/" + Digest.sha256(manifest);
    awaitKinds("manifest.pushed", "tag.moved");

    client.send("DELETE", "/v2/app/manifests/1");
    client.send("POST", "/plimsoll/v1/trash/restore?repository=app&reference=1");
    client.send("DELETE", byDigest);
    client.send("POST", "/plimsoll/v1/trash/restore?repository=app&reference=1");
    client.send("DELETE", "/plimsoll/v1/repositories/app");
    client.send("POST", "/plimsoll/v1/trash/purge?repository=app&reference=*");
    Digest blob = client.blob("app", new byte[] {1, 2});
    client.send("DELETE", "/v2/app/blobs/" + blob);
    client.send("PUT", "/plimsoll/v1/read-only?reason=test");

    awaitKinds(
        "manifest.pushed",
        "tag.moved",
        "tag.deleted",
        "tag.moved",
        "tag.deleted",
        "manifest.deleted",
        "manifest.restored",
        "tag.moved",
        "repository.deleted",
        "deletion.purged",
        "blob.deleted",
        "administered");
    Got pushed = receiver.taken().getFirst();
    assertThat(pushed.event().path("data").path("digest").asString())
        .isEqualTo(Digest.sha256(manifest).toString());
    assertThat(pushed.event().path("data").path("tags").path(0).asString()).isEqualTo("1");
    assertThat(receiver.taken().getLast().event().path("data").path("action").asString())
        .startsWith("PUT /plimsoll/v1/read-only");
  }

  @Test
  void whatIsRefusedOrOnlyRehearsedIsNotTold() throws Exception {
    client.image("app", "1", "first");
    client.send("DELETE", "/v2/app/manifests/2");
    client.manifest("app", "3", "{}".getBytes(StandardCharsets.UTF_8));
    client.send("DELETE", "/plimsoll/v1/repositories/app?dry-run");
    client.send("GET", "/v2/app/manifests/1");
    client.image("app", "4", "last");

    awaitKinds("manifest.pushed", "tag.moved", "manifest.pushed", "tag.moved");
  }

  @Test
  void anEventIsSignedAndBringsTheCredentialsOfTheAddress() throws Exception {
    client.image("app", "1", "first");
    awaitKinds("manifest.pushed", "tag.moved");

    Got got = receiver.taken().getFirst();
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    assertThat(got.signature())
        .isEqualTo("sha256=" + HexFormat.of().formatHex(mac.doFinal(got.body())));
    assertThat(got.authorization())
        .isEqualTo("Basic " + Base64.getEncoder().encodeToString("ada:pass".getBytes()));
    assertThat(got.type()).startsWith("application/cloudevents+json");
  }

  @ParameterizedTest
  @EnumSource(names = "WELL", mode = EnumSource.Mode.EXCLUDE)
  void whateverAReceiverDoesThePushIsAnsweredAndTheEventsComeOnceItIsWell(Mood mood)
      throws Exception {
    receiver.become(mood);
    client.image("app", "1", "first");
    client.image("web", "1", "second");
    soon().untilAsserted(() -> assertThat(receiver.refused()).isNotEmpty());
    soon().untilAsserted(() -> assertThat(list()).contains("\"lastError\":{"));

    receiver.become(Mood.WELL);

    soon().untilAsserted(() -> assertThat(list()).contains("\"queued\":0"));
    assertThat(receiver.kinds())
        .containsExactlyInAnyOrder("manifest.pushed", "tag.moved", "manifest.pushed", "tag.moved");
    assertThat(receiver.taken())
        .extracting(got -> got.event().path("id").asString())
        .as("ids, those of events that are sent again too")
        .doesNotHaveDuplicates()
        .contains(receiver.refused().getFirst().event().path("id").asString());
  }

  @Test
  void aReceiverThatIsDownWhileTheRegistryRestartsGetsEverything() throws Exception {
    int port = receiver.port();
    receiver.close();
    client.image("app", "1", "first");
    client.image("app", "2", "second");
    client.close();
    client = Client.start(RegistrySettings.in(data)); // one that is told of no webhook
    client.close();

    receiver = new Receiver(port);
    client = registry(10_000);

    awaitKinds("manifest.pushed", "tag.moved", "manifest.pushed", "tag.moved");
    assertThat(receiver.taken())
        .extracting(got -> got.event().path("subject").asString())
        .contains("app:1", "app:2");
  }

  @Test
  void aFullQueueKeepsTheNewestAndPushesGoOn() throws Exception {
    client.close();
    client = registry(3);
    receiver.become(Mood.BROKEN);
    for (int i = 0; i < 5; i++) {
      client.image("app", "t" + i, "content " + i);
    }
    soon().untilAsserted(() -> assertThat(list()).contains("\"queued\":3"));
    soon()
        .untilAsserted(() ->
            assertThat(client.send("GET", "/metrics").text())
                .contains("plimsoll_registry_webhook_dropped_total{webhook=\"ci\"} 7.0"));

    receiver.become(Mood.WELL);

    soon().untilAsserted(() -> assertThat(list()).contains("\"queued\":0"));
    assertThat(receiver.kinds()).endsWith("tag.moved", "manifest.pushed", "tag.moved");
    assertThat(receiver.taken().getLast().event().path("data").path("tag").asString())
        .isEqualTo("t4");
  }

  @Test
  void countsAreThereBeforeAnythingHappened() throws Exception {
    assertThat(client.send("GET", "/metrics").text())
        .contains(
            "plimsoll_registry_webhook_delivered_total{webhook=\"ci\"} 0.0",
            "plimsoll_registry_webhook_failed_total{webhook=\"ci\"} 0.0",
            "plimsoll_registry_webhook_dropped_total{webhook=\"ci\"} 0.0",
            "plimsoll_registry_webhook_discarded_total{webhook=\"ci\"} 0.0");
  }

  @Test
  void aPingTellsWhetherItWorks() throws Exception {
    Reply well = client.send("POST", "/plimsoll/v1/webhooks/ci/test");
    receiver.become(Mood.ELSEWHERE);
    Reply elsewhere = client.send("POST", "/plimsoll/v1/webhooks/ci/test");
    receiver.become(Mood.HANGING);
    Reply hanging = client.send("POST", "/plimsoll/v1/webhooks/ci/test");

    assertThat(well.text()).contains("\"delivered\":true", "answered 204");
    assertThat(receiver.kinds()).containsExactly("ping");
    assertThat(elsewhere.text()).contains("\"delivered\":false", "redirects are not followed");
    assertThat(hanging.text()).contains("\"delivered\":false", "no answer within 1000 ms");
    assertThat(client.send("POST", "/plimsoll/v1/webhooks/none/test").status()).isEqualTo(404);
  }

  private void giveUpTheTwoEventsOfAnImage() throws Exception {
    client.close();
    client = registry(10_000, Duration.ofMillis(1));
    receiver.become(Mood.UNWILLING);
    client.image("app", "1", "first");
    soon().untilAsserted(() -> assertThat(list()).contains("\"queued\":0,\"dead\":2"));
    receiver.become(Mood.WELL);
  }

  @Test
  void whatWasGivenUpIsListedAndDiscardedAndARehearsalDiscardsNothing() throws Exception {
    giveUpTheTwoEventsOfAnImage();
    String dead = "/plimsoll/v1/webhooks/ci/dead";

    assertThat(client.send("DELETE", dead + "?dry-run").text())
        .isEqualTo("{\"webhook\":\"ci\",\"dryRun\":true,\"discarded\":2}");
    assertThat(client.send("DELETE", dead + "?n=1").status()).isEqualTo(400);
    assertThat(client.send("GET", dead).text()).contains("manifest.pushed", "tag.moved");
    assertThat(client.send("DELETE", dead).text())
        .isEqualTo("{\"webhook\":\"ci\",\"dryRun\":false,\"discarded\":2}");

    assertThat(client.send("GET", dead).text()).isEqualTo("{\"events\":[]}");
    assertThat(client.send("GET", "/metrics").text())
        .contains("plimsoll_registry_webhook_discarded_total{webhook=\"ci\"} 2.0");
    awaitKinds("administered");
    assertThat(client.send("DELETE", "/plimsoll/v1/webhooks/none/dead").status()).isEqualTo(404);
  }

  @Test
  void oneOfWhatWasGivenUpIsResentOrDiscardedAndTheOthersStay() throws Exception {
    giveUpTheTwoEventsOfAnImage();
    String dead = "/plimsoll/v1/webhooks/ci/dead";
    JsonNode events = Json.tree(client.send("GET", dead).body()).path("events");
    String moved = events.path(0).path("eventId").asString();
    String pushed = events.path(1).path("eventId").asString();
    String resend = "/plimsoll/v1/webhooks/ci/resend?event=";

    assertThat(client.send("DELETE", dead + "?dry-run&event=" + moved).text())
        .isEqualTo("{\"webhook\":\"ci\",\"dryRun\":true,\"discarded\":1}");
    assertThat(client.send("DELETE", dead + "?event=" + moved).text())
        .isEqualTo("{\"webhook\":\"ci\",\"dryRun\":false,\"discarded\":1}");
    for (Reply gone :
        List.of(
            client.send("DELETE", dead + "?event=" + moved),
            client.send("DELETE", dead + "?dry-run&event=" + moved),
            client.send("POST", resend + moved))) {
      assertThat(gone.status()).isEqualTo(404);
      assertThat(gone.text()).contains("no event " + moved + " was given up for webhook ci");
    }
    assertThat(list()).contains("\"dead\":1");

    assertThat(client.send("POST", resend + pushed).text())
        .isEqualTo("{\"webhook\":\"ci\",\"resent\":1}");
    soon().untilAsserted(() -> assertThat(receiver.kinds()).contains("manifest.pushed"));
    soon().untilAsserted(() -> assertThat(list()).contains("\"queued\":0,\"dead\":0"));
    assertThat(receiver.kinds()).doesNotContain("tag.moved");
    assertThat(client.send("GET", dead + "?event=" + pushed).status()).isEqualTo(400);
  }

  @Test
  void whatIsToldOfAWebhookHoldsNothingSecret() throws Exception {
    int port = receiver.port();
    receiver.close();
    client.image("app", "1", "first");
    soon().untilAsserted(() -> assertThat(list()).contains("\"lastError\":{"));

    assertThat(list())
        .contains("\"url\":\"http://127.0.0.1:" + port + "\"", "\"signed\":true")
        .doesNotContain("hidden", "pass", SECRET);
    receiver = new Receiver(port);
  }

  @Test
  void resendBringsWhatWaitsAtOnceAndMetricsTellOfIt() throws Exception {
    receiver.become(Mood.UNWILLING);
    client.image("app", "1", "first");
    soon().untilAsserted(() -> assertThat(list()).contains("answered 400"));
    receiver.become(Mood.WELL);

    Reply resent = client.send("POST", "/plimsoll/v1/webhooks/ci/resend");

    assertThat(Json.tree(resent.body()).path("resent").asInt(-1)).isZero();
    soon()
        .untilAsserted(() ->
            assertThat(receiver.kinds())
                .containsExactlyInAnyOrder("manifest.pushed", "tag.moved", "administered"));
    assertThat(client.send("GET", "/plimsoll/v1/webhooks/ci/dead").text())
        .isEqualTo("{\"events\":[]}");
    soon()
        .untilAsserted(() ->
            assertThat(client.send("GET", "/metrics").text())
                .contains(
                    "plimsoll_registry_webhook_delivered_total{webhook=\"ci\"} 3.0",
                    "plimsoll_registry_webhook_queued{webhook=\"ci\"} 0.0",
                    "plimsoll_registry_webhook_dead{webhook=\"ci\"} 0.0"));
  }
}
