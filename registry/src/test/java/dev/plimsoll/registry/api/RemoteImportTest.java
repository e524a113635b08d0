package dev.plimsoll.registry.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.Json;
import dev.plimsoll.oci.MediaTypes;
import dev.plimsoll.registry.api.CrookedFront.Fate;
import java.net.URLEncoder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Copies another registry through its API, whatever stands in between. */
class RemoteImportTest {
  private static final String IMPORT = "/plimsoll/v1/import";
  private static final byte[] LAYER = Client.random(300_000, 7);
  private static final byte[] CONFIG = "{\"of\":\"it\"}".getBytes(UTF_8);
  private static final String LAYER_GET = "/blobs/" + Digest.sha256(LAYER);

  private static final AtomicInteger PLACES = new AtomicInteger();

  @TempDir private static Path shared;
  private static Client source;

  @TempDir private Path directory;
  private final String place = "t" + PLACES.incrementAndGet();
  private CrookedFront front;
  private Client ours;
  private byte[] image = {};

  @BeforeAll
  static void startTheSource() throws Exception {
    source = Client.start(shared);
  }

  @AfterAll
  static void stopTheSource() throws Exception {
    source.close();
  }

  /** Each test has a part of the source to itself, by a path in its address. */
  @BeforeEach
  void start() throws Exception {
    front = new CrookedFront(source.url());
    ours = Client.start(directory.resolve("ours"));
    image = large("team/app", "1.0");
    source.image(place + "/other", "latest", "small");
  }

  @AfterEach
  void stop() throws Exception {
    ours.close();
    front.close();
  }

  private byte[] large(String name, String tag) throws Exception {
    String repository = place + "/" + name;
    source.blob(repository, LAYER);
    source.blob(repository, CONFIG);
    byte[] manifest = Client.imageManifest(CONFIG, List.of(LAYER), "");
    source.manifest(repository, tag, manifest);
    return manifest;
  }

  private JsonNode imported(String more, Map<String, ?> document) throws Exception {
    begin(more, document);
    return ours.endOf("import");
  }

  private void begin(String more, Map<String, ?> document) throws Exception {
    Client.Reply begun =
        ours.send(
            "POST",
            IMPORT
                + "?from="
                + URLEncoder.encode(front.url() + "/" + place + more, UTF_8).replace("%26", "&"),
            Json.write(document));
    assertThat(begun.status()).as(begun.text()).isEqualTo(202);
  }

  private JsonNode imported() throws Exception {
    return imported("", Map.of());
  }

  private static String findings(JsonNode job) {
    assertThat(job.hasNonNull("failure")).as(job.toString()).isFalse();
    return job.path("findings").toString();
  }

  private byte[] pulled(String path) throws Exception {
    return ours.send("GET", "/v2/" + path).body();
  }

  private int status(String path) throws Exception {
    return ours.send("GET", "/v2/" + path).status();
  }

  @Test
  void everythingComesByteForByte() throws Exception {
    assertThat(findings(imported())).isEqualTo("[]");

    assertThat(pulled("team/app/manifests/1.0")).isEqualTo(image);
    assertThat(pulled("team/app" + LAYER_GET)).isEqualTo(LAYER);
    assertThat(pulled("other/manifests/latest"))
        .isEqualTo(source.send("GET", "/v2/" + place + "/other/manifests/latest").body());
    assertThat(ours.changes())
        .as("some threads fetch, and the job is one change")
        .filteredOn(change -> change.startsWith("POST /plimsoll/v1/import?"))
        .hasSize(1);
  }

  @Test
  void anIndexComesWithItsImagesAndAllThatRefersToThem() throws Exception {
    byte[] small = source.image(place + "/team/app", "small", "small");
    byte[] index = Client.index("", image, small);
    source.manifest(place + "/team/app", "all", index, MediaTypes.OCI_INDEX);
    byte[] signature = about(small, "signature");
    byte[] counterSignature = about(signature, "countersignature");

    assertThat(findings(imported("", Map.of("tags", List.of("all"))))).isEqualTo("[]");

    assertThat(pulled("team/app/manifests/all")).isEqualTo(index);
    assertThat(pulled("team/app/manifests/" + Digest.sha256(image))).isEqualTo(image);
    assertThat(status("team/app/manifests/small")).as("not asked for").isEqualTo(404);
    assertThat(pulled("team/app/manifests/" + Digest.sha256(signature))).isEqualTo(signature);
    assertThat(new String(pulled("team/app/referrers/" + Digest.sha256(signature)), UTF_8))
        .contains(Digest.sha256(counterSignature).toString());
  }

