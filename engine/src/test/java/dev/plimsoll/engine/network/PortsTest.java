package dev.plimsoll.engine.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.docker.container.PortBinding;
import dev.plimsoll.engine.refusal.EngineException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PortsTest {
  private static final ContainerPort HTTP = new ContainerPort(80, Protocol.TCP);

  private final PortReservations reservations = new PortReservations();

  @AfterEach
  void release() throws Exception {
    reservations.close();
  }

  @Test
  void exposedPortsArePublishedOnlyWhenAllAre() {
    assertThat(wishes(Map.of(), false)).isEmpty();
    assertThat(wishes(Map.of(), true)).containsExactly(new PortWish(HTTP, "0.0.0.0", 0, 0));
  }

  @Test
  void aBindingMayLeaveAddressAndPortToTheEngine() {
    assertThat(wishes(Map.of("80/tcp", List.of()), false))
        .containsExactly(new PortWish(HTTP, "0.0.0.0", 0, 0));
    assertThat(wishes(Map.of("80/tcp", List.of(new PortBinding("127.0.0.1", "8080-8090"))), false))
        .containsExactly(new PortWish(HTTP, "127.0.0.1", 8080, 8090));
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "-1", "65536", "9-8", "1-x", "8080:80"})
  void aHostPortThatIsNoneIsNamed(String port) {
    assertThatThrownBy(() -> wishes(Map.of("80/tcp", List.of(new PortBinding("", port))), false))
        .isInstanceOf(EngineException.BadParameter.class)
        .hasMessageContaining(port);
  }

  @Test
  void aPortThatAnotherContainerHasIsRefusedInDockersWords() throws Exception {
    PublishedPort first = reservations.reserve(new PortWish(HTTP, "127.0.0.1", 0, 0));
    PortWish same = new PortWish(HTTP, "127.0.0.1", first.hostPort(), first.hostPort());

    assertThatThrownBy(() -> reservations.reserve(same))
        .isInstanceOf(EngineException.Failed.class)
        .hasMessage("Bind for 127.0.0.1:%d failed: port is already allocated", first.hostPort());
  }

  @Test
  void aPortThatAProgramOfTheHostHasIsNotTakenFromIt() throws Exception {
    try (ServerSocket program = new ServerSocket()) {
      program.bind(new InetSocketAddress("127.0.0.1", 0));
      PortWish wish =
          new PortWish(HTTP, "127.0.0.1", program.getLocalPort(), program.getLocalPort());

      assertThatThrownBy(() -> reservations.reserve(wish))
          .isInstanceOf(EngineException.Failed.class);
    }
  }

  @Test
  void ofARangeTheFirstFreePortIsTaken() throws Exception {
    int taken = reservations.reserve(new PortWish(HTTP, "127.0.0.1", 0, 0)).hostPort();

    PublishedPort next =
        reservations.reserve(new PortWish(HTTP, "127.0.0.1", taken, Math.min(taken + 20, 65535)));

    assertThat(next.hostPort()).isGreaterThan(taken);
  }

  @Test
  void aReleasedPortIsFreeForTheHostAgain() throws Exception {
    PublishedPort port = reservations.reserve(new PortWish(HTTP, "127.0.0.1", 0, 0));
    reservations.release(port);

    try (ServerSocket program = new ServerSocket()) {
      program.bind(new InetSocketAddress("127.0.0.1", port.hostPort()));
      assertThat(program.isBound()).isTrue();
    }
  }

  private static List<PortWish> wishes(Map<String, List<PortBinding>> bindings, boolean all) {
    return PortWish.of(
        new NetworkRequest(
            "a".repeat(64),
            "web",
            "web",
            "bridge",
            Map.of(),
            List.of("80/tcp"),
            bindings,
            all,
            ""));
  }
}
