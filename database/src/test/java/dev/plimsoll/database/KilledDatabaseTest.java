package dev.plimsoll.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KilledDatabaseTest {
  private static final int ACKNOWLEDGED = 300;

  @Test
  void everyWriteThatWasAcknowledgedSurvivesTheKill(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("test.db");
    Process program =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                KilledWriter.class.getName(),
                file.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    List<String> acknowledged = new ArrayList<>();
    try (BufferedReader output = program.inputReader()) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        if (acknowledged.size() == ACKNOWLEDGED) {
          program.toHandle().destroyForcibly(); // Process.destroyForcibly closes the output too
        }
        acknowledged.add(line);
      }
    } finally {
      program.destroyForcibly().waitFor();
    }
    acknowledged.removeLast(); // it may have been cut short

    try (Database database = Database.open(file, Notes.MIGRATIONS)) {
      assertThat(acknowledged).hasSizeGreaterThanOrEqualTo(ACKNOWLEDGED);
      assertThat(database.read(Notes::all)).containsAll(acknowledged);
    }
  }
}
