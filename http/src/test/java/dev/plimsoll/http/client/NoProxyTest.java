package dev.plimsoll.http.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NoProxyTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "example.com|example.com|443|true",
        "example.com|EXAMPLE.com.|443|true",
        "example.com|registry.example.com|443|true",
        "example.com|notexample.com|443|false",
        ".example.com|registry.example.com|443|true",
        ".example.com|example.com|443|false",
        "*.example.com|registry.example.com|443|true",
        "*.example.com|example.com|443|false",
        "example.com:5000|example.com|5000|true",
        "example.com:5000|example.com|443|false",
        "example.com:http|example.com|80|false",
        "10.1.2.3|10.1.2.3|5000|true",
        "10.1.2.3:80|10.1.2.3|5000|false",
        "10.0.0.0/8|10.200.0.1|5000|true",
        "10.0.0.0/8|11.0.0.1|5000|false",
        "10.0.0.0/99|10.0.0.1|5000|false",
        "fd00::/8|fd12::1|5000|true",
        "[fd00::1]:5000|fd00::1|5000|true",
        "fd00::1|fd00::1|5000|true",
        "a, b ,c|b|443|true",
        "*|anything|443|true",
        ",,|anything|443|false",
        "other|localhost|5000|true",
        "other|127.9.9.9|5000|true",
        "other|::1|5000|true",
      })
  void theRulesAreGos(String rules, String host, int port, boolean direct) {
    assertThat(NoProxy.parse(rules).covers(host, port)).isEqualTo(direct);
  }

  @Test
  void eachSchemeHasItsProxyAndUpperCaseWins() {
    ProxySettings proxies =
        ProxySettings.fromEnvironment(
            Map.of(
                "HTTP_PROXY", "http://user:p%40ss@proxy:3128",
                "http_proxy", "http://other:1",
                "https_proxy", "proxy2:8080",
                "NO_PROXY", "internal"));

    var forHttp = proxies.proxyFor(new Endpoint.Tcp("example.com", 80)).orElseThrow();
    assertThat(forHttp.endpoint()).isEqualTo(new Endpoint.Tcp("proxy", 3128));
    assertThat(forHttp.userInfo()).contains("user:p@ss");
    assertThat(forHttp.toString()).doesNotContain("p@ss");
    assertThat(proxies.proxyFor(new Endpoint.Tls("example.com", 443, Trust.system())))
        .map(ProxySettings.Proxy::endpoint)
        .contains(new Endpoint.Tcp("proxy2", 8080));
    assertThat(proxies.proxyFor(new Endpoint.Tcp("internal", 80))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"socks5://proxy:1080", "http://user:secret@", "http://a b"})
  void aProxyThatCannotBeUsedIsRefusedWithoutItsPassword(String text) {
    assertThatThrownBy(() -> ProxySettings.Proxy.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("secret");
  }
}
