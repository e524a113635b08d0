import java.util.concurrent.ThreadLocalRandom;

/**
 * The same requests to a small and to a large registry, one kind after the other; prints for each kind
 * how many ms one takes in either: {@code Growth TIMES URL TAGS REPOSITORIES MANIFESTS URL TAGS …}.
 * What only reads is asked so many times as often: a JVM compiles what it has done some thousand times.
 */
final class Growth {
  private static final int CONNECTIONS = 4;
  private static final int WORKING_SET = 1000;
  private static final int RUN = ThreadLocalRandom.current().nextInt(1_000_000) * 1000;

  private record Size(String url, int tags, int repositories, int manifests) {}

  private interface Request {
    void send(Http http, Size size, int number) throws Exception;
  }

  public static void main(String[] arguments) throws Exception {
    int times = Integer.parseInt(arguments[0]);
    Size small = size(arguments, 1);
    Size large = size(arguments, 5);
    for (Size size : new Size[] {small, large}) {
      try (Http http = new Http(size.url())) {
        Images.pushConfig(http, "growth/images");
      }
    }
    measure("manifest_GET_by_tag,_1,000_in_use", small, large, times * 4000, (http, size, i) ->
        manifest(http, "GET", "g%07d".formatted(i % Math.min(WORKING_SET, size.manifests()) / 3 * 3)));
    measure("manifest_GET_by_digest,_any", small, large, times * 4000, (http, size, _) ->
        manifest(http, "GET", "sha256:%064x".formatted(1_000_000 + any(size.manifests()))));
    measure("manifest_HEAD_by_tag,_any", small, large, times * 4000, (http, size, _) ->
        manifest(http, "HEAD", "g%07d".formatted(any(size.manifests()) / 3 * 3)));
    measure("blob_HEAD,_any", small, large, times * 4000, (http, size, _) ->
        http.send(
            200,
            "HEAD",
            "/v2/growth/images/blobs/sha256:%064x".formatted(100_000_000 + any(size.manifests())),
            "",
            Http.NOTHING));
    measure("tag_page_of_50,_anywhere", small, large, times * 2000, (http, size, _) ->
        get(http, "/v2/growth/tags/tags/list?n=50&last=t%06d".formatted(any(size.tags() / 2))));
    measure("catalog_page_of_50,_anywhere", small, large, times * 2000, (http, size, _) ->
        get(http, "/v2/_catalog?n=50&last=growth/r%05d".formatted(any(size.repositories() / 2))));
    measure("push_of_an_image", small, large, 400, (http, _, i) ->
        Images.push(http, "growth/images", RUN + i));
    measure("delete_of_a_manifest", small, large, 400, (http, _, i) ->
        Images.delete(http, "growth/images", RUN + i));
    measure("collecting_these_400", small, large, 1, (http, _, _) ->
        http.send(200, "POST", "/plimsoll/v1/gc?now=true", "", Http.NOTHING));
    System.exit(0);
  }

  private static Size size(String[] arguments, int at) {
    return new Size(
        arguments[at],
        Integer.parseInt(arguments[at + 1]),
        Integer.parseInt(arguments[at + 2]),
        Integer.parseInt(arguments[at + 3]));
  }

  private static void measure(String name, Size small, Size large, int count, Request request)
      throws Exception {
    System.out.printf(
        "%s %.3f %.3f%n", name, millis(small, count, request), millis(large, count, request));
  }

  private static double millis(Size size, int count, Request request) throws Exception {
    int connections = Math.min(CONNECTIONS, count);
    double seconds =
        Images.seconds(size.url(), connections, 0, count, (http, i) -> request.send(http, size, i));
    return seconds * 1000 * connections / count;
  }

  private static int any(int of) {
    return ThreadLocalRandom.current().nextInt(of);
  }

  private static void manifest(Http http, String method, String reference) throws Exception {
    http.send(
        200,
        method,
        "/v2/growth/images/manifests/" + reference,
        "Accept: " + Images.MANIFEST + "\r\n",
        Http.NOTHING);
  }

  private static void get(Http http, String target) throws Exception {
    http.send(200, "GET", target, "", Http.NOTHING);
  }
}
