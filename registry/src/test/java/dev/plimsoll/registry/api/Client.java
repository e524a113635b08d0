package dev.plimsoll.registry.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.Json;
import dev.plimsoll.oci.MediaTypes;
import dev.plimsoll.registry.RegistryServer;
import dev.plimsoll.registry.RegistrySettings;
import dev.plimsoll.registry.StorageSettings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** A registry of its own, and the JDK's HTTP client to ask it with. */
final class Client implements AutoCloseable {
  private final HttpClient http = HttpClient.newHttpClient();
  private final String url;
  private final List<RegistryServer> servers;

  private Client(RegistryServer server) {
    url = server.url();
    servers = List.of(server);
  }

  private Client(String url) {
    this.url = url;
    servers = List.of();
  }

  /** Asks a registry that somebody else has started. */
  static Client of(String url) {
    return new Client(url);
  }

  static Client start(Path data) throws IOException {
    return start(RegistrySettings.in(data));
  }

  /** On SQLite and files; on PostgreSQL and S3 with {@code -Dplimsoll.storage=shared}. */
  static Client start(RegistrySettings settings) throws IOException {
    boolean shared =
        "shared".equals(System.getProperty("plimsoll.storage"))
            && settings.storage().equals(StorageSettings.DEFAULT);
    return new Client(
        RegistryServer.start(
            shared ? settings.withStorage(SharedStorage.of(settings.data())) : settings));
  }

  static Client start(RegistrySettings settings, InstantSource clock) throws IOException {
    return new Client(RegistryServer.start(settings, clock));
  }

  String url() {
    return url;
  }

  /** What came back, easier to ask. */
  record Reply(HttpResponse<byte[]> response) {
    int status() {
      return response.statusCode();
    }

    byte[] body() {
      return response.body();
    }

    String text() {
      return new String(response.body(), StandardCharsets.UTF_8);
    }

    String header(String name) {
      return response.headers().firstValue(name).orElse("");
    }
  }

  /** Begins a job, as in {@code check?repair}, and waits for its end. */
  JsonNode job(String kindAndQuery) throws Exception {
    Reply begun = send("POST", "/plimsoll/v1/" + kindAndQuery);
    assertThat(begun.status()).as(begun.text()).isEqualTo(202);
    return endOf(kindAndQuery.replaceFirst("[?].*", ""));
  }

  /** Waits for the end of the job that is under way. */
  JsonNode endOf(String kind) {
    return await()
        .atMost(Duration.ofMinutes(2))
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(20))
        .until(
            () -> Json.tree(send("GET", "/plimsoll/v1/" + kind).body()),
            job -> !job.path("inProgress").asBoolean());
  }

  Reply send(String method, String path, String... headers) throws Exception {
    return send(method, path, new byte[0], headers);
  }

  Reply send(String method, String path, byte[] body, String... headers) throws Exception {
    URI uri = path.startsWith("http") ? URI.create(path) : URI.create(url + path);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri)
            .method(
                method,
                body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return new Reply(http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray()));
  }

  boolean takesPushes() throws Exception {
    return send("GET", "/readyz").text().contains("\"takesPushes\":true");
  }

  /** What the audit log has, newest first. */
  List<String> changes() throws Exception {
    return Json.tree(send("GET", "/plimsoll/v1/audit").body())
        .path("changes")
        .valueStream()
        .map(change ->
            "%s by %s from %s"
                .formatted(
                    change.path("action").asString(),
                    change.path("actor").asString(),
                    change.path("address").asString()))
        .toList();
  }

  /** Pushes a blob in one request. */
  Digest blob(String repository, byte[] bytes) throws Exception {
    Digest digest = Digest.sha256(bytes);
    Reply reply =
        send("POST", "/v2/" + repository + "/blobs/uploads/?digest=" + digest, body(bytes));
    if (reply.status() != 201) {
      throw new AssertionError(reply.status() + " " + reply.text());
    }
    return digest;
  }

  /** The JDK's client sends no body at all for an empty array, so an empty blob goes by PUT. */
  private static byte[] body(byte[] bytes) {
    if (bytes.length == 0) {
      throw new IllegalArgumentException("push an empty blob by POST and PUT");
    }
    return bytes;
  }

  Reply manifest(String repository, String reference, byte[] bytes) throws Exception {
    return manifest(repository, reference, bytes, MediaTypes.OCI_MANIFEST);
  }

  Reply manifest(String repository, String reference, byte[] bytes, String type) throws Exception {
    return send(
        "PUT", "/v2/" + repository + "/manifests/" + reference, bytes, "Content-Type", type);
  }

  /** Pushes an image of one layer, and returns its manifest. */
  byte[] image(String repository, String reference, String content) throws Exception {
    byte[] layer = content.getBytes(StandardCharsets.UTF_8);
    byte[] config = ("{\"of\":\"" + content + "\"}").getBytes(StandardCharsets.UTF_8);
    blob(repository, layer);
    blob(repository, config);
    byte[] manifest = imageManifest(config, List.of(layer), "");
    Reply reply = manifest(repository, reference, manifest);
    if (reply.status() != 201) {
      throw new AssertionError(reply.status() + " " + reply.text());
    }
    return manifest;
  }

  /** A manifest; {@code more} are further fields, each with a comma before it. */
  static byte[] imageManifest(byte[] config, List<byte[]> layers, String more) {
    return """
    {"schemaVersion":2,"mediaType":"%s","config":%s,"layers":[%s]%s}\
    """
        .formatted(
            MediaTypes.OCI_MANIFEST,
            descriptor(MediaTypes.OCI_CONFIG, config),
            layers.stream()
                .map(layer -> descriptor(MediaTypes.OCI_LAYER, layer))
                .collect(Collectors.joining(",")),
            more)
        .getBytes(StandardCharsets.UTF_8);
  }

  static byte[] index(String more, byte[]... manifests) {
    return """
    {"schemaVersion":2,"mediaType":"%s","manifests":[%s]%s}\
    """
        .formatted(
            MediaTypes.OCI_INDEX,
            List.of(manifests).stream()
                .map(manifest -> descriptor(MediaTypes.OCI_MANIFEST, manifest))
                .collect(Collectors.joining(",")),
            more)
        .getBytes(StandardCharsets.UTF_8);
  }

  static String descriptor(String type, byte[] bytes) {
    return """
    {"mediaType":"%s","digest":"%s","size":%d}\
    """
        .formatted(type, Digest.sha256(bytes), bytes.length);
  }

  static byte[] random(int sizeBytes, long seed) {
    byte[] bytes = new byte[sizeBytes];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  @Override
  public void close() throws IOException {
    http.shutdownNow();
    for (RegistryServer server : servers) {
      server.close();
    }
  }
}
