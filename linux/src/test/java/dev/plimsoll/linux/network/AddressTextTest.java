package dev.plimsoll.linux.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressTextTest {
  @ParameterizedTest
  @CsvSource({
    "10.101.1.77/24,10.101.1.0/24",
    "10.101.1.77/32,10.101.1.77/32",
    "10.101.1.77/0,0.0.0.0/0",
    "10.101.1.77/30,10.101.1.76/30",
    "fd00:a:1::7/64,fd00:a:1:0:0:0:0:0/64"
  })
  void aNetworkHasTheBitsOfTheHostAtZero(String text, String network) {
    assertThat(Cidr.parse(text).network()).hasToString(network);
  }

  @Test
  void theLastAddressIsTheBroadcast() {
    assertThat(Cidr.parse("10.1.2.3/20").last().getHostAddress()).isEqualTo("10.1.15.255");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "10.0.0.1",
        "10.0.0.1/",
        "10.0.0.1/33",
        "localhost/8",
        "::1/129",
        "10.1/16",
        "256.0.0.1/8",
        "10.0.0.1/-1",
        "10.0.0.0/8/9"
      })
  void anythingElseIsNoAddressWithPrefix(String text) {
    assertThatThrownBy(() -> Cidr.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aMacAddressIsReadInEitherCase() {
    assertThat(MacAddress.parse("02:42:AC:11:00:02")).hasToString("02:42:ac:11:00:02");
    assertThat(MacAddress.of(MacAddress.parse("02:42:ac:11:00:02").bytes()))
        .isEqualTo(MacAddress.parse("02:42:ac:11:00:02"));
    assertThatThrownBy(() -> MacAddress.parse("02:42:ac:11:00")).hasMessageContaining("02:42:ac");
  }
}
