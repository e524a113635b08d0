package dev.plimsoll.engine.image;

import dev.plimsoll.http.Handler;
import dev.plimsoll.http.HttpServer;
import dev.plimsoll.http.Limits;
import dev.plimsoll.http.Request;
import dev.plimsoll.http.Response;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A registry in memory, just whole enough for pull and push; it can be told to misbehave. */
public final class TestRegistry implements Handler, AutoCloseable {
  private final HttpServer server = new HttpServer(this, Limits.DEFAULT);
  private final Map<String, byte[]> manifests = new ConcurrentHashMap<>();
  private final Map<String, String> types = new ConcurrentHashMap<>();
  public final Map<String, byte[]> blobs = new ConcurrentHashMap<>();
  private final Map<String, ByteArrayOutputStream> uploads = new ConcurrentHashMap<>();
  final List<String> requests = new CopyOnWriteArrayList<>();
  private final AtomicInteger ids = new AtomicInteger();
  private final String address;

  /** Bytes of each layer answer after which the connection is cut, once. */
  volatile int cutAfter = -1;

  public TestRegistry() throws IOException {
    InetSocketAddress bound =
        server.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    address = "127.0.0.1:" + bound.getPort();
  }

  public String address() {
    return address;
  }

  /** Holds an image, its layers packed, under {@code repository:tag}. */
  public void hold(String repository, String tag, TestArchives.Made image) throws IOException {
    List<byte[]> packed = new ArrayList<>();
    for (byte[] layer : image.layers()) {
      packed.add(TestArchives.gzip(layer));
    }
    hold(repository, tag, image.config(), packed);
  }

  /** Holds blobs as the layers of a configuration, whatever they are. */
  void hold(String repository, String tag, byte[] config, List<byte[]> packed) {
    List<Map<String, Object>> layers = new ArrayList<>();
    for (byte[] blob : packed) {
      layers.add(held(blob, "application/vnd.oci.image.layer.v1.tar+gzip"));
    }
    String type = "application/vnd.oci.image.manifest.v1+json";
    manifests.put(
        repository + "/" + tag,
        Json.write(
            Map.of(
                "schemaVersion",
                2,
                "mediaType",
                type,
                "config",
                held(config, "application/vnd.oci.image.config.v1+json"),
                "layers",
                layers)));
    types.put(repository + "/" + tag, type);
  }

  private Map<String, Object> held(byte[] bytes, String type) {
    String digest = Digest.sha256(bytes).toString();
    blobs.put(digest, bytes);
    return Map.of("mediaType", type, "digest", digest, "size", bytes.length);
  }

  @Override
  public void handle(Request request, Response response) throws Exception {
    String path = request.path();
    requests.add(request.method() + " " + path);
    String[] parts = path.split("/", -1); // "", v2, name, kind, reference
    if (parts.length < 5) {
      response.status(200).send();
      return;
    }
    switch (parts[3]) {
      case "manifests" -> manifest(request, response, parts[2] + "/" + parts[4]);
      case "tags" ->
          response
              .status(200)
              .send(
                  Json.write(
                      Map.of(
                          "tags",
                          new TreeMap<>(manifests)
                              .keySet().stream()
                                  .filter(k -> k.startsWith(parts[2] + "/") && !k.contains(":"))
                                  .map(k -> k.substring(k.indexOf('/') + 1))
                                  .toList())));
      case "blobs" -> {
        if (parts[4].equals("uploads")) {
          upload(request, response, parts);
        } else {
          blob(request, response, parts[4]);
        }
      }
      default -> response.status(404).send();
    }
  }

  private void manifest(Request request, Response response, String key) throws IOException {
    if (request.method().equals("PUT")) {
      byte[] bytes = request.body().readAllBytes();
      String digest = Digest.sha256(bytes).toString();
      String byDigest = key.substring(0, key.indexOf('/') + 1) + digest;
      for (String each : List.of(key, byDigest)) {
        manifests.put(each, bytes);
        types.put(each, request.header("Content-Type").orElse(""));
      }
      response.status(201).header("Docker-Content-Digest", digest).send();
      return;
    }
    byte[] bytes = manifests.get(key);
    if (bytes == null) {
      response
          .status(404)
          .send(
              Json.write(
                  Map.of(
                      "errors",
                      List.of(Map.of("code", "MANIFEST_UNKNOWN", "message", "manifest unknown")))));
      return;
    }
    response
        .status(200)
        .header("Content-Type", types.getOrDefault(key, ""))
        .header("Docker-Content-Digest", Digest.sha256(bytes))
        .send(bytes);
  }

  private void blob(Request request, Response response, String digest) throws IOException {
    byte[] bytes = blobs.get(digest);
    if (bytes == null) {
      response.status(404).send();
      return;
    }
    int from =
        request.header("Range").map(r -> Integer.parseInt(r.replaceAll("[^0-9]", ""))).orElse(0);
    byte[] rest = Arrays.copyOfRange(bytes, from, bytes.length);
    if (from > 0) {
      response
          .status(206)
          .header(
              "Content-Range", "bytes %d-%d/%d".formatted(from, bytes.length - 1, bytes.length));
    } else {
      response.status(200);
    }
    int cut = cutAfter;
    if (cut >= 0 && cut < rest.length && request.method().equals("GET")) {
      response.send(
          new java.io.ByteArrayInputStream(rest, 0, cut), rest.length); // too short: cut off
      return;
    }
    response.send(rest);
  }

  private void upload(Request request, Response response, String[] parts) throws IOException {
    String base = "/v2/" + parts[2] + "/blobs/uploads/";
    if (request.method().equals("POST")) {
      String id = "u" + ids.incrementAndGet();
      uploads.put(id, new ByteArrayOutputStream());
      response.status(202).header("Location", base + id).header("Range", "0-0").send();
      return;
    }
    String id = parts[5];
    ByteArrayOutputStream upload = uploads.get(id);
    if (upload == null) {
      response.status(404).send();
      return;
    }
    upload.writeBytes(request.body().readAllBytes());
    if (request.method().equals("PUT")) {
      blobs.put(request.query("digest").orElse(""), upload.toByteArray());
      response.status(201).send();
    } else {
      response
          .status(202)
          .header("Location", base + id)
          .header("Range", "0-" + (upload.size() - 1))
          .send();
    }
  }

  @Override
  public void close() {
    server.close();
  }
}
