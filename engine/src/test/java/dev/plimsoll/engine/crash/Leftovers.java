package dev.plimsoll.engine.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** What belongs to nothing any more and should not be there. */
final class Leftovers {
  private static final Duration SOON = Duration.ofSeconds(10);

  private Leftovers() {}

  /** Waits for what engines delete behind their answers. */
  static void requireNone(TestHost host) {
    Awaitility.await()
        .atMost(SOON)
        .untilAsserted(() -> assertThat(inData(host)).as("left over").isEmpty());
  }

  private static List<String> inData(TestHost host) throws IOException {
    Path engine = host.data().resolve("engine");
    List<String> found = new ArrayList<>();
    found.addAll(names(engine.resolve("layers/staging")));
    found.addAll(names(engine.resolve("layers/trash")));
    found.addAll(names(engine.resolve("volumes")).stream().filter(n -> n.startsWith(".")).toList());
    found.addAll(
        names(engine.resolve("containers")).stream().filter(n -> n.contains(".")).toList());
    return found;
  }

  static List<String> names(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.map(entry -> entry.getFileName().toString()).toList();
    }
  }
}
