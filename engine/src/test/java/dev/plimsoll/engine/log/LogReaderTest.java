package dev.plimsoll.engine.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogReaderTest {
  @TempDir Path directory;
  private LogFiles files;
  private final List<String> read = new ArrayList<>();

  @BeforeEach
  void setUp() {
    files = new LogFiles(directory.resolve("log"));
  }

  private static String line(int second, String stream, String flag, String text) {
    return "2026-11-22T15:29:%02d.028039230+00:00 %s %s %s\n".formatted(second, stream, flag, text);
  }

  private void say(String lines) throws IOException {
    Files.writeString(files.current(), lines, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private void take(LogEntry entry) {
    read.add(entry.stream() + " " + new String(entry.bytes(), StandardCharsets.UTF_8));
  }

  private void read(LogRequest request) throws IOException {
    try (LogReader reader = new LogReader(files)) {
      reader.read(request, this::take);
    }
  }

  @Test
  void bothStreamsComeInTheOrderTheyWereSaid() throws IOException {
    say(line(1, "stdout", "F", "one") + line(2, "stderr", "F", "two") + line(3, "stdout", "F", ""));

    read(LogRequest.everything(true, true));

    assertThat(read).containsExactly("STDOUT one\n", "STDERR two\n", "STDOUT \n");
  }

  @Test
  void aLineThatGoesOnHasNoLineFeed() throws IOException {
    say(line(1, "stdout", "P", "half") + line(1, "stdout", "F", "whole"));

    read(LogRequest.everything(true, false));

    assertThat(read).containsExactly("STDOUT half", "STDOUT whole\n");
  }

  @Test
  void aTornLineIsPassedOver() throws IOException {
    say("2026-11-22T15:29:01.0280392\0\0\0\nnonsense\n\n" + line(2, "stdout", "F", "after"));

    read(LogRequest.everything(true, true));

    assertThat(read).containsExactly("STDOUT after\n");
  }

  @Test
  void timesAndTailLimitWhatIsRead() throws IOException {
    for (int second = 1; second <= 5; second++) {
      say(line(second, "stdout", "F", "n" + second));
    }

    read(
        new LogRequest(
            true,
            true,
            Optional.of(Instant.parse("2026-11-22T15:29:02Z")),
            Optional.of(Instant.parse("2026-11-22T15:29:05Z")),
            OptionalInt.of(2)));

    assertThat(read).containsExactly("STDOUT n3\n", "STDOUT n4\n");
  }

  @Test
  void aTailOfNothingIsNothing() throws IOException {
    say(line(1, "stdout", "F", "x"));

    read(new LogRequest(true, true, Optional.empty(), Optional.empty(), OptionalInt.of(0)));

    assertThat(read).isEmpty();
  }

  @Test
  void filesThatWereTurnedOverAreReadFirst() throws IOException {
    for (String text : List.of("a", "b", "c", "d")) {
      say(line(1, "stdout", "F", text));
      files.turn(3);
      files.trim(3);
    }
    say(line(2, "stdout", "F", "e"));

    read(LogRequest.everything(true, true));

    assertThat(read).containsExactly("STDOUT c\n", "STDOUT d\n", "STDOUT e\n");
  }

  @Test
  void aFollowerGoesOnIntoTheFileThatTookOver() throws Exception {
    say(line(1, "stdout", "F", "a"));
    int[] step = {0};
    try (LogReader reader = new LogReader(files)) {
      LogRequest request = LogRequest.everything(true, true);
      reader.read(request, this::take);
      reader.follow(
          request,
          this::take,
          () -> {
            try {
              return act(step[0]++);
            } catch (IOException e) {
              throw new AssertionError(e);
            }
          });
    }

    assertThat(read)
        .containsExactly(
            "STDOUT a\n",
            "STDOUT b\n",
            "STDOUT c\n",
            "STDOUT d\n",
            "STDOUT e\n",
            "STDOUT f\n",
            "STDOUT g\n");
  }

  @Test
  void filesAreReadAlsoInTheMomentBeforeTheNextOneBegins() throws IOException {
    say(line(1, "stdout", "F", "a"));
    files.turn(3);

    read(LogRequest.everything(true, true));

    assertThat(read).containsExactly("STDOUT a\n");
  }

  private boolean act(int step) throws IOException {
    switch (step) {
      case 0 -> say(line(2, "stdout", "F", "b"));
      case 1 -> {
        say(line(3, "stdout", "F", "c"));
        files.turn(3);
        say(line(4, "stdout", "F", "d"));
      }
      case 2 -> { // turned twice while the follower was slow
        say(line(5, "stdout", "F", "e"));
        files.turn(3);
        say(line(6, "stdout", "F", "f"));
        files.turn(3);
        say(line(7, "stdout", "F", "g"));
      }
      default -> {
        return false;
      }
    }
    return true;
  }
}
