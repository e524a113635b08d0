package dev.plimsoll.transfer;

import com.sun.net.httpserver.HttpExchange;
import dev.plimsoll.oci.Digest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Takes uploads as the specification says, with status and resume, in one repository; breaks off
 * where told to.
 */
final class UploadingRegistry {
  private final FakeRegistry registry;
  private final Map<String, ByteArrayOutputStream> uploads = new ConcurrentHashMap<>();
  private final Map<Digest, byte[]> blobs = new ConcurrentHashMap<>();
  private final List<String> ranges = new CopyOnWriteArrayList<>();
  private final AtomicInteger numbers = new AtomicInteger();
  private final AtomicInteger patches = new AtomicInteger();

  /** Decides what becomes of the n-th PATCH, counted from 1; true if it was dealt with. */
  interface Trouble {
    boolean happens(HttpExchange exchange, int patch, ByteArrayOutputStream upload)
        throws IOException;
  }

  private volatile Trouble trouble = (exchange, patch, upload) -> false;

  UploadingRegistry(FakeRegistry registry) {
    this.registry = registry;
    registry.gate(this::handle);
  }

  void trouble(Trouble newTrouble) {
    trouble = newTrouble;
  }

  byte[] blob(Digest digest) {
    return blobs.getOrDefault(digest, new byte[0]);
  }

  /** The Content-Range headers that came. */
  List<String> ranges() {
    return ranges;
  }

  int patches() {
    return patches.get();
  }

  void forgetUploads() {
    uploads.clear();
  }

  void handle(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    String method = exchange.getRequestMethod();
    if (path.contains("/blobs/uploads/")) {
      String id = path.substring(path.lastIndexOf('/') + 1);
      switch (method) {
        case "POST" -> begin(exchange, path);
        case "GET" -> status(exchange, path, id);
        case "PATCH" -> append(exchange, path, id);
        case "PUT" -> finish(exchange, id);
        default -> {}
      }
    } else if (path.contains("/blobs/") && method.equals("HEAD")) {
      byte[] blob = blob(Digest.parse(path.substring(path.lastIndexOf('/') + 1)));
      if (blob.length == 0) {
        exchange.sendResponseHeaders(404, -1);
      } else {
        FakeRegistry.send(exchange, 200, "application/octet-stream", blob);
      }
    } else if (path.contains("/manifests/") && method.equals("PUT")) {
      byte[] manifest = exchange.getRequestBody().readAllBytes();
      registry.manifest(
          "team/app",
          path.substring(path.lastIndexOf('/') + 1),
          exchange.getRequestHeaders().getFirst("Content-Type"),
          manifest);
      exchange.sendResponseHeaders(201, -1);
    }
  }

  private void begin(HttpExchange exchange, String path) throws IOException {
    String id = "upload-" + numbers.incrementAndGet();
    uploads.put(id, new ByteArrayOutputStream());
    exchange.getResponseHeaders().set("Location", path + id + "?state=0");
    exchange.sendResponseHeaders(202, -1);
  }

  private void status(HttpExchange exchange, String path, String id) throws IOException {
    ByteArrayOutputStream upload = uploads.get(id);
    if (upload == null) {
      FakeRegistry.error(exchange, 404, "BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry");
      return;
    }
    accepted(exchange, path, upload, 204);
  }

  private void append(HttpExchange exchange, String path, String id) throws IOException {
    ByteArrayOutputStream upload = uploads.get(id);
    if (upload == null) {
      FakeRegistry.error(exchange, 404, "BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry");
      return;
    }
    String range = exchange.getRequestHeaders().getFirst("Content-Range");
    if (range != null) {
      ranges.add(range);
      if (!range.startsWith(upload.size() + "-")) {
        FakeRegistry.error(exchange, 416, "BLOB_UPLOAD_INVALID", "out of order");
        return;
      }
    }
    if (trouble.happens(exchange, patches.incrementAndGet(), upload)) {
      return;
    }
    upload.writeBytes(exchange.getRequestBody().readAllBytes());
    accepted(exchange, path, upload, 202);
  }

  private static void accepted(
      HttpExchange exchange, String path, ByteArrayOutputStream upload, int status)
      throws IOException {
    exchange.getResponseHeaders().set("Location", path + "?state=" + upload.size());
    exchange.getResponseHeaders().set("Range", "0-" + Math.max(0, upload.size() - 1));
    exchange.sendResponseHeaders(status, -1);
  }

  private void finish(HttpExchange exchange, String id) throws IOException {
    ByteArrayOutputStream upload = uploads.remove(id);
    if (upload == null) {
      FakeRegistry.error(exchange, 404, "BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry");
      return;
    }
    upload.writeBytes(exchange.getRequestBody().readAllBytes());
    String query = exchange.getRequestURI().getQuery();
    Digest promised = Digest.parse(query.substring(query.indexOf("digest=") + 7));
    if (!Digest.sha256(upload.toByteArray()).equals(promised)) {
      FakeRegistry.error(exchange, 400, "DIGEST_INVALID", "provided digest did not match");
      return;
    }
    blobs.put(promised, upload.toByteArray());
    exchange.sendResponseHeaders(201, -1);
  }
}
