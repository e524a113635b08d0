package dev.plimsoll.system;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Clients of one registry that share layers and not tags: what one deletes is what another is just
 * pushing. Everything that is not as it has to be is noted as an error.
 */
final class SoakLoad implements AutoCloseable {
  private static final String OCI = "application/vnd.oci.image.manifest.v1+json";
  private static final List<String> REPOSITORIES = List.of("soak/a", "soak/b");
  private static final int LAYERS = 30;
  private static final int ERRORS_MAX = 100;
  private static final int WORK_MIN = 5;

  /** An image that was answered; whoever deletes it says so first. */
  private static final class Image {
    private final String repository;
    private final byte[] manifest;
    private final List<byte[]> blobs;
    private final List<String> tags = new ArrayList<>();
    private volatile boolean going;

    Image(String repository, byte[] manifest, List<byte[]> blobs) {
      this.repository = repository;
      this.manifest = manifest;
      this.blobs = blobs;
    }
  }

  private final String url;
  private final Duration lease;
  private final HttpClient http = HttpClient.newHttpClient();
  private final List<byte[]> layers = new ArrayList<>();
  private final Map<String, Image> images = new ConcurrentHashMap<>(); // by tag
  private final ConcurrentLinkedQueue<String> errors = new ConcurrentLinkedQueue<>();
  private final CountDownLatch pushed = new CountDownLatch(1);
  private final AtomicInteger pushes = new AtomicInteger();
  private final AtomicInteger late = new AtomicInteger();
  private final AtomicInteger pulls = new AtomicInteger();
  private final AtomicInteger retags = new AtomicInteger();
  private final AtomicInteger deletes = new AtomicInteger();
  private final AtomicInteger collections = new AtomicInteger();

  SoakLoad(String url, Duration lease) {
    this.url = url;
    this.lease = lease;
    for (int i = 0; i < LAYERS; i++) {
      byte[] layer = new byte[(i % 3 == 0 ? 1 : 40) * 1024 * (1 + i % 4)];
      new Random(i).nextBytes(layer);
      layers.add(layer);
    }
  }

  @Override
  public String toString() {
    return "%s pushes (%s slower than the lease), %s pulls, %s retags, %s deletes, %s collections, %d errors"
        .formatted(pushes, late, pulls, retags, deletes, collections, errors.size());
  }

  List<String> errors() {
    return List.copyOf(errors);
  }

  /** On a slow machine it takes longer until there is something to look at. */
  private boolean goesOn(long end) {
    return System.nanoTime() < end
        || (errors.isEmpty() && work().stream().anyMatch(count -> count < WORK_MIN));
  }

  /** How often each kind of work was done. */
  List<Integer> work() {
    return List.of(pushes.get(), pulls.get(), collections.get());
  }

  int live() {
    return images.size();
  }

  Void collectUntil(long end) throws Exception {
    while (goesOn(end)) {
      collect("/plimsoll/v1/gc");
    }
    return null;
  }

  void collectNow() throws Exception {
    collect("/plimsoll/v1/gc?now");
  }

  private void collect(String path) throws Exception {
    expect(200, send("POST", path, new byte[0]), "collect");
    collections.incrementAndGet();
  }

  /** One client with tags of its own. */
  Void workUntil(long end, int number, Random random) throws Exception {
    List<Image> own = new ArrayList<>();
    for (int n = 0; goesOn(end); n++) {
      int choice = own.isEmpty() ? 0 : random.nextInt(10);
      switch (choice) {
        case 0, 1, 2, 3 -> push("w%d-%d".formatted(number, n), random).ifPresent(own::add);
        case 4, 5 -> pull(pick(own, random));
        case 6 -> retag(pick(own, random), "r%d-%d".formatted(number, n));
        default -> {
          if (own.size() > 8) {
            delete(own.remove(random.nextInt(own.size())));
          }
        }
      }
    }
    return null;
  }

  /** Pulls what others push and delete. */
  Void pullUntil(long end, Random random) throws Exception {
    pushed.await();
    while (goesOn(end)) {
      List<Image> all = List.copyOf(images.values());
      if (!all.isEmpty()) {
        pull(pick(all, random));
      }
    }
    return null;
  }

  /** Empty if it took longer than a lease lasts, and has to be begun again. */
  private Optional<Image> push(String tag, Random random) throws Exception {
    String repository = pick(REPOSITORIES, random);
    List<byte[]> blobs = new ArrayList<>();
    blobs.add("{\"image\":\"%s\"}".formatted(tag).getBytes(StandardCharsets.UTF_8));
    for (int i = random.nextInt(3); i >= 0; i--) {
      byte[] layer = pick(layers, random);
      if (!blobs.contains(layer)) {
        blobs.add(layer);
      }
    }
    long began = System.nanoTime();
    for (byte[] blob : blobs) {
      offer(repository, blob, random);
    }
    Image image = new Image(repository, manifest(blobs), blobs);
    HttpResponse<byte[]> answer = put(image, tag);
    if (answer.statusCode() == 404 && System.nanoTime() - began > lease.toNanos()) {
      late.incrementAndGet();
      return Optional.empty();
    }
    expect(201, answer, "push " + tag);
    image.tags.add(tag);
    images.put(tag, image);
    pushes.incrementAndGet();
    pushed.countDown();
    return Optional.of(image);
  }

