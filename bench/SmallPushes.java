import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Pushes blobs of 16 KiB, each by POST and PUT, over some connections at once, and prints how many a
 * second were answered 201: {@code SmallPushes URL CONNECTIONS COUNT}.
 */
final class SmallPushes {
  private static final int BLOB_BYTES = 16 * 1024;

  public static void main(String[] arguments) throws Exception {
    String url = arguments[0];
    int connections = Integer.parseInt(arguments[1]);
    int count = Integer.parseInt(arguments[2]);
    long start = System.nanoTime();
    try (var threads = Executors.newFixedThreadPool(connections)) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < connections; i++) {
        all.add(threads.submit(() -> {
          push(url, count / connections);
          return null;
        }));
      }
      for (Future<?> each : all) {
        each.get();
      }
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    System.out.printf("%.0f%n", count / seconds);
  }

  private static void push(String url, int count) throws Exception {
    byte[] blob = new byte[BLOB_BYTES];
    try (HttpClient http =
        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      for (int i = 0; i < count; i++) {
        ThreadLocalRandom.current().nextBytes(blob);
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(blob);
        HttpResponse<Void> begun =
            http.send(
                HttpRequest.newBuilder(URI.create(url + "/v2/bench/blobs/blobs/uploads/"))
                    .POST(HttpRequest.BodyPublishers.noBody())
                    .build(),
                HttpResponse.BodyHandlers.discarding());
        URI place = URI.create(url).resolve(begun.headers().firstValue("Location").orElseThrow());
        String query = (place.getRawQuery() == null ? "?" : "&") + "digest=sha256:";
        HttpResponse<Void> done =
            http.send(
                HttpRequest.newBuilder(
                        URI.create(place + query + HexFormat.of().formatHex(hash)))
                    .PUT(HttpRequest.BodyPublishers.ofByteArray(blob))
                    .build(),
                HttpResponse.BodyHandlers.discarding());
        if (done.statusCode() != 201) {
          throw new IllegalStateException("a push was answered " + done.statusCode());
        }
      }
    }
  }
}
