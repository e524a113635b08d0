package dev.plimsoll.engine.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.engine.refusal.EngineException;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SubnetTest {
  private static final Subnet SMALL = Subnet.parse("10.1.2.0/29");

  @Test
  void theBridgeHasTheFirstAddress() {
    assertThat(SMALL.gatewayText()).isEqualTo("10.1.2.1");
    assertThat(SMALL).hasToString("10.1.2.0/29");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "10.1.2.0",
        "10.1.2.0/",
        "10.1.2.1/29",
        "10.1.2.0/31",
        "10.1.2.0/2",
        "a/24",
        "10.1.2.300/24",
        "10.1/16",
        "fd00::/64"
      })
  void anythingElseIsRefused(String text) {
    assertThatThrownBy(() -> Subnet.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void subnetsThatShareAnAddressOverlap() {
    assertThat(SMALL.overlaps(Subnet.parse("10.1.0.0/16"))).isTrue();
    assertThat(Subnet.parse("10.1.0.0/16").overlaps(SMALL)).isTrue();
    assertThat(SMALL.overlaps(Subnet.parse("10.1.2.8/29"))).isFalse();
  }

  @Test
  void everyAddressIsGivenOnceAndThenRefused() {
    AddressPool pool = new AddressPool(SMALL);
    Set<String> given = new HashSet<>();
    for (int i = 0; i < 5; i++) {
      given.add(Subnet.text(pool.take()));
    }

    assertThat(given)
        .containsExactlyInAnyOrder("10.1.2.2", "10.1.2.3", "10.1.2.4", "10.1.2.5", "10.1.2.6");
    assertThatThrownBy(pool::take)
        .isInstanceOf(EngineException.Forbidden.class)
        .hasMessageContaining("no available IPv4 addresses");
  }

  @Test
  void anAddressThatWasGivenBackIsUsedAgainLast() {
    AddressPool pool = new AddressPool(SMALL);
    int first = pool.take();
    pool.giveBack(first);

    assertThat(pool.take()).isNotEqualTo(first);
  }

  @Test
  void theGatewayAndTheEdgesAreNeverGiven() {
    AddressPool pool = new AddressPool(SMALL);

    assertThat(pool.take(SMALL.gateway())).isFalse();
    assertThat(pool.take(SMALL.base())).isFalse();
    assertThat(pool.take(SMALL.broadcast())).isFalse();
    assertThat(pool.take(Subnet.address("10.1.2.4"))).isTrue();
    assertThat(pool.take(Subnet.address("10.1.2.4"))).isFalse();
  }
}