  /** As clients do: asks, tries to mount, and uploads what is not there. */
  private void offer(String repository, byte[] blob, Random random) throws Exception {
    String blobs = "/v2/" + repository + "/blobs/";
    HttpResponse<byte[]> head = send("HEAD", blobs + digest(blob), new byte[0]);
    if (head.statusCode() == 200) {
      return;
    }
    expect(404, head, "head");
    String from = random.nextBoolean() ? "&from=" + pick(REPOSITORIES, random) : "";
    HttpResponse<byte[]> begun =
        send("POST", blobs + "uploads/?mount=" + digest(blob) + from, new byte[0]);
    if (begun.statusCode() == 201) {
      return;
    }
    expect(202, begun, "begin");
    String at = begun.headers().firstValue("Location").orElse("");
    String put = at + (at.contains("?") ? "&" : "?") + "digest=" + digest(blob);
    expect(201, send("PUT", put, blob), "upload");
  }

  private HttpResponse<byte[]> put(Image image, String tag) throws Exception {
    return send(
        "PUT",
        "/v2/%s/manifests/%s".formatted(image.repository, tag),
        image.manifest,
        "Content-Type",
        OCI);
  }

  private void retag(Image image, String tag) throws Exception {
    expect(201, put(image, tag), "retag " + tag);
    image.tags.add(tag);
    images.put(tag, image);
    retags.incrementAndGet();
  }

  /** The manifest with all its tags; gone for everybody when it is answered. */
  private void delete(Image image) throws Exception {
    image.going = true;
    String manifests = "/v2/%s/manifests/".formatted(image.repository);
    expect(202, send("DELETE", manifests + digest(image.manifest), new byte[0]), "delete");
    for (String tag : image.tags) {
      images.remove(tag);
      expect(404, send("GET", manifests + tag, new byte[0]), "what was deleted");
    }
    deletes.incrementAndGet();
  }

  void deleteAll() throws Exception {
    for (Image image : List.copyOf(images.values())) {
      if (!image.going) {
        delete(image);
      }
    }
  }

  private void pull(Image image) throws Exception {
    if (!isWhole(image) && !image.going) {
      error("an image is broken: " + image.tags);
    }
    pulls.incrementAndGet();
  }

  /** How many of those that were answered and not deleted cannot be had byte for byte. */
  int broken() throws Exception {
    int broken = 0;
    for (Image image : images.values()) {
      broken += isWhole(image) ? 0 : 1;
    }
    return broken;
  }

  private boolean isWhole(Image image) throws Exception {
    String repository = "/v2/" + image.repository;
    if (!isServed(repository + "/manifests/" + digest(image.manifest), image.manifest)) {
      return false;
    }
    for (byte[] blob : image.blobs) {
      if (!isServed(repository + "/blobs/" + digest(blob), blob)) {
        return false;
      }
    }
    return true;
  }

  private boolean isServed(String path, byte[] bytes) throws Exception {
    HttpResponse<byte[]> answer = send("GET", path, new byte[0]);
    if (answer.statusCode() == 404) {
      return false; // whether that is right, the caller knows
    }
    expect(200, answer, "get");
    return digest(answer.body()).equals(digest(bytes));
  }

  private void expect(int status, HttpResponse<byte[]> answer, String what) {
    if (answer.statusCode() != status) {
      error(
          "%s: %d %s"
              .formatted(
                  what,
                  answer.statusCode(),
                  new String(answer.body(), StandardCharsets.UTF_8).strip()));
    }
  }

  private void error(String what) {
    if (errors.size() < ERRORS_MAX) {
      errors.add(what);
    }
  }

  private HttpResponse<byte[]> send(String method, String path, byte[] body, String... headers)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(path.startsWith("http") ? path : url + path))
            .timeout(Duration.ofMinutes(1))
            .method(
                method,
                body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return http.send(request.build(), BodyHandlers.ofByteArray());
  }

  private static byte[] manifest(List<byte[]> blobs) throws Exception {
    List<String> layers = new ArrayList<>();
    for (byte[] blob : blobs) {
      layers.add(
          "{\"mediaType\":\"application/vnd.oci.image.layer.v1.tar\",\"digest\":\"%s\",\"size\":%d}"
              .formatted(digest(blob), blob.length));
    }
    return """
    {"schemaVersion":2,"mediaType":"%s","config":%s,"layers":[%s]}\
    """
        .formatted(OCI, layers.getFirst(), String.join(",", layers.subList(1, layers.size())))
        .getBytes(StandardCharsets.UTF_8);
  }

  private static String digest(byte[] bytes) throws Exception {
    return "sha256:" + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }

  private static <T> T pick(List<T> from, Random random) {
    return from.get(random.nextInt(from.size()));
  }

  @Override
  public void close() {
    http.close();
  }
}
