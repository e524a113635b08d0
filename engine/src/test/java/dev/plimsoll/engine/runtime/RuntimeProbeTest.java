package dev.plimsoll.engine.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RuntimeProbeTest {
  private static final List<String> CANDIDATES = List.of("crun", "runc");

  @TempDir Path run;

  @Test
  void whatWorkedIsRememberedWhileNothingChanges() throws Exception {
    var memory = new ProbeMemory(run);
    assertThat(memory.recall(CANDIDATES)).isEmpty();

    memory.keep("runc", CANDIDATES);

    assertThat(new ProbeMemory(run).recall(CANDIDATES)).contains("runc");
    assertThat(new ProbeMemory(run).recall(List.of("crun", "runc", "another"))).isEmpty();
  }

  @Test
  void whatAnotherBootRememberedDoesNotCount() throws Exception {
    var memory = new ProbeMemory(run);
    memory.keep("runc", CANDIDATES);
    Path file = run.resolve("runtime-probe");
    Files.write(
        file,
        Files.readString(file).replaceFirst("boot .*", "boot 1").getBytes(StandardCharsets.UTF_8));

    assertThat(memory.recall(CANDIDATES)).isEmpty();
  }

  @Test
  void aTornMemoryDoesNotCount() throws Exception {
    Files.createFile(run.resolve("runtime-probe"));

    assertThat(new ProbeMemory(run).recall(CANDIDATES)).isEmpty();
  }
}
