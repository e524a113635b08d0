package dev.plimsoll.registry.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.MediaTypes;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * One thing that a registry is asked for while it dies.
 *
 * @param grain what of it is there wholly or not at all
 * @param preparation what is done before to what {@link #furnish} has made
 */
record Deed(String name, Grain grain, Preparation preparation, Request request) {
  static final byte[] PUSHED = Client.random(300_000, 7);
  static final byte[] WHOLE = Client.random(100_000, 8);
  static final byte[] CONDEMNED = Client.random(100_000, 9);
  private static final String LAYER = "of a layer ".repeat(20_000);

  enum Grain {
    ALL_OF_IT,
    EACH_PART
  }

  interface Request {
    void send(Client client) throws Exception;
  }

  interface Preparation {
    void of(Path data, String upstream) throws Exception;
  }

  /**
   * What is beside a registry.
   *
   * @param tree the directory of a docker-registry with images e and f
   * @param backup of what was furnished
   * @param target where a backup is made
   * @param other the address of a registry that has all images
   */
  record Surroundings(Path tree, Path backup, Path target, String other) {}

  private Deed(String name, Grain grain, Request request) {
    this(name, grain, (_, _) -> {}, request);
  }

  @Override
  public String toString() {
    return name;
  }

  /** Every image is of a layer of its own. */
  static byte[] layer(String image) {
    return (LAYER + image).getBytes(UTF_8);
  }

  static byte[] config(String image) {
    return ("{\"of\":\"" + image + "\"}").getBytes(UTF_8);
  }

  static byte[] image(String image) {
    return Client.imageManifest(config(image), List.of(layer(image)), "");
  }

  static Digest digest(String image) {
    return Digest.sha256(image(image));
  }

  /** Of the layer that was pushed and belongs to no image yet, about image a. */
  static byte[] signature() {
    return Client.imageManifest(
        config("d"),
        List.of(layer("d")),
        ",\"subject\":" + Client.descriptor(MediaTypes.OCI_MANIFEST, image("a")));
  }

  /** All that can be done to what {@link #furnish} has made. */
  static List<Deed> all(Surroundings around) {
    String gone = "?repository=team/app&reference=" + digest("gone");
    return List.of(
        new Deed("push in pieces", Grain.ALL_OF_IT, Deed::pushInPieces),
        new Deed("push in one", Grain.ALL_OF_IT, c -> c.blob("team/app", WHOLE)),
        new Deed("push of a manifest", Grain.ALL_OF_IT, c -> push(c, "4", image("d"))),
        new Deed("push of a referrer", Grain.ALL_OF_IT, c -> push(c, "signed", signature())),
        new Deed("mount", Grain.ALL_OF_IT, Deed::mount),
        new Deed("retag", Grain.ALL_OF_IT, c -> push(c, "1", image("b"))),
        new Deed("delete of a tag", Grain.ALL_OF_IT, c -> delete(c, "manifests/3")),
        new Deed(
            "delete of a manifest", Grain.ALL_OF_IT, c -> delete(c, "manifests/" + digest("b"))),
        new Deed(
            "delete of a blob",
            Grain.ALL_OF_IT,
            c -> delete(c, "blobs/" + Digest.sha256(layer("d")))),
        new Deed("restore from the trash", Grain.ALL_OF_IT, c -> done(c, "/trash/restore" + gone)),
        new Deed("purge", Grain.ALL_OF_IT, c -> done(c, "/trash/purge" + gone)),
        new Deed("collection", Grain.EACH_PART, c -> done(c, "/gc?now")),
        new Deed("collection beside a push", Grain.EACH_PART, Deed::collectBesideAPush),
        new Deed("retention", Grain.EACH_PART, Deed::retain),
        new Deed(
            "import", Grain.EACH_PART, c -> job(c, "import", "?from=" + encoded(around.tree()))),
        new Deed("mirror", Grain.EACH_PART, Deed::mirror),
        new Deed(
            "repair",
            Grain.EACH_PART,
            Deed::loseALayer,
            c -> job(c, "check", "?repair&from=" + encoded(around.other()))),
        new Deed(
            "backup",
            Grain.EACH_PART,
            (data, upstream) -> {
              Trees.copy(around.backup(), around.target());
              doMore(data, upstream);
            },
            c -> none(job(c, "backup", "?to=" + encoded(around.target())))),
        new Deed(
            "return from a backup",
            Grain.EACH_PART,
            Deed::loseImages,
            c -> job(c, "restore", "?from=" + encoded(around.backup()))));
  }

  /** What each of them finds: three tags, an image in the trash, and the blobs of one to be pushed. */
  static void furnish(Client client) throws Exception {
    for (String image : List.of("a", "b", "c", "gone", "d")) {
      client.blob("team/app", layer(image));
      client.blob("team/app", config(image));
    }
    push(client, "1", image("a"));
    push(client, "2", image("b"));
    push(client, "3", image("c"));
    push(client, "gone", image("gone"));
    delete(client, "manifests/" + digest("gone"));
    client.image("team/other", "1", "other");
  }

  private static void push(Client client, String tag, byte[] manifest) throws Exception {
    Client.Reply reply = client.manifest("team/app", tag, manifest);
    assertThat(reply.status()).as(reply.text()).isEqualTo(201);
  }

  private static void delete(Client client, String what) throws Exception {
    Client.Reply reply = client.send("DELETE", "/v2/team/app/" + what);
    assertThat(reply.status()).as(reply.text()).isEqualTo(202);
  }

  static void done(Client client, String what) throws Exception {
    Client.Reply reply = client.send("POST", "/plimsoll/v1" + what);
    assertThat(reply.status()).as(reply.text()).isEqualTo(200);
  }

  private static void pushInPieces(Client client) throws Exception {
    int half = PUSHED.length / 2;
    String place = client.send("POST", "/v2/team/app/blobs/uploads/").header("Location");
    Client.Reply first =
        client.send(
            "PATCH",
            place,
            Arrays.copyOfRange(PUSHED, 0, half),
            "Content-Range",
            "0-" + (half - 1));
    assertThat(first.status()).as(first.text()).isEqualTo(202);
    place = first.header("Location");
    Client.Reply last =
        client.send(
            "PUT",
            place + (place.contains("?") ? "&" : "?") + "digest=" + Digest.sha256(PUSHED),
            Arrays.copyOfRange(PUSHED, half, PUSHED.length));
    assertThat(last.status()).as(last.text()).isEqualTo(201);
  }

  private static void mount(Client client) throws Exception {
    String from = Digest.sha256(layer("a")) + "&from=team/app";
    Client.Reply reply = client.send("POST", "/v2/team/other/blobs/uploads/?mount=" + from);
    assertThat(reply.status()).as(reply.text()).isEqualTo(201);
  }

  /** Deletes a blob that somebody pushes: whoever was told that it is there has it. */
  private static void collectBesideAPush(Client client) throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Callable<Client.Reply> collecting = () -> client.send("POST", "/plimsoll/v1/gc");
      Future<Client.Reply> collected = threads.submit(collecting);
      client.blob("team/app", CONDEMNED);
      while (collected.state() == Future.State.RUNNING) {
        Thread.onSpinWait();
      }
    }
  }

  private static void retain(Client client) throws Exception {
    Client.Reply reply =
        client.send(
            "POST",
            "/plimsoll/v1/retention",
            """
            rules:
            - name: newest
              repositories: [team/app]
              tags: ['*']
              keep: {newest: 1}
            """
                .getBytes(UTF_8));
    assertThat(reply.status()).as(reply.text()).isEqualTo(200);
  }

  /** Pulls through a mirror, which fetches blobs beside it; warming it returns when it has them. */
  private static void mirror(Client client) throws Exception {
    Client.Reply manifest = client.send("GET", "/v2/far.example/team/app/manifests/1");
    assertThat(manifest.body()).as(manifest.text()).isEqualTo(image("a"));
    Client.Reply layer =
        client.send("GET", "/v2/far.example/team/app/blobs/" + Digest.sha256(layer("a")));
    assertThat(layer.body()).isEqualTo(layer("a"));
    byte[] image = "{\"images\":[\"far.example/team/app:1\"]}".getBytes(UTF_8);
    Client.Reply warmed = client.send("POST", "/plimsoll/v1/warm", image);
    assertThat(warmed.text()).doesNotContain("error").contains("\"blobs\":2");
  }

  /** A loss that nobody has noted is answered otherwise, so it is noted first. */
  private static void loseALayer(Path data, String upstream) throws Exception {
    String hex = Digest.sha256(layer("a")).hex();
    try (Stream<Path> all = Files.walk(data)) {
      Files.delete(
          all.filter(each -> each.getFileName().toString().startsWith(hex))
              .findFirst()
              .orElseThrow());
    }
    try (Client client = Client.start(RegistryProcess.settings(data, upstream))) {
      job(client, "check", "?audit");
    }
  }

  private static void doMore(Path data, String upstream) throws Exception {
    try (Client client = Client.start(RegistryProcess.settings(data, upstream))) {
      client.image("team/app", "5", "since the last backup ".repeat(5_000));
    }
  }

  /** What was deleted within the millisecond in which a collection begins waits for the next one. */
  private static void loseImages(Path data, String upstream) throws Exception {
    try (Client client = Client.start(RegistryProcess.settings(data, upstream))) {
      delete(client, "manifests/" + digest("a"));
      delete(client, "manifests/" + digest("b"));
      await()
          .pollDelay(Duration.ofMillis(5))
          .until(() -> {
            done(client, "/gc?now");
            return client.send("GET", "/plimsoll/v1/trash").text().contains("\"deletions\":[]");
          });
    }
  }

  private static String encoded(Object place) {
    return URLEncoder.encode(place.toString(), UTF_8);
  }

  static void none(JsonNode findings) {
    assertThat(findings.toString()).isEqualTo("[]");
  }

  /** Begins a job and waits for its end; its findings. */
  static JsonNode job(Client client, String kind, String query) throws Exception {
    JsonNode job = client.job(kind + query);
    assertThat(job.hasNonNull("failure")).as(job.toString()).isFalse();
    return job.path("findings");
  }
}
