package dev.plimsoll.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Pushes, pulls, retags and deletes while the collector runs without a pause and grants no grace: no
 * client sees an error, and in the end every image is whole. For some seconds, or for as many as
 * {@code -Dplimsoll.soak=SECONDS} says.
 */
class SoakIT {
  private static final int SECONDS = Integer.getInteger("plimsoll.soak", 6);
  private static final int WORKERS = 6;
  private static final int PULLERS = 2;

  /** Most pushes take less; one that takes longer may be told to begin again. */
  private static final Duration LEASE = Duration.ofSeconds(2);

  /** The trash keeps nothing, and what is condemned goes at once. */
  private static final String EAGER =
      """
      registry:
        lease: 2s
        trash: {kept-for: 0s}
        gc: {condemned-for: 0s, every: 1s, steps-aside: false}
      """;

  private Places places;
  private RunningServer server;
  private SoakLoad load;

  @BeforeEach
  void start() throws Exception {
    places = Places.make();
    Path configuration =
        Files.writeString(places.scratch().resolve("eager.yaml"), EAGER, StandardCharsets.UTF_8);
    server =
        RunningServer.registryLoggingTo(
            places.scratch().resolve("log"), places.data(), "--config=" + configuration);
    load = new SoakLoad(server.address(), LEASE);
  }

  @AfterEach
  void stop() throws Exception {
    load.close();
    server.close();
    places.remove();
  }

  @Test
  void underAnEagerCollectorNoClientSeesAnErrorAndNoImageIsBroken() throws Exception {
    long end = System.nanoTime() + Duration.ofSeconds(SECONDS).toNanos();
    try (var threads = Executors.newCachedThreadPool()) {
      List<Future<?>> all = new ArrayList<>();
      all.add(threads.submit(() -> load.collectUntil(end)));
      for (int i = 0; i < WORKERS; i++) {
        int number = i;
        all.add(threads.submit(() -> load.workUntil(end, number, new Random(number))));
      }
      for (int i = 0; i < PULLERS; i++) {
        int number = i;
        all.add(threads.submit(() -> load.pullUntil(end, new Random(100L + number))));
      }
      for (Future<?> each : all) {
        each.get();
      }
    }
    int images = load.live();
    int broken = load.broken();
    System.out.printf(
        "soak: %d s, %s, %d images at the end, %d broken%n", SECONDS, load, images, broken);

    assertThat(load.errors()).as("errors that clients saw").isEmpty();
    assertThat(broken).isZero();
    assertThat(load.work()).as("all kinds of work were done").allMatch(count -> count > 0);
    assertThat(Program.plimsoll("registry", "check", "--url", server.address()).run().code())
        .as("every byte read")
        .isZero();

    load.deleteAll();
    load.collectNow();
    assertThat(bytesOfBlobs()).as("files of blobs when nothing is left").isEmpty();
  }

  private List<Path> bytesOfBlobs() throws IOException {
    try (Stream<Path> files =
        Files.walk(places.data().resolve("registry").resolve("content").resolve("blobs"))) {
      return files.filter(Files::isRegularFile).toList();
    }
  }
}
