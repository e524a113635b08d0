package dev.plimsoll.system;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Networks of containers and the ports that they publish. */
class RunNetworkIT {
  private static final Duration SOON = Duration.ofSeconds(10);

  /** Answers every connection to port 80 with its own host name. */
  private static final String TELLS_ITS_NAME = "nc -ll -p 80 -e hostname";

  /** Sends a datagram back; the host's perl, because busybox speaks no UDP. */
  private static final String UDP_ECHO =
      "chroot /host perl -MIO::Socket::INET -e"
          + " '$s=IO::Socket::INET->new(Proto=>\"udp\",LocalPort=>%d);"
          + "while($s->recv($m,999)){$s->send(\"got $m\")}'";

  private static TestEngine engine;
  private static Shell shell;

  @BeforeAll
  static void start() throws Exception {
    TestImage busybox = TestImage.busybox();
    engine =
        TestEngine.with(
            busybox,
            busybox
                .named("exposing")
                .with("ExposedPorts", java.util.Map.of("80/tcp", java.util.Map.of())));
    shell = engine.shell();
  }

  @AfterAll
  static void stop() throws Exception {
    engine.close();
  }

  @Test
  void noneHasOnlyTheLoopback() throws Exception {
    assertThat(shell.out("docker run --rm --network none busybox ls /sys/class/net"))
        .isEqualTo("lo");
  }

  @Test
  void hostIsTheHosts() throws Exception {
    assertThat(shell.out("docker run --rm --network host busybox readlink /proc/self/ns/net"))
        .isEqualTo(shell.out("readlink /proc/self/ns/net"));
    assertThat(shell.out("docker run --rm --network host busybox hostname"))
        .isEqualTo(shell.out("hostname"));
  }

  @Test
  void anotherContainersNetworkIsShared() throws Exception {
    shell.out("docker run -d --name net-owner busybox " + TELLS_ITS_NAME);

    assertThat(
            shell.out(
                "docker run --rm --network container:net-owner busybox"
                    + " sh -c 'sleep 0.3; nc 127.0.0.1 80 </dev/null'"))
        .isEqualTo(shell.out("docker exec net-owner hostname"));
  }

  @Test
  void containersOfTheBridgeReachEachOtherAndTheHost() throws Exception {
    shell.out("docker run -d --name server busybox " + TELLS_ITS_NAME);
    String address = address("server");

    assertThat(shell.out("docker run --rm busybox nc %s 80 </dev/null".formatted(address)))
        .matches("[0-9a-f]{12}");
    assertThat(ask(address, 80)).matches("[0-9a-f]{12}\n");
    assertThat(
            shell.out(
                "docker run --rm busybox ping -c 1 -W 2 $(docker network inspect bridge -f"
                    + " '{{(index .IPAM.Config 0).Gateway}}')"))
        .contains("1 packets received");
  }

  @Test
  void aPublishedPortAnswersOnTheHostAndFromAContainer() throws Exception {
    shell.out("docker run -d --name web -h web -p 80 busybox " + TELLS_ITS_NAME);
    int port = port("web", "80/tcp");

    assertThat(ask("127.0.0.1", port)).isEqualTo("web\n");
    String gateway = shell.out("docker inspect -f '{{.NetworkSettings.Gateway}}' web");
    assertThat(ask(gateway, port)).isEqualTo("web\n");
    assertThat(shell.out("docker run --rm busybox nc %s %d </dev/null".formatted(gateway, port)))
        .isEqualTo("web");
    assertThat(shell.out("docker exec web nc %s %d </dev/null".formatted(gateway, port)))
        .as("hairpin")
        .isEqualTo("web");
  }

  @Test
  void aPortOfOneAddressIsNotOnAnother() throws Exception {
    shell.out("docker run -d --name local -h local -p 127.0.0.1::80 busybox " + TELLS_ITS_NAME);
    int port = port("local", "80/tcp");

    assertThat(ask("127.0.0.1", port)).isEqualTo("local\n");
    assertThat(shell.out("docker port local")).isEqualTo("80/tcp -> 127.0.0.1:" + port);
  }

  @Test
  void allExposedPortsArePublishedOnRequest() throws Exception {
    shell.out("docker run -d --name all -h all -P --expose 81/udp exposing " + TELLS_ITS_NAME);

    assertThat(ask("127.0.0.1", port("all", "80/tcp"))).isEqualTo("all\n");
    assertThat(port("all", "81/udp")).isPositive();
  }

