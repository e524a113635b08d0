package dev.plimsoll.foundation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryLockTest {
  @TempDir Path directory;

  @Test
  void aSecondHolderIsRefusedUntilTheFirstIsGone() throws IOException {
    Path data = directory.resolve("data");
    try (DataDirectoryLock first = DataDirectoryLock.acquire(data)) {
      assertThat(first).hasToString(data.toRealPath().resolve("lock").toString());
      assertThatThrownBy(() -> DataDirectoryLock.acquire(data))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("in use by this process");
      // The refused attempt must not have dropped the kernel's lock.
      assertThatThrownBy(() -> DataDirectoryLock.acquire(data)).hasMessageContaining("in use");
    }
    DataDirectoryLock.acquire(data).close();
  }

  @Test
  void anotherProgramIsNamedByItsPidAndItsLockEndsWithItsKill() throws Exception {
    Process holder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                LockHolder.class.getName(),
                directory.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      assertThat(holder.inputReader().readLine()).startsWith("holding");
      assertThatThrownBy(() -> DataDirectoryLock.acquire(directory))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("%s is in use by process %d".formatted(directory, holder.pid()));
    } finally {
      holder.destroyForcibly().waitFor();
    }
    DataDirectoryLock.acquire(directory).close();
  }
}
