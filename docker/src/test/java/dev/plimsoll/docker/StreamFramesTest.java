package dev.plimsoll.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.docker.StreamFrames.Frame;
import dev.plimsoll.docker.StreamFrames.Stream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StreamFramesTest {
  private static final byte[] HELLO = {'h', 'e', 'l', 'l', 'o'};

  @Test
  void theHeaderIsTheOneClientsRead() throws IOException {
    var out = new ByteArrayOutputStream();

    StreamFrames.write(out, Stream.STDERR, HELLO);

    assertThat(out.toByteArray()).containsExactly(2, 0, 0, 0, 0, 0, 0, 5, 'h', 'e', 'l', 'l', 'o');
  }

  @Test
  void anEmptyPieceIsNotWritten() throws IOException {
    var out = new ByteArrayOutputStream();

    StreamFrames.write(out, Stream.STDOUT, new byte[0]);

    assertThat(out.size()).isZero();
  }

  @Test
  void whatIsWrittenIsReadInOrder() throws IOException {
    var out = new ByteArrayOutputStream();
    StreamFrames.write(out, Stream.STDOUT, HELLO, 0, 4);
    StreamFrames.write(out, Stream.STDERR, new byte[70_000]);
    var in = new ByteArrayInputStream(out.toByteArray());

    Frame first = StreamFrames.read(in).orElseThrow();
    Frame second = StreamFrames.read(in).orElseThrow();
    Optional<Frame> end = StreamFrames.read(in);

    assertThat(first.stream()).isEqualTo(Stream.STDOUT);
    assertThat(first.bytes()).asString().isEqualTo("hell");
    assertThat(second.stream()).isEqualTo(Stream.STDERR);
    assertThat(second.bytes()).hasSize(70_000);
    assertThat(end).isEmpty();
  }

  @Test
  void aStreamThatEndsInsideAFrameIsNoCleanEnd() {
    byte[] cut = {1, 0, 0, 0, 0, 0, 0, 5, 'h'};

    assertThatThrownBy(() -> StreamFrames.read(new ByteArrayInputStream(cut)))
        .isInstanceOf(EOFException.class);
    assertThatThrownBy(() -> StreamFrames.read(new ByteArrayInputStream(cut, 0, 3)))
        .isInstanceOf(EOFException.class);
  }

  @Test
  void aRawStreamIsNotMistakenForFrames() {
    var raw = new ByteArrayInputStream("total 12\r\n".getBytes());

    assertThatThrownBy(() -> StreamFrames.read(raw))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("not a frame");
  }

  @Test
  void aFrameOfAnAbsurdSizeIsRefusedBeforeItIsRead() {
    byte[] huge = {1, 0, 0, 0, (byte) 0xff, 0, 0, 0};

    assertThatThrownBy(() -> StreamFrames.read(new ByteArrayInputStream(huge)))
        .hasMessageContaining("the limit is");
  }
}
