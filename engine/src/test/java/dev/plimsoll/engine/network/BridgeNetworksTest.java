package dev.plimsoll.engine.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.content.DurableFile;
import dev.plimsoll.content.LocalDisk;
import dev.plimsoll.database.Database;
import dev.plimsoll.docker.container.PortBinding;
import dev.plimsoll.engine.refusal.EngineException;
import dev.plimsoll.linux.Command;
import dev.plimsoll.linux.Namespaces;
import dev.plimsoll.linux.Processes;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The default network on the real kernel, with namespaces in the place of containers. */
class BridgeNetworksTest {
  private static final String WEB = "a".repeat(64);
  private static final String OTHER = "b".repeat(64);
  private static final int CONNECT_MILLIS = 2000;

  @TempDir private Path directory;
  private final String suffix = HexFormat.of().toHexDigits(new Random().nextInt());
  private Database database;
  private BridgeNetworks networks;

  @BeforeEach
  void open() throws Exception {
    database = Database.open(directory.resolve("engine.db"), "db/engine");
    networks = opened();
  }

  private BridgeNetworks opened() throws IOException {
    return BridgeNetworks.open(
        BridgeSettings.named(suffix, Optional.empty(), ForeignFirewall.Handling.WARN, directory),
        directory.resolve("networks"),
        database,
        new DurableFile(new LocalDisk()));
  }

  @AfterEach
  void leaveNothingBehind() throws Exception {
    networks.removeFromHost();
    networks.close();
    database.close();
  }

  @Test
  void neighboursReachEachOtherByTheirAddresses() throws Exception {
    NetworkSandbox web = networks.attach(request(WEB, Map.of()));
    NetworkSandbox other = networks.attach(request(OTHER, Map.of()));

    try (ServerSocket server = listening(web, 80)) {
      assertThat(connects(other, address(web), server.getLocalPort())).isTrue();
    }
  }

  @Test
  void aPublishedPortIsReachedFromTheHostAndFromTheContainerItself() throws Exception {
    NetworkSandbox web = networks.attach(request(WEB, publish("0.0.0.0", "")));
    int port = hostPort(web);

    try (ServerSocket server = listening(web, 80)) {
      assertThat(server.isBound()).isTrue();
      assertThat(connects("127.0.0.1", port)).isTrue();
      assertThat(connects(networks.description().gateway(), port)).isTrue();
      assertThat(connects(web, networks.description().gateway(), port)).isTrue();
    }
  }

  @Test
  void aPortPublishedOnTheLoopbackIsNotReachedByAnotherAddress() throws Exception {
    NetworkSandbox web = networks.attach(request(WEB, publish("127.0.0.1", "")));

    try (ServerSocket server = listening(web, 80)) {
      assertThat(server.isBound()).isTrue();
      assertThat(connects("127.0.0.1", hostPort(web))).isTrue();
      assertThat(connects(networks.description().gateway(), hostPort(web))).isFalse();
    }
  }

  @Test
  void afterItsContainerAPortIsFreeAgain() throws Exception {
    int port = hostPort(networks.attach(request(WEB, publish("127.0.0.1", ""))));

    networks.detach(WEB);

    try (ServerSocket program = new ServerSocket()) {
      program.bind(new InetSocketAddress("127.0.0.1", port));
      assertThat(connects("127.0.0.1", port)).isTrue();
    }
  }

  @Test
  void aPortInUseIsRefusedInDockersWordsAndNothingIsLeft() throws Exception {
    try (ServerSocket program = new ServerSocket()) {
      program.bind(new InetSocketAddress("127.0.0.1", 0));
      String port = String.valueOf(program.getLocalPort());

      assertThatThrownBy(() -> networks.attach(request(WEB, publish("127.0.0.1", port))))
          .isInstanceOf(EngineException.Failed.class)
          .hasMessageContaining("driver failed programming external connectivity on endpoint")
          .hasMessageContaining("port is already allocated");
    }
    assertThat(networks.adopt(request(WEB, Map.of()))).isEmpty();
  }