  /** Pushes an artifact about a manifest, without a tag. */
  private byte[] about(byte[] subject, String content) throws Exception {
    byte[] layer = content.getBytes(UTF_8);
    source.blob(place + "/team/app", layer);
    byte[] manifest =
        Client.imageManifest(
            CONFIG,
            List.of(layer),
            ",\"subject\":" + Client.descriptor(MediaTypes.OCI_MANIFEST, subject));
    assertThat(
            source
                .manifest(place + "/team/app", Digest.sha256(manifest).toString(), manifest)
                .status())
        .isEqualTo(201);
    return manifest;
  }

  @Test
  void whereReferrersAreTagsTheyComeAlongWhateverTagsWereAskedFor() throws Exception {
    String hex = Digest.sha256(image).hex();
    byte[] signature = source.image(place + "/team/app", "sha256-" + hex + ".sig", "signed");
    byte[] list = Client.index("", signature);
    source.manifest(place + "/team/app", "sha256-" + hex, list, MediaTypes.OCI_INDEX);
    source.image(place + "/team/app", "sha256-" + "0".repeat(64), "about something else");
    front.obey((request, _) -> request.contains("/referrers/") ? Fate.DENIED : Fate.PASSED);

    imported("", Map.of("tags", List.of("1.*")));

    assertThat(pulled("team/app/manifests/sha256-" + hex)).isEqualTo(list);
    assertThat(pulled("team/app/manifests/sha256-" + hex + ".sig")).isEqualTo(signature);
    assertThat(status("team/app/manifests/sha256-" + "0".repeat(64))).isEqualTo(404);
  }

  @Test
  void sha512StaysSha512() throws Exception {
    Digest layer = Digest.of(Digest.Algorithm.SHA512, LAYER);
    source.send("POST", "/v2/" + place + "/team/app/blobs/uploads/?digest=" + layer, LAYER);
    String text =
        new String(image, UTF_8).replace(Digest.sha256(LAYER).toString(), layer.toString());
    Digest digest = Digest.of(Digest.Algorithm.SHA512, text.getBytes(UTF_8));
    byte[] index = Client.index("", text.getBytes(UTF_8));
    byte[] renamed =
        new String(index, UTF_8)
            .replace(Digest.sha256(text.getBytes(UTF_8)).toString(), digest.toString())
            .getBytes(UTF_8);
    assertThat(
            source.manifest(place + "/team/app", digest.toString(), text.getBytes(UTF_8)).status())
        .isEqualTo(201);
    assertThat(source.manifest(place + "/team/app", "512", renamed, MediaTypes.OCI_INDEX).status())
        .isEqualTo(201);

    assertThat(findings(imported())).isEqualTo("[]");

    assertThat(pulled("team/app/manifests/" + digest)).isEqualTo(text.getBytes(UTF_8));
    assertThat(pulled("team/app/blobs/" + layer)).isEqualTo(LAYER);
  }

  @Test
  void theSecondTimeTheDifferenceComes() throws Exception {
    imported();
    assertThat(imported().path("bytes").asLong()).isZero();
    byte[] newer = source.image(place + "/team/app", "1.0", "newer");

    assertThat(findings(imported())).isEqualTo("[]");

    assertThat(pulled("team/app/manifests/1.0")).isEqualTo(newer);
  }

  @Test
  void aTagThatWasMovedHereSinceStays() throws Exception {
    imported();
    byte[] mine = ours.image("team/app", "1.0", "mine");

    assertThat(findings(imported())).contains("kept", "team/app:1.0");

    assertThat(pulled("team/app/manifests/1.0")).isEqualTo(mine);
  }

  @Test
  void aBlobThatTwoRepositoriesHaveIsFetchedOnce() throws Exception {
    large("team/copy", "1.0");
    front.obey((_, _) -> Fate.PASSED);

    imported();

    assertThat(pulled("team/copy" + LAYER_GET)).isEqualTo(LAYER);
    assertThat(
            front.asked("GET /v2/" + place + "/team/app" + LAYER_GET)
                + front.asked("GET /v2/" + place + "/team/copy" + LAYER_GET))
        .isEqualTo(1);
  }

  @Test
  void aRegistryThatWantsToBeLeftAloneIsWaitedFor() throws Exception {
    front.obey((request, before) ->
        before == 0 && request.endsWith("/manifests/latest") ? Fate.TOO_MANY : Fate.PASSED);

    assertThat(findings(imported("", Map.of("repositories", List.of("other"))))).isEqualTo("[]");

    assertThat(status("other/manifests/latest")).isEqualTo(200);
  }

