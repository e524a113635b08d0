package dev.plimsoll.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.foundation.settings.Settings;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.Json;
import dev.plimsoll.registry.RegistryServer;
import dev.plimsoll.registry.RegistrySettings;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The trash from the command line, with more in it than one page of the registry's answer. */
class RegistryTrashTest {
  private static final int DELETIONS = 103;
  private static final String MANIFEST = "application/vnd.oci.image.index.v1+json";
  private static final String INDEX =
      "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"manifests\":[]}".formatted(MANIFEST);

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final HttpClient http = HttpClient.newHttpClient();

  @TempDir private Path data;
  private RegistryServer server;

  @BeforeEach
  void serveAFullTrash() throws Exception {
    server =
        RegistryServer.start(
            RegistrySettings.from(
                Settings.load(
                    Optional.empty(),
                    Map.of(),
                    Map.of("registry.data", data.toString(), "registry.listen", "127.0.0.1:0"),
                    RegistrySettings.ALL)));
    for (int i = 0; i < DELETIONS; i++) {
      send("PUT", "t" + i);
      send("DELETE", "t" + i);
    }
  }

  @AfterEach
  void close() throws Exception {
    http.close();
    server.close();
  }

  @Test
  void trashListsAllPages() {
    int code = run("trash", "r", "--json");

    assertThat(code).as(err.toString()).isZero();
    assertThat(Json.tree(out.toString().getBytes()).path("deletions")).hasSize(DELETIONS);
  }

  @Test
  void aPurgeThatIsOnlyTriedFindsTheOldestDeletionToo() {
    int code = run("purge", "r", "t0", "--dry-run");

    assertThat(code).as(err.toString()).isZero();
    assertThat(out.toString()).startsWith("t0\n");
  }

  @Test
  void aPurgeByNumberThatIsOnlyTriedPurgesNothing() {
    run("trash", "r", "--json");
    JsonNode last = Json.tree(out.toString().getBytes()).path("deletions").path(DELETIONS - 1);
    String id = last.path("id").asString();
    out.getBuffer().setLength(0);

    int code = run("purge", id, "--dry-run");

    assertThat(code).as(err.toString()).isZero();
    assertThat(out.toString()).startsWith("t0\n");
    assertThat(run("restore", "r", "t0")).isZero();
  }

  @Test
  void whatTheTrashDoesNotHoldIsAFailure() {
    int code = run("purge", "r", "never", "--dry-run");

    assertThat(code).isEqualTo(1);
    assertThat(err.toString()).contains(server.url() + " answered 404: the trash has no r:never");
  }

  @Test
  void oneThatDoesNotRunIsCalledByItsDirectory() throws Exception {
    server.close();

    int code = plain("purge", "r", "never", "--dry-run", "--data", data.toString());

    assertThat(code).isEqualTo(1);
    assertThat(err.toString())
        .contains("the registry in " + data + " answered 404: the trash has no r:never");
  }

  @Test
  void aMistypedDataDirectoryIsMadeNoRegistryOf() {
    Path mistyped = data.resolve("mistyped");

    assertThat(plain("gc", "--data", mistyped.toString())).isEqualTo(1);
    assertThat(plain("check", "--rebuild", "--data", mistyped.toString())).isEqualTo(1);

    assertThat(err.toString()).contains("there is no registry in " + mistyped);
    assertThat(mistyped).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1:5000", "ftp://127.0.0.1:5000", "http://"})
  void whatIsNoUrlIsRefused(String url) {
    assertThat(plain("trash", "--url", url)).isEqualTo(2);

    assertThat(err.toString()).contains("\"%s\" is no URL of a registry".formatted(url));
  }

  @Test
  void aUrlAndADataDirectoryAreTooMany() {
    int code = run("trash", "--data", data.toString());

    assertThat(code).isEqualTo(2);
    assertThat(err.toString()).contains("give one of them");
  }

  @Test
  void emptyingTheTrashSaysHowManyDeletionsItMakesFinal() {
    assertThat(run("gc", "--now", "--dry-run")).isZero();
    assertThat(err.toString()).contains("deletions that would be final: " + DELETIONS);

    assertThat(run("gc", "--now")).isZero();

    assertThat(err.toString()).contains("deletions made final: " + DELETIONS);
    run("trash", "r");
    assertThat(err.toString()).endsWith("nothing is in the trash\n");
  }

  @Test
  void anAuditTellsOfBytesThatNoRowNames() throws Exception {
    String digest = Digest.sha256("zz".getBytes(UTF_8)).hex();
    Path shard = data.resolve("registry/content/blobs/sha256").resolve(digest.substring(0, 2));
    Files.writeString(Files.createDirectories(shard).resolve(digest + "-0123456789abcdef"), "zz");

    assertThat(run("check", "--audit")).as(err.toString()).isZero();

    assertThat(err.toString()).contains("objects that no row names: 1 (2 B)");
  }

  @Test
  void whatIsNotThereIsSaid() {
    assertThat(run("history", "r:never")).isZero();
    assertThat(err.toString()).isEqualTo("nothing is remembered of that tag\n");
    assertThat(run("restore", "r", "t0", "--dry-run")).isZero();
    assertThat(err.toString()).endsWith("nothing was restored\n");
  }

  @Test
  void aTagsLastPullHasAColumn() throws Exception {
    send("PUT", "kept");
    run("stats", "r");

    assertThat(err.toString()).containsPattern("BLOBS +LAST PULL +TAG");
    assertThat(out.toString()).containsPattern("0 +never +kept");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "restore r              | 1 | \"r\" is no number of a deletion; if it is a repository, name",
        "purge r                | 1 | \"r\" is no number of a deletion; if it is a repository, name",
        "retain --reload --dry-run | 2 | --reload reads the registry's own file and runs nothing",
        "pin --reason because   | 2 | --reason is why something is kept; name it",
        "deployed --remove a b  | 2 | --remove takes one name",
        "user add              | 2 | plimsoll registry user add: Missing required",
        "gc --dryrun            | 2 | Unknown option: '--dryrun'",
        "restore --tag r:t0     | 2 | plimsoll registry restore: Missing required",
      })
  void wordsThatDoNotGoTogetherAreRefusedInASentence(String words, int code, String sentence) {
    String[] all = words.split(" ");

    assertThat(run(all[0], Arrays.copyOfRange(all, 1, all.length))).isEqualTo(code);

    assertThat(err.toString()).contains("plimsoll registry " + all[0], sentence);
    assertThat(err.toString().lines().count()).as("no page of help hides it").isLessThan(5);
  }

  private int run(String verb, String... arguments) {
    String[] all = new String[arguments.length + 3];
    all[0] = verb;
    all[1] = "--url";
    all[2] = server.url();
    System.arraycopy(arguments, 0, all, 3, arguments.length);
    return plain(all);
  }

  private int plain(String... words) {
    String[] all = new String[words.length + 1];
    all[0] = "registry";
    System.arraycopy(words, 0, all, 1, words.length);
    return Main.run(all, new PrintWriter(out, true), new PrintWriter(err, true));
  }

  private void send(String method, String tag) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(server.url() + "/v2/r/manifests/" + tag))
            .method(
                method,
                method.equals("PUT") ? BodyPublishers.ofString(INDEX) : BodyPublishers.noBody())
            .header("Content-Type", MANIFEST)
            .build();
    int status = http.send(request, BodyHandlers.discarding()).statusCode();
    assertThat(status).isBetween(200, 299);
  }
}
