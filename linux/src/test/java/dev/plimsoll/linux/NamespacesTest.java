package dev.plimsoll.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class NamespacesTest {
  @TempDir Path root;

  @AfterEach
  void removeAll() throws IOException {
    Namespaces.remove(root.resolve("netns"));
  }

  @Test
  void aNewNetworkHasOnlyALoopbackAndTheProgramStaysInItsOwn() throws Exception {
    Path path = root.resolve("netns");
    Path own = Files.readSymbolicLink(Path.of("/proc/self/ns/net"));

    Namespaces.createNetwork(path);

    String devices =
        Namespaces.inNetwork(path, () -> Files.readString(Path.of("/proc/thread-self/net/dev")));
    assertThat(devices.lines().skip(2)).singleElement().asString().contains("lo:");
    Path inside =
        Namespaces.inNetwork(
            path, () -> Files.readSymbolicLink(Path.of("/proc/thread-self/ns/net")));
    assertThat(inside).isNotEqualTo(own);
    assertThat(Files.readSymbolicLink(Path.of("/proc/thread-self/ns/net"))).isEqualTo(own);
    assertThat(FileSystems.usage(path).type()).isEqualTo("nsfs");
  }

  @Test
  void aSocketOpenedInsideStaysInside() throws Exception {
    Path path = root.resolve("netns");
    Namespaces.createNetwork(path);
    try (ServerSocket server = Namespaces.inNetwork(path, () -> new ServerSocket(0))) {
      int port = server.getLocalPort();

      assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), port).close())
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void aTakenPathIsRefusedAndLeftAsItIs() throws Exception {
    Path path = Files.writeString(root.resolve("netns"), "mine");

    assertThatThrownBy(() -> Namespaces.createNetwork(path)).hasMessageContaining("already");

    assertThat(path).hasContent("mine");
  }

  @Test
  void aFailureInsideReachesTheCallerAsItWas() throws Exception {
    Path path = root.resolve("netns");
    Namespaces.createNetwork(path);
    var trouble = new IOException("inside");

    assertThatThrownBy(() ->
            Namespaces.inNetwork(
                path,
                () -> {
                  throw trouble;
                }))
        .isSameAs(trouble);
    assertThatThrownBy(() -> Namespaces.inNetwork(root, () -> 1))
        .isInstanceOf(LinuxException.class)
        .hasMessageStartingWith("setns " + root);
  }

  @Test
  void anInterruptIsPassedOnAndWaitedFor() throws Exception {
    Path path = root.resolve("netns");
    Namespaces.createNetwork(path);
    var inside = new CountDownLatch(1);
    var outcome = new CompletableFuture<Throwable>();
    Thread thread =
        Thread.ofVirtual()
            .start(() -> {
              try {
                Namespaces.inNetwork(
                    path,
                    () -> {
                      inside.countDown();
                      try {
                        new CountDownLatch(1).await();
                      } catch (InterruptedException e) {
                        throw new IOException(e);
                      }
                      return 1;
                    });
              } catch (IOException | InterruptedException e) {
                outcome.complete(e);
              }
            });
    inside.await();
    thread.interrupt();

    assertThat(outcome.get(20, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
  }

  @Test
  void removingTwiceAndRemovingNothingAreFine() throws Exception {
    Path path = root.resolve("netns");
    Namespaces.create(Namespaces.Kind.UTS, path);

    Namespaces.remove(path);
    Namespaces.remove(path);

    assertThat(path).doesNotExist();
    assertThat(MountTable.read().at(path)).isEmpty();
  }
}
