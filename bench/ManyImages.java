/**
 * Fills a registry, and deletes from it, over 8 connections; prints how many steps a second.
 *
 * <pre>
 *   ManyImages URL tags COUNT            bench/tags:t00000 …, all at one image
 *   ManyImages URL repositories COUNT    many/r0000 …, an image each
 *   ManyImages URL images FROM TO        bench/images:i00000 …, each with a layer of its own
 *   ManyImages URL delete FROM TO        those manifests again
 * </pre>
 */
final class ManyImages {
  private static final int CONNECTIONS = 8;
  private static final int SHARED_LAYER = -1;

  public static void main(String[] arguments) throws Exception {
    String url = arguments[0];
    int first = Integer.parseInt(arguments[2]);
    double rate =
        switch (arguments[1]) {
          case "tags" -> tags(url, first);
          case "repositories" -> repositories(url, first);
          case "images" -> images(url, first, Integer.parseInt(arguments[3]));
          case "delete" -> delete(url, first, Integer.parseInt(arguments[3]));
          default -> throw new IllegalArgumentException(arguments[1]);
        };
    System.out.printf("%.1f%n", rate);
    System.exit(0);
  }

  private static double tags(String url, int count) throws Exception {
    byte[] manifest = Images.manifest(SHARED_LAYER);
    try (Http http = new Http(url)) {
      Images.pushConfig(http, "bench/tags");
      Images.pushBlob(http, "bench/tags", Images.layer(SHARED_LAYER));
    }
    return count
        / Images.seconds(url, CONNECTIONS, 0, count, (http, i) ->
            Images.pushManifest(http, "bench/tags", "t%05d".formatted(i), manifest));
  }

  private static double repositories(String url, int count) throws Exception {
    return count
        / Images.seconds(url, CONNECTIONS, 0, count, (http, i) -> {
          String repository = "many/r%04d".formatted(i);
          Images.pushConfig(http, repository);
          Images.pushBlob(http, repository, Images.layer(SHARED_LAYER));
          Images.pushManifest(http, repository, "latest", Images.manifest(SHARED_LAYER));
        });
  }

  private static double images(String url, int from, int to) throws Exception {
    try (Http http = new Http(url)) {
      Images.pushConfig(http, "bench/images");
    }
    return (to - from)
        / Images.seconds(url, CONNECTIONS, from, to, (http, i) ->
            Images.push(http, "bench/images", i));
  }

  private static double delete(String url, int from, int to) throws Exception {
    // The digests are computed before the clock starts.
    String[] digests = new String[to];
    for (int i = from; i < to; i++) {
      digests[i] = Images.digest(Images.manifest(i));
    }
    return (to - from)
        / Images.seconds(url, CONNECTIONS, from, to, (http, i) ->
            http.send(
                202,
                "DELETE",
                "/v2/bench/images/manifests/" + digests[i],
                "",
                Http.NOTHING));
  }
}
