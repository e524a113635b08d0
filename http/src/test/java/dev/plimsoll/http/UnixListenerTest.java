package dev.plimsoll.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The file of a unix socket: who may use it, what it replaces, and when it goes. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class UnixListenerTest {
  private final HttpServer server = server();
  @TempDir private Path directory;

  private static HttpServer server() {
    return new HttpServer(
        (request, response) -> response.send(request.peer().toString().getBytes(UTF_8)),
        Limits.DEFAULT);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Path path() {
    return directory.resolve("engine.sock");
  }

  private void assertAnswers() throws IOException {
    try (RawClient client = RawClient.unix(path())) {
      assertThat(client.get("/").answer().status()).isEqualTo(200);
    }
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.toList();
    }
  }

  @Test
  void permissionsAndGroupAreSet() throws Exception {
    server.listen(UnixListener.at(path()).withPermissions("rw-rw----").withGroup("daemon"));

    PosixFileAttributes attributes =
        Files.readAttributes(path(), PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    assertThat(PosixFilePermissions.toString(attributes.permissions())).isEqualTo("rw-rw----");
    assertThat(attributes.group().getName()).isEqualTo("daemon");
    assertThat(files()).containsExactly(path());
    assertAnswers();
  }

  @Test
  void withoutFurtherWordsTheSocketIsForItsOwnerOnly() throws Exception {
    server.listen(UnixListener.at(path()));

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path())))
        .isEqualTo("rw-------");
  }

  @Test
  void theFileIsRemovedOnClose() throws Exception {
    server.listen(UnixListener.at(path()));

    server.close();

    assertThat(files()).isEmpty();
  }

  @Test
  void aStaleSocketIsReplaced() throws Exception {
    try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      dead.bind(UnixDomainSocketAddress.of(path()));
    }
    assertThat(files()).containsExactly(path());

    server.listen(UnixListener.at(path()));

    assertAnswers();
  }

  @Test
  void aLiveSocketIsRefusedWithASentence() throws Exception {
    server.listen(UnixListener.at(path()));

    try (HttpServer other = server()) {
      assertThatThrownBy(() -> other.listen(UnixListener.at(path())))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("another server listens on " + path());
    }
    assertThat(files()).containsExactly(path());
    assertAnswers();
  }

  @Test
  void aFileThatIsNoSocketIsLeftAlone() throws Exception {
    Files.writeString(path(), "precious");

    assertThatThrownBy(() -> server.listen(UnixListener.at(path())))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is no socket");

    assertThat(path()).hasContent("precious");
  }

  @Test
  void aMissingGroupIsNamedAndNothingIsLeft() throws Exception {
    assertThatThrownBy(() -> server.listen(UnixListener.at(path()).withGroup("no-such-group-here")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("there is no group no-such-group-here");

    assertThat(files()).isEmpty();
  }

  @Test
  void aMissingDirectoryIsNamed() {
    assertThatThrownBy(() -> server.listen(UnixListener.at(directory.resolve("no/engine.sock"))))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("there is no directory " + directory.resolve("no"));
  }

  @Test
  void aPathTooLongForTheKernelIsRefused() {
    assertThatThrownBy(() -> UnixListener.at(Path.of("/" + "a".repeat(110))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("111 bytes");
  }

  @Test
  void aSocketThatAnotherServerPutInItsPlaceIsNotRemoved() throws Exception {
    server.listen(UnixListener.at(path()));
    Files.delete(path());
    try (HttpServer other = server()) {
      other.listen(UnixListener.at(path()));

      server.close();

      assertAnswers();
    }
  }

  @Test
  void theJdksSocketsServeToo() throws Exception {
    try (HttpServer nio =
        new HttpServer(
            (request, response) -> response.send(),
            Limits.DEFAULT,
            RequestMetrics.NONE,
            Transport.NIO)) {
      nio.listen(UnixListener.at(path()));

      assertAnswers();
    }
    assertThat(files()).isEmpty();
  }

  @Test
  void anAddressInUseIsNamed() throws Exception {
    var address = server.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));

    try (HttpServer other = server()) {
      assertThatThrownBy(() -> other.listen(address))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("cannot listen on " + address);
    }
  }
}