  @Test
  void datagramsArePublishedToo() throws Exception {
    shell.out(
        "docker run -d --name udp -p 127.0.0.1::53/udp -v /:/host:ro busybox "
            + UDP_ECHO.formatted(53));
    int port = port("udp", "53/udp");

    Awaitility.await()
        .atMost(SOON)
        .ignoreExceptions()
        .until(() -> datagram(port).equals("got ping"));
  }

  @Test
  void aRangeIsPublishedPortByPort() throws Exception {
    int first = freeRange(3);
    shell.out(
        "docker run -d --name range -h range -p %d-%d:80-82 busybox %s"
            .formatted(first, first + 2, TELLS_ITS_NAME.replace("80", "82")));

    assertThat(ask("127.0.0.1", first + 2)).isEqualTo("range\n");
    assertThat(shell.out("docker port range | grep -c 0.0.0.0")).isEqualTo("3");
    assertThat(shell.out("docker ps --filter name=range --format '{{.Ports}}'"))
        .contains("0.0.0.0:%d->82/tcp".formatted(first + 2));
  }

  @Test
  void aPortInUseIsRefusedByItsNumber() throws Exception {
    try (var taken = new java.net.ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      Program.Result result =
          shell.run(
              "docker run --name clash -p 127.0.0.1:%d:80 busybox true"
                  .formatted(taken.getLocalPort()));

      assertThat(result.code()).isEqualTo(125);
      assertThat(result.err())
          .contains("127.0.0.1:" + taken.getLocalPort())
          .contains("port is already allocated");
    }
    assertThat(shell.out("docker inspect -f '{{.State.Status}}' clash")).isEqualTo("created");
  }

  @Test
  void aPortIsFreeAgainAfterItsContainer() throws Exception {
    shell.out("docker run -d --name first -p 127.0.0.1::80 busybox sleep 100");
    int port = port("first", "80/tcp");
    shell.out("docker rm -f first");

    assertThat(shell.out("docker run --rm -p 127.0.0.1:%d:80 busybox echo fine".formatted(port)))
        .isEqualTo("fine");
  }

  @Test
  void theThreeNetworksAreListedAndOthersRefusedByName() throws Exception {
    assertThat(shell.out("docker network ls --format '{{.Name}} {{.Driver}}' | sort"))
        .isEqualTo("bridge bridge\nhost host\nnone null");
    assertThat(shell.refusal("docker run --rm --network sea busybox true")).contains("network sea");
  }

  private static String address(String container) throws IOException, InterruptedException {
    return shell.out("docker inspect -f '{{.NetworkSettings.IPAddress}}' " + container);
  }

  private static int port(String container, String inner) throws IOException, InterruptedException {
    String line = shell.out("docker port %s %s | head -1".formatted(container, inner));
    return Integer.parseInt(line.substring(line.lastIndexOf(':') + 1));
  }

  /** What a server says to one who connects, once it is up. */
  private static String ask(String host, int port) {
    return Awaitility.await()
        .atMost(SOON)
        .ignoreExceptions()
        .until(
            () -> {
              try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(host, port), 2000);
                socket.setSoTimeout(2000);
                socket.shutdownOutput();
                return new String(socket.getInputStream().readAllBytes(), UTF_8);
              }
            },
            said -> !said.isEmpty());
  }

  private static String datagram(int port) throws IOException {
    try (var socket = new DatagramSocket()) {
      socket.setSoTimeout(500);
      byte[] ping = "ping".getBytes(UTF_8);
      socket.send(new DatagramPacket(ping, ping.length, new InetSocketAddress("127.0.0.1", port)));
      var answer = new DatagramPacket(new byte[100], 100);
      socket.receive(answer);
      return new String(answer.getData(), 0, answer.getLength(), UTF_8);
    }
  }

  /** Ports that are free now, below those that the kernel gives away. */
  private static int freeRange(int length) throws IOException {
    for (int first = 20_100; first < 30_000; first += length) {
      if (free(first, length)) {
        return first;
      }
    }
    throw new AssertionError("no free ports");
  }

  private static boolean free(int first, int length) throws IOException {
    for (int port = first; port < first + length; port++) {
      try (var probe = new java.net.ServerSocket()) {
        probe.bind(new InetSocketAddress(port));
      } catch (java.net.BindException e) {
        return false;
      }
    }
    return true;
  }

  @Test
  void anAddressOfOnesOwnIsRefusedOnTheDefaultNetwork() throws Exception {
    assertThat(shell.refusal("docker run --rm --ip 172.17.0.99 busybox true"))
        .contains("user specified IP address is supported on user defined networks only");
  }
}
