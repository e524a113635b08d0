package dev.plimsoll.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;

import dev.plimsoll.http.client.ClientRequest;
import dev.plimsoll.http.client.ClientResponse;
import dev.plimsoll.http.client.ClientSettings;
import dev.plimsoll.http.client.Endpoint;
import dev.plimsoll.http.client.HttpClient;
import dev.plimsoll.http.client.RequestBody;
import dev.plimsoll.http.client.Trust;
import dev.plimsoll.oci.Digest;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * What a registry does all day, done a few times, so that the AOT cache has what its answers need:
 * the first requests after a start are not slower for it.
 */
final class TrainingClient {
  private static final int IMAGES = 4;
  private static final int START_SECONDS_MAX = 30;
  private static final String LISTENING = "listening on ";
  private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";

  private final HttpClient http;
  private final Endpoint registry;

  private TrainingClient(HttpClient http, Endpoint registry) {
    this.http = http;
    this.registry = registry;
  }

  /** Serves the data directory of {@code dataOption}, until the process ends, and asks much of it. */
  static void work(String dataOption) throws IOException {
    try (HttpClient http = new HttpClient(ClientSettings.DEFAULT)) {
      new TrainingClient(http, Endpoint.of(URI.create(serve(dataOption)), Trust.system())).day();
    } catch (InterruptedException e) {
      throw new IOException("interrupted while training", e);
    }
  }

  private static String serve(String dataOption) throws IOException, InterruptedException {
    var said = new LinkedBlockingQueue<String>();
    String[] arguments = {"registry", "serve", dataOption, "--listen=127.0.0.1:0"};
    Thread.ofPlatform().daemon().start(() -> Main.run(arguments, new Lines(said), new Lines(said)));
    @Nullable String line = said.poll(START_SECONDS_MAX, SECONDS);
    if (line == null || !line.startsWith(LISTENING)) {
      throw new IOException("the registry did not start: " + line);
    }
    return line.substring(LISTENING.length());
  }

  /** Hands on what is printed, a line at a time. */
  private static final class Lines extends PrintWriter {
    private final LinkedBlockingQueue<String> said;

    Lines(LinkedBlockingQueue<String> said) {
      super(new StringWriter());
      this.said = said;
    }

    @Override
    public void println(String line) {
      said.add(line);
    }
  }

  private void day() throws IOException, InterruptedException {
    byte[] config = push("{}".getBytes(UTF_8));
    for (int i = 0; i < IMAGES; i++) {
      byte[] layer = push(("layer " + i).repeat(1000).getBytes(UTF_8));
      byte[] manifest = manifest(config, layer);
      String one = "/v2/training/manifests/" + Digest.sha256(manifest);
      ask("PUT", "/v2/training/manifests/t" + i, manifest);
      ask("GET", "/v2/training/manifests/t" + i);
      ask("GET", one);
      ask("HEAD", "/v2/training/blobs/" + Digest.sha256(layer));
      ask("GET", "/v2/training/blobs/" + Digest.sha256(layer));
      ask("GET", "/v2/training/tags/list?n=100");
      ask("GET", "/v2/_catalog");
      if (i % 2 == 0) {
        ask("DELETE", one);
      }
    }
    ask("POST", "/plimsoll/v1/gc?now=true");
    ask("GET", "/metrics");
  }

  private byte[] push(byte[] blob) throws IOException, InterruptedException {
    String place = ask("POST", "/v2/training/blobs/uploads/");
    ask("PUT", place + (place.contains("?") ? "&" : "?") + "digest=" + Digest.sha256(blob), blob);
    return blob;
  }

  private String ask(String method, String target) throws IOException, InterruptedException {
    return send(ClientRequest.of(method, registry, target));
  }

  private String ask(String method, String target, byte[] body)
      throws IOException, InterruptedException {
    return send(
        ClientRequest.of(method, registry, target)
            .header("Content-Type", MANIFEST)
            .body(RequestBody.of(body)));
  }

  /** Reads the answer to its end; returns where it points to, or nothing. */
  private String send(ClientRequest request) throws IOException, InterruptedException {
    try (ClientResponse answer = http.send(request)) {
      answer.body().transferTo(OutputStream.nullOutputStream());
      if (answer.status() >= 400) {
        throw new IOException(request + ": " + answer.status());
      }
      return answer.header("Location").orElse("");
    }
  }

  private static byte[] manifest(byte[] config, byte[] layer) {
    return """
    {"schemaVersion":2,"mediaType":"%s",\
    "config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"%s","size":%d},\
    "layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"%s","size":%d}]}\
    """
        .formatted(
            MANIFEST, Digest.sha256(config), config.length, Digest.sha256(layer), layer.length)
        .getBytes(UTF_8);
  }
}
