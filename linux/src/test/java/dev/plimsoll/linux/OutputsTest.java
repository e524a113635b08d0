package dev.plimsoll.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class OutputsTest {
  private final ByteBuffer piece = ByteBuffer.allocate(1000);

  private static void say(Pipe pipe, String text) throws IOException {
    pipe.writer().write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void piecesComeWithTheirSourceUntilAllHaveEnded() throws Exception {
    try (Pipe one = Pipe.open();
        Pipe two = Pipe.open();
        var outputs = new Outputs(List.of(one.reader(), two.reader()))) {
      say(two, "hello");
      assertThat(outputs.next(piece)).isEqualTo(1);
      assertThat(piece.position()).isEqualTo(5);
      one.writer().close();
      two.writer().close();
      assertThat(outputs.next(piece)).isEqualTo(-1);
    }
  }

  @Test
  void anEndIsHeardWhileItWaitsAndWhatWasSaidBeforeStillComes() throws Exception {
    try (Pipe pipe = Pipe.open();
        var outputs = new Outputs(List.of(pipe.reader()))) {
      Thread later = Thread.ofPlatform().start(() -> outputs.endWithin(Duration.ofMillis(20)));
      assertThat(outputs.next(piece)).isEqualTo(-1); // the pipe is open all the time
      later.join();
      say(pipe, "late");
      assertThat(outputs.next(piece)).isZero();
    }
  }

  @Test
  void aFloodAfterTheEndDoesNotGoOnForEver() throws Exception {
    try (Pipe pipe = Pipe.open();
        var outputs = new Outputs(List.of(pipe.reader()))) {
      outputs.endWithin(Duration.ZERO);
      int source = 0;
      while (source >= 0) {
        say(pipe, "x".repeat(1000));
        piece.clear();
        source = outputs.next(piece);
      }
      assertThat(source).isEqualTo(-1);
    }
  }
}
