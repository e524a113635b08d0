package dev.plimsoll.registry.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.registry.MemoryDirectory;
import dev.plimsoll.registry.model.History.Variant;
import dev.plimsoll.registry.model.Shrinking.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Random histories against a model. {@code -Dplimsoll.model.operations=N} makes it N operations, and
 * {@code -Dplimsoll.seed=S} repeats a history, whose seed is printed.
 */
class ModelTest extends QuietLog {
  private static final int OPERATIONS = Integer.getInteger("plimsoll.model.operations", 3000);
  private static final int OPERATIONS_EACH = 5000;
  private static final int STORY_LINES_TOLD = 40;

  @Test
  void everyHistoryGoesAsTheModelSays() throws Exception {
    Random seeds = new Random();
    Long given = Long.getLong("plimsoll.seed");
    int powerCuts = 0;
    for (int done = 0; done < OPERATIONS; done += OPERATIONS_EACH) {
      long seed = given != null ? given : seeds.nextLong();
      System.out.printf("model test: -Dplimsoll.seed=%d after %d operations%n", seed, done);
      int count = given != null ? OPERATIONS_EACH : Math.min(OPERATIONS_EACH, OPERATIONS - done);
      Outcome outcome = live(seed, Step.random(count, new Random(seed)), Variant.SOUND);
      powerCuts += outcome.powerCuts();
      if (outcome.failure().isPresent()) {
        throw new AssertionError(
            told(seed, outcome.failure().get()), outcome.failure().get().cause());
      }
      if (given != null) {
        break;
      }
    }
    System.out.printf("model test: %d power cuts%n", powerCuts);
    assertThat(powerCuts).isGreaterThan(Math.min(OPERATIONS, OPERATIONS_EACH) / 100);
  }

  record Outcome(int powerCuts, Optional<Failure> failure) {}

  /** The history in its shortest form. */
  private static String told(long seed, Failure failure) throws Exception {
    System.out.printf(
        "model test: violated, the shortest form is looked for: %s%nin the end:%n%s%n",
        failure.cause().getMessage(),
        failure.story().stream()
            .skip(Math.max(0, failure.story().size() - STORY_LINES_TOLD))
            .collect(Collectors.joining(System.lineSeparator())));
    Failure shortest =
        Shrinking.shrink(failure, steps -> live(seed, steps, Variant.SOUND).failure());
    return "-Dplimsoll.seed=%d: %s%nin short:%n%s%n%s"
        .formatted(
            seed,
            failure.cause().getMessage(),
            String.join(System.lineSeparator(), shortest.story()),
            shortest.cause().getMessage());
  }

  static Outcome live(long seed, List<Step> steps, Variant variant) throws IOException {
    Path root = MemoryDirectory.create();
    try (History history = new History(root, seed, variant)) {
      try {
        history.run(steps);
        return new Outcome(history.powerCuts(), Optional.empty());
      } catch (AssertionError e) {
        int taken = history.stepsTaken();
        return new Outcome(
            history.powerCuts(),
            Optional.of(new Failure(List.copyOf(steps.subList(0, taken)), history.story(), e)));
      }
    } finally {
      try (Stream<Path> files = Files.walk(root)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }
}
