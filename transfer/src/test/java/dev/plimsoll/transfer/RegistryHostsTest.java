package dev.plimsoll.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RegistryHostsTest {
  @TempDir private Path certificates;

  private RegistryHosts hosts(RegistrySettings settings) {
    return new RegistryHosts(
        settings.withCertificatesDirectory(certificates),
        host ->
            host.equals("inside")
                ? List.of(InetAddress.ofLiteral("10.1.2.3"))
                : host.equals("here") ? List.of(InetAddress.ofLiteral("127.0.0.1")) : List.of());
  }

  @Test
  void dockerHubHasMirrorsAndAnotherName() throws IOException {
    RegistrySettings settings =
        RegistrySettings.DEFAULT.withMirrors(
            List.of(URI.create("https://mirror/"), URI.create("http://other:5000")));

    assertThat(hosts(settings).forPull("docker.io").toString())
        .isEqualTo("[[https://mirror], [http://other:5000], [https://registry-1.docker.io]]");
    assertThat(hosts(settings).forPull("quay.io").toString()).isEqualTo("[[https://quay.io]]");
  }

  @ParameterizedTest
  @CsvSource({
    "localhost:5000,true",
    "localhost,true",
    "127.0.0.1:5000,true",
    "127.8.8.8,true",
    "[::1]:5000,true",
    "here:5000,true",
    "inside:5000,true",
    "10.9.9.9,true",
    "11.9.9.9,false",
    "named:5000,true",
    "named:5001,false",
    "named,false",
    "quay.io,false"
  })
  void insecureRegistriesHaveASecondWay(String registry, boolean insecure) throws IOException {
    RegistryHosts hosts =
        hosts(RegistrySettings.DEFAULT.withInsecureRegistries(List.of("named:5000", "10.0.0.0/8")));

    assertThat(hosts.origin(registry).toString())
        .isEqualTo(
            insecure
                ? "[https://%s, http://%s]".formatted(registry, registry)
                : "[https://%s]".formatted(registry));
  }

  @Test
  void whatWorkedLastComesFirst() throws IOException {
    RegistryHosts hosts = hosts(RegistrySettings.DEFAULT);
    List<RegistryHost> ways = hosts.origin("localhost:5000");

    hosts.worked(ways.getLast());
    assertThat(hosts.lastGoodFirst(ways).toString())
        .isEqualTo("[http://localhost:5000, https://localhost:5000]");

    hosts.worked(ways.getFirst());
    assertThat(hosts.lastGoodFirst(ways)).isEqualTo(ways);
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://host", "host/path", "10.0.0.0/40", "", "a b"})
  void aRuleThatIsNoneStopsTheStart(String rule) {
    assertThatThrownBy(() -> RegistrySettings.DEFAULT.withInsecureRegistries(List.of(rule)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("insecure-registries has \"" + rule + "\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"mirror", "ftp://mirror", "https://user:pw@mirror", "https://m?q=1"})
  void aMirrorThatIsNoneStopsTheStart(String mirror) {
    assertThatThrownBy(() -> RegistrySettings.DEFAULT.withMirrors(List.of(URI.create(mirror))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("registry-mirrors");
  }

  @Test
  void trustIsReadAgainOnlyWhenFilesChange() throws IOException {
    Path directory = Files.createDirectories(certificates.resolve("here:5000"));
    RegistryHosts hosts = hosts(RegistrySettings.DEFAULT);
    var first = hosts.trustFor("here:5000");

    assertThat(hosts.trustFor("here:5000")).isSameAs(first);

    Files.writeString(directory.resolve("readme.txt"), "nothing");
    assertThat(hosts.trustFor("here:5000")).isNotSameAs(first);
  }

  @Test
  void anAuthorityThatCannotBeReadIsNamed() throws IOException {
    Path directory = Files.createDirectories(certificates.resolve("quay.io"));
    Path file = Files.writeString(directory.resolve("ca.crt"), "nothing");

    assertThatThrownBy(() -> hosts(RegistrySettings.DEFAULT).origin("quay.io"))
        .isInstanceOf(IOException.class)
        .hasMessage(file + " has no PEM certificate");
  }

  @Test
  void aClientCertificateWithoutItsKeyIsNamed() throws IOException {
    Path directory = Files.createDirectories(certificates.resolve("quay.io"));
    Files.writeString(directory.resolve("client.cert"), "nothing");

    assertThatThrownBy(() -> hosts(RegistrySettings.DEFAULT).origin("quay.io"))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "missing key client.key for client certificate client.cert. CA certificates must use"
                + " the extension .crt");
  }

  @Test
  void noNameLeavesTheCertificatesDirectory() throws IOException {
    Path below = Files.createDirectories(certificates.resolve("certs.d"));
    Files.writeString(certificates.resolve("bad.cert"), "nothing");
    Certificates inside = new Certificates(below);

    assertThat(inside.verified("..")).isSameAs(dev.plimsoll.http.client.Trust.system());
    assertThat(inside.verified(".")).isSameAs(dev.plimsoll.http.client.Trust.system());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "Basic realm=\"a b\";basic;realm;a b",
        "Bearer realm=\"https://x/token\",service=\"s\";bearer;service;s",
        "bearer  realm=\"https://x\" , scope=\"a:b:pull,push\";bearer;scope;a:b:pull,push",
        "Bearer realm=https://x/t;bearer;realm;https://x/t",
        "Bearer realm=\"a\\\"b\";bearer;realm;a\"b",
        "Negotiate, Basic realm=\"x\";negotiate;realm;''"
      })
  void challengesAreRead(String header, String scheme, String parameter, String value) {
    Challenge first = Challenge.of(List.of(header)).getFirst();

    assertThat(first.scheme()).isEqualTo(scheme);
    assertThat(first.parameter(parameter)).isEqualTo(value);
  }

  @Test
  void severalChallengesAreReadFromOneHeader() {
    assertThat(
            Challenge.of(
                List.of(
                    "Negotiate, Bearer realm=\"r\",service=\"s\", Basic realm=\"b\"", "Digest")))
        .containsExactly(
            new Challenge("negotiate", Map.of()),
            new Challenge("bearer", Map.of("realm", "r", "service", "s")),
            new Challenge("basic", Map.of("realm", "b")),
            new Challenge("digest", Map.of()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "=", "\"", "Bearer realm=\"unclosed", ",,,", "a=b"})
  void aMalformedChallengeIsPassedOver(String header) {
    assertThat(Challenge.of(List.of(header)))
        .allSatisfy(challenge -> assertThat(challenge.parameter("realm")).isEmpty());
  }
}
