import java.util.concurrent.ThreadLocalRandom;

/**
 * Pushes blobs of 16 KiB, each by POST and PUT, over some connections at once, and prints how many a
 * second were answered 201: {@code SmallPushes URL CONNECTIONS COUNT}.
 */
final class SmallPushes {
  private static final int BLOB_BYTES = 16 * 1024;

  public static void main(String[] arguments) throws Exception {
    String url = arguments[0];
    int count = Integer.parseInt(arguments[2]);
    double seconds =
        Images.seconds(url, Integer.parseInt(arguments[1]), 0, count, (http, i) -> {
          byte[] blob = new byte[BLOB_BYTES];
          ThreadLocalRandom.current().nextBytes(blob);
          Images.pushBlob(http, "bench/blobs", blob);
        });
    System.out.printf("%.0f%n", count / seconds);
  }
}
