package dev.plimsoll.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class SeqPacketSocketTest {
  @TempDir Path root;
  private SeqPacketServer server;
  private SeqPacketSocket socket;

  @BeforeEach
  void connect() throws Throwable {
    server = new SeqPacketServer(root.resolve("attach"));
    socket = SeqPacketSocket.connect(root.resolve("attach"));
    server.accept();
  }

  @AfterEach
  void close() {
    socket.close();
    server.close();
  }

  @Test
  void packetsKeepTheirBordersBothWays() throws Throwable {
    server.send("\002first");
    server.send("\003second");
    ByteBuffer target = ByteBuffer.allocate(100);

    assertThat(socket.receive(target)).isEqualTo(6);
    assertThat(socket.receive(target)).isEqualTo(7);
    assertThat(new String(target.array(), 0, 13, StandardCharsets.US_ASCII))
        .isEqualTo("\002first\003second");

    socket.send(bytes("abc"));
    socket.send(bytes(""));
    socket.send(bytes("def"));
    assertThat(server.receive()).isEqualTo("abc");
    assertThat(server.receive()).isEqualTo("def");
  }

  @Test
  void afterTheEndOfTheOutputInputStillComes() throws Throwable {
    socket.send(bytes("last"));
    socket.shutdownOutput();

    assertThat(server.receive()).isEqualTo("last");
    assertThat(server.receive()).isEmpty();
    server.send("answer");
    assertThat(socket.receive(ByteBuffer.allocate(100))).isEqualTo(6);
  }

  @Test
  void theEndOfTheOtherIsToldToReceiverAndSender() {
    server.closeAccepted();

    assertThat(catching(() -> socket.receive(ByteBuffer.allocate(10)))).isEqualTo(-1);
    assertThatThrownBy(() -> socket.send(bytes("x")))
        .isInstanceOf(LinuxException.class)
        .hasMessageContaining("EPIPE");
  }

  @Test
  void aPacketThatDoesNotFitIsAFailureAndNotCutShort() throws Throwable {
    server.send("0123456789");
    server.send("next");

    assertThatThrownBy(() -> socket.receive(ByteBuffer.allocate(4)))
        .hasMessageContaining("a packet of 10 bytes");
    assertThat(socket.receive(ByteBuffer.allocate(4))).isEqualTo(4);
  }

  @Test
  void receivingWithALimitEndsWithoutAPacket() throws Throwable {
    assertThat(socket.receive(ByteBuffer.allocate(4), Duration.ofMillis(20))).isEmpty();
    server.send("now");
    assertThat(socket.receive(ByteBuffer.allocate(4), Duration.ofSeconds(20))).hasValue(3);
  }

  @Test
  void shutdownWakesTheReceiver() throws Exception {
    var length = new CompletableFuture<Integer>();
    Thread.ofPlatform()
        .start(() -> length.complete(catching(() -> socket.receive(ByteBuffer.allocate(10)))));

    socket.shutdown();

    assertThat(length.get(20, TimeUnit.SECONDS)).isEqualTo(-1);
  }

  @Test
  void aPathTooLongForASocketIsReachedAnyway() throws Throwable {
    Path deep = Files.createDirectories(root.resolve("d".repeat(120)));
    try (Directory directory = Directory.open(deep);
        var far = new SeqPacketServer(directory.link().resolve("attach"));
        var near = SeqPacketSocket.connect(deep.resolve("attach"))) {
      far.accept();
      near.send(bytes("hello"));
      assertThat(far.receive()).isEqualTo("hello");
    }
  }

  @Test
  void nobodyThereIsNamed() {
    Path nothing = root.resolve("nothing");

    assertThatThrownBy(() -> SeqPacketSocket.connect(nothing))
        .hasMessage("connect " + nothing + ": No such file or directory (ENOENT)");
  }

  @Test
  void aFifoTakesALineAndDoesNotWaitForAReader() throws Exception {
    try (Directory directory = Directory.open(root)) {
      directory.makeNode("ctl", FileType.FIFO, 0600, Device.WHITEOUT);
    }
    Path fifo = root.resolve("ctl");

    assertThatThrownBy(() -> Fifo.writeLine(fifo, "2 0 0")).hasMessageContaining("ENXIO");
    try (FileDescriptor reader = FileDescriptor.open(fifo, 0, OpenFlag.NON_BLOCKING)) {
      Fifo.writeLine(fifo, "2 0 0");
      ByteBuffer line = ByteBuffer.allocate(100);
      assertThat(reader.read(line)).isEqualTo(6);
      assertThat(line.array()).startsWith("2 0 0\n".getBytes(StandardCharsets.US_ASCII));
    }
  }

  private interface Receiving {
    int receive() throws IOException;
  }

  private static int catching(Receiving receiving) {
    try {
      return receiving.receive();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
  }
}