  @Test
  void theWaitEndsWithTheJob() throws Exception {
    front.obey((request, _) -> request.contains("/manifests/") ? Fate.MUCH_TOO_MANY : Fate.PASSED);
    begin("", Map.of());
    await().until(() -> ours.send("GET", IMPORT).text().contains("waiting 600 s"));

    ours.send("DELETE", IMPORT);

    await().until(() -> ours.send("GET", IMPORT).text().contains("\"failure\":\"cancelled\""));
  }

  @Test
  void aConnectionThatBreaksIsTakenUpAgain() throws Exception {
    front.obey((request, before) ->
        request.equals("GET /v2/" + place + "/team/app" + LAYER_GET) && before == 0
            ? Fate.CUT
            : Fate.PASSED);

    assertThat(findings(imported())).isEqualTo("[]");

    assertThat(pulled("team/app" + LAYER_GET)).isEqualTo(LAYER);
  }

  @Test
  void whatIsDamagedIsNamedTheRestIsImportedAndTheNextRunHealsIt() throws Exception {
    front.obey((request, _) -> request.contains(LAYER_GET) ? Fate.FLIPPED : Fate.PASSED);

    assertThat(findings(imported()))
        .contains("team/app@" + Digest.sha256(image), "its bytes are others", "lost-tag");
    assertThat(status("team/app/manifests/1.0")).isEqualTo(404);
    assertThat(status("other/manifests/latest")).isEqualTo(200);

    front.obey((_, _) -> Fate.PASSED);
    assertThat(findings(imported())).isEqualTo("[]");
    assertThat(pulled("team/app/manifests/1.0")).isEqualTo(image);
  }

  @Test
  void aManifestWithOtherBytesIsNotTaken() throws Exception {
    front.obey((request, _) ->
        request.startsWith("GET /v2/" + place + "/team/app/manifests/")
            ? Fate.FLIPPED
            : Fate.PASSED);

    assertThat(findings(imported())).contains("team/app@" + Digest.sha256(image), "verification");

    assertThat(status("team/app/manifests/1.0")).isEqualTo(404);
    assertThat(status("other/manifests/latest")).isEqualTo(200);
  }

  @Test
  void withoutACatalogRepositoriesAreNamed() throws Exception {
    front.obey((request, _) -> request.contains("_catalog") ? Fate.DENIED : Fate.PASSED);

    assertThat(imported().path("failure").asString())
        .contains("does not list its repositories", "--repository NAME");
    assertThat(findings(imported("", Map.of("repositories", List.of("other", "nobody")))))
        .contains("absent", "nobody")
        .doesNotContain("\"other");
    assertThat(status("other/manifests/latest")).isEqualTo(200);
  }

  @Test
  void patternsChooseAndOneThatChoosesNothingIsNamed() throws Exception {
    assertThat(
            findings(
                imported(
                    "",
                    Map.of(
                        "repositories", List.of("te*/**", "no/*"), "tags", List.of("1.?", "9")))))
        .contains("--repository no/*", "--tag 9")
        .doesNotContain("te*", "1.?");

    assertThat(pulled("team/app/manifests/1.0")).isEqualTo(image);
    assertThat(status("other/manifests/latest")).isEqualTo(404);
  }

  @Test
  void aPathOfTheAddressStandsBeforeTheNamesThereOnly() throws Exception {
    assertThat(findings(imported("/team", Map.of()))).isEqualTo("[]");

    assertThat(pulled("app/manifests/1.0")).isEqualTo(image);
    assertThat(status("other/manifests/latest")).isEqualTo(404);
  }

  @Test
  void aDryRunTellsHowMuchItWouldBeAndImportsNothing() throws Exception {
    JsonNode job = imported("&dry-run", Map.of());

    assertThat(findings(job)).isEqualTo("[]");
    assertThat(job.path("bytes").asLong()).isGreaterThan(LAYER.length);
    assertThat(ours.send("GET", "/v2/_catalog").text()).doesNotContain("team/app");
    assertThat(front.asked("GET /v2/" + place + "/team/app" + LAYER_GET)).isZero();
  }

  @Test
  void nobodyAtTheAddressIsSaidAtOnce() throws Exception {
    front.close();

    assertThat(imported().path("failure").asString()).contains("/v2/");
  }

  @Test
  void anAddressThatIsNoneIsRefusedWithoutItsPassword() throws Exception {
    for (String address : List.of("https://me:secret@host", "https://host?a=b", "https:///x")) {
      Client.Reply reply = ours.send("POST", IMPORT + "?from=" + URLEncoder.encode(address, UTF_8));

      assertThat(reply.status()).as(address).isEqualTo(400);
      assertThat(reply.text()).doesNotContain("secret");
    }
  }
}
