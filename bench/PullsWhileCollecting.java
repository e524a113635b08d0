import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;

/**
 * Pulls images of {@code bench/images} at a steady pace, has our registry collect meanwhile, and
 * prints: the 99th percentile of a pull in ms before, while it collects, and how many seconds it
 * collected: {@code PullsWhileCollecting URL FROM TO}, which images are there.
 */
final class PullsWhileCollecting {
  private static final int CONNECTIONS = 8;
  private static final long PACE_NANOS = 10_000_000; // of each connection: 800 a second in all
  private static final long BEFORE_NANOS = 3_000_000_000L;
  private static volatile Phase phase = Phase.WARMING;

  private enum Phase {
    WARMING,
    BEFORE,
    COLLECTING,
    OVER
  }

  private record Pull(Phase phase, long nanos) {}

  public static void main(String[] arguments) throws Exception {
    String url = arguments[0];
    int from = Integer.parseInt(arguments[1]);
    int to = Integer.parseInt(arguments[2]);
    List<Pull> pulls = new ArrayList<>();
    double collected;
    try (var threads = Executors.newFixedThreadPool(CONNECTIONS)) {
      List<Future<List<Pull>>> all = new ArrayList<>();
      for (int c = 0; c < CONNECTIONS; c++) {
        int connection = c;
        all.add(threads.submit(() -> pull(url, connection, from, to)));
      }
      LockSupport.parkNanos(BEFORE_NANOS);
      phase = Phase.BEFORE;
      LockSupport.parkNanos(BEFORE_NANOS);
      try (Http http = new Http(url)) {
        phase = Phase.COLLECTING;
        long start = System.nanoTime();
        http.send(200, "POST", "/plimsoll/v1/gc?now=true", "", Http.NOTHING);
        collected = (System.nanoTime() - start) / 1e9;
      }
      phase = Phase.OVER;
      for (Future<List<Pull>> each : all) {
        pulls.addAll(each.get());
      }
    }
    System.out.printf(
        "%.1f %.1f %.2f%n",
        percentile(pulls, Phase.BEFORE), percentile(pulls, Phase.COLLECTING), collected);
  }

  private static List<Pull> pull(String url, int connection, int from, int to) throws Exception {
    List<Pull> pulls = new ArrayList<>();
    try (Http http = new Http(url)) {
      long next = System.nanoTime() + connection * PACE_NANOS / CONNECTIONS;
      for (int i = from + connection; phase != Phase.OVER; i += CONNECTIONS) {
        LockSupport.parkNanos(next - System.nanoTime());
        Phase begun = phase;
        int number = from + i % (to - from);
        http.send(
            200,
            "GET",
            "/v2/bench/images/manifests/i%05d".formatted(number),
            "Accept: " + Images.MANIFEST + "\r\n",
            Http.NOTHING);
        // From when it was due: a registry that stalls is not asked less.
        pulls.add(new Pull(begun, System.nanoTime() - next));
        next += PACE_NANOS;
      }
    }
    return pulls;
  }

  private static double percentile(List<Pull> pulls, Phase of) {
    List<Long> nanos = new ArrayList<>();
    pulls.stream().filter(pull -> pull.phase() == of).forEach(pull -> nanos.add(pull.nanos()));
    Collections.sort(nanos);
    return nanos.isEmpty() ? 0 : nanos.get(nanos.size() * 99 / 100) / 1e6;
  }
}