  @Test
  void theNextEngineFindsEndpointsAndPortsAsTheyWere() throws Exception {
    NetworkSandbox before = networks.attach(request(WEB, publish("127.0.0.1", "")));
    try (ServerSocket server = listening(before, 80)) {
      networks.close();
      networks = opened();

      assertThat(networks.adopt(request(WEB, Map.of()))).contains(before);
      assertThat(server.isBound()).isTrue();
      assertThat(connects("127.0.0.1", hostPort(before))).isTrue();
    }
  }

  @Test
  void whatWasTakenFromTheHostIsNotHealed() throws Exception {
    Path bridge = Path.of("/sys/class/net", networks.description().bridge());
    networks.heal();
    assertThat(bridge).exists();

    networks.removeFromHost();
    networks.heal();

    assertThat(bridge).doesNotExist();
  }

  @Test
  void whatSomebodyElseDidToTheTableIsHealedAtTheNextStart() throws Exception {
    NetworkSandbox web = networks.attach(request(WEB, publish("127.0.0.1", "")));
    try (ServerSocket server = listening(web, 80)) {
      assertThat(server.isBound()).isTrue();
      run("nft", "flush", "table", "inet", "plimsoll_" + suffix);
      networks.close();
      networks = opened();

      assertThat(connects("127.0.0.1", hostPort(web))).isTrue();
    }
  }

  @Test
  void afterARebootNothingOfTheOldEndpointsIsLeft() throws Exception {
    networks.attach(request(WEB, publish("127.0.0.1", "")));
    networks.close();
    try (var left = Files.list(directory.resolve("netns"))) {
      for (Path namespace : left.toList()) {
        Namespaces.remove(namespace); // as the run directory is empty after a boot
      }
    }
    networks = opened();

    assertThat(networks.adopt(request(WEB, Map.of()))).isEmpty();
  }

  @Test
  void aContainerCannotReachTheHostsLoopbackThroughItsGateway() throws Exception {
    NetworkSandbox web = networks.attach(request(WEB, Map.of()));
    try (ServerSocket service = new ServerSocket()) {
      service.bind(new InetSocketAddress("127.0.0.1", 0));
      inside(
          web,
          "ip link set lo down; ip route add table local 127.0.0.0/8 via "
              + networks.description().gateway()
              + " 2>/dev/null; ip route add 127.0.0.0/8 via "
              + networks.description().gateway());

      assertThat(connects(web, "127.0.0.1", service.getLocalPort())).isFalse();
    }
  }

  @Test
  void anUnknownNetworkIsRefusedByItsName() {
    assertThatThrownBy(() -> networks.check(request(WEB, "backend", Map.of())))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("backend");
  }

  private static Map<String, List<PortBinding>> publish(String address, String port) {
    return Map.of("80/tcp", List.of(new PortBinding(address, port)));
  }

  private static NetworkRequest request(String id, Map<String, List<PortBinding>> ports) {
    return request(id, "bridge", ports);
  }

  private static NetworkRequest request(
      String id, String mode, Map<String, List<PortBinding>> ports) {
    return new NetworkRequest(
        id, "web", "web", mode, Map.of(), List.of("80/tcp"), ports, false, "");
  }

  private static String address(NetworkSandbox sandbox) {
    return sandbox.hostsAddresses().getFirst();
  }

  private static int hostPort(NetworkSandbox sandbox) {
    return Integer.parseInt(
        Objects.requireNonNull(sandbox.ports().get("80/tcp")).getFirst().hostPort());
  }

  private static Path path(NetworkSandbox sandbox) {
    return ((NetworkSandbox.Namespace.At) sandbox.namespace()).path();
  }

  private static ServerSocket listening(NetworkSandbox sandbox, int port) throws Exception {
    return Namespaces.inNetwork(path(sandbox), () -> new ServerSocket(port));
  }

  private static boolean connects(NetworkSandbox from, String address, int port) throws Exception {
    return Namespaces.inNetwork(path(from), () -> connects(address, port));
  }

  private static boolean connects(String address, int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(address, port), CONNECT_MILLIS);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static void inside(NetworkSandbox sandbox, String script) throws Exception {
    run("nsenter", "--net=" + path(sandbox), "sh", "-c", script);
  }

  private static void run(String tool, String... words) throws Exception {
    Processes.run(Command.of(Processes.find(tool).orElseThrow(), words), Duration.ofSeconds(10));
  }
}
