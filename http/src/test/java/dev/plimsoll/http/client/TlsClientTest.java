package dev.plimsoll.http.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Against the JDK's own HTTPS server, which echoes bodies and asks for a client certificate. */
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TlsClientTest {
  private static final String NOT_VERIFIED = "tls: failed to verify certificate: x509: ";
  private static final Duration LONG = Duration.ofSeconds(20);

  @TempDir private static Path directory;

  private TestCertificates certificates;
  private TestCertificates clientCertificates;
  private HttpsServer server;
  private final HttpClient client = new HttpClient(ClientSettings.DEFAULT);

  @BeforeAll
  void startServer() throws Exception {
    certificates = TestCertificates.make(directory, "server", "ip:127.0.0.1");
    clientCertificates = TestCertificates.make(directory, "client", "dns:client");
    server = server(certificates);
  }

  private HttpsServer server(TestCertificates shown) throws Exception {
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(
        new HttpsConfigurator(shown.serverContext(clientCertificates)) {
          @Override
          public void configure(HttpsParameters parameters) {
            SSLParameters wanted = getSSLContext().getDefaultSSLParameters();
            wanted.setWantClientAuth(true);
            parameters.setSSLParameters(wanted);
          }
        });
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/",
        exchange -> {
          byte[] body = exchange.getRequestBody().readAllBytes();
          var session = ((com.sun.net.httpserver.HttpsExchange) exchange).getSSLSession();
          String peer = "nobody";
          try {
            peer = session.getPeerPrincipal().getName();
          } catch (javax.net.ssl.SSLPeerUnverifiedException e) {
            peer = "nobody";
          }
          exchange.getResponseHeaders().set("X-Peer", peer);
          exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    return server;
  }

  @AfterAll
  void stop() {
    client.close();
    server.stop(0);
  }

  @Test
  void anAuthorityGivenAsAFileIsBelieved() throws Exception {
    Trust trust = Trust.system().withAuthoritiesOf(certificates.certificate());
    byte[] large = new byte[3_000_000];
    new java.util.Random(7).nextBytes(large);

    for (int i = 0; i < 3; i++) {
      var body = RequestBody.sized(new ByteArrayInputStream(large), large.length);
      try (var response = client.send(ClientRequest.post(endpoint(trust), "/", body))) {
        assertThat(response.bytes(4_000_000)).isEqualTo(large);
        assertThat(response.header("X-Peer")).contains("nobody");
      }
    }
  }

  @Test
  void anUnknownAuthorityIsNotBelieved() {
    assertThatThrownBy(() -> get(endpoint(Trust.system())))
        .isInstanceOf(SSLException.class)
        .hasMessage(NOT_VERIFIED + "certificate signed by unknown authority");
  }

  @Test
  void aCertificateForAnotherHostIsNotBelieved() throws Exception {
    Trust trust = Trust.system().withAuthoritiesOf(certificates.certificate());
    var byName = new Endpoint.Tls("localhost", server.getAddress().getPort(), trust);

    assertThatThrownBy(() -> get(byName))
        .isInstanceOf(SSLException.class)
        .hasMessage(NOT_VERIFIED + "certificate is valid for 127.0.0.1, not localhost");
  }

  @Test
  void aCertificatePastItsTimeIsNotBelieved() throws Exception {
    TestCertificates old =
        TestCertificates.make(
            directory, "old", "ip:127.0.0.1", "-startdate", "-9d", "-validity", "2");
    HttpsServer late = server(old);
    try {
      var endpoint = new Endpoint.Tls("127.0.0.1", late.getAddress().getPort(), Trust.system());

      assertThatThrownBy(() -> get(endpoint))
          .isInstanceOf(SSLException.class)
          .hasMessageStartingWith(NOT_VERIFIED + "certificate has expired or is not yet valid")
          .hasMessageContaining(" is after ");
    } finally {
      late.stop(0);
    }
  }

  @Test
  void anInsecureRegistryIsBelievedWhateverItShows() throws Exception {
    assertThat(
            get(new Endpoint.Tls("localhost", server.getAddress().getPort(), Trust.unverified())))
        .contains("nobody");
  }

  @Test
  void aClientCertificateIsShown() throws Exception {
    Trust trust =
        Trust.unverified()
            .withClientCertificate(clientCertificates.certificate(), clientCertificates.key());

    assertThat(get(endpoint(trust))).contains("CN=client");
  }

  @Test
  void plainHttpOnTheOtherSideIsATlsError() throws Exception {
    try (var plain = ScriptedServer.answering("HTTP/1.1 400 Bad Request\r\n\r\n")) {
      assertThatThrownBy(() -> get(new Endpoint.Tls("127.0.0.1", plain.port(), Trust.unverified())))
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void aHandshakeThatDoesNotEndIsLeft() throws Exception {
    Duration brief = Duration.ofMillis(200);
    try (var impatient = new HttpClient(ClientSettings.DEFAULT.withTimeouts(brief, LONG, LONG));
        var silent = new ScriptedServer(exchange -> exchange.readText(Integer.MAX_VALUE))) {
      var request =
          ClientRequest.get(new Endpoint.Tls("127.0.0.1", silent.port(), Trust.unverified()), "/");

      assertThatThrownBy(() -> impatient.send(request))
          .isInstanceOf(SocketTimeoutException.class)
          .hasMessageContaining("TLS handshake");
    }
  }

  @Test
  void aProxyIsAskedToConnectAndSeesOnlyTheTunnel() throws Exception {
    List<String> seen = new CopyOnWriteArrayList<>();
    try (var proxy = new ScriptedServer(exchange -> tunnel(exchange, seen))) {
      String local = otherThanLoopback();
      var proxies =
          new ProxySettings(
              Optional.empty(),
              Optional.of(ProxySettings.Proxy.parse("http://u:p@127.0.0.1:" + proxy.port())),
              NoProxy.parse(""));
      try (var through = new HttpClient(ClientSettings.DEFAULT.withProxies(proxies));
          var response =
              through.send(
                  ClientRequest.get(new Endpoint.Tls(local, 443, Trust.unverified()), "/x"))) {
        assertThat(response.status()).isEqualTo(200);
      }
      assertThat(seen).singleElement().asString().startsWith("CONNECT " + local + ":443 HTTP/1.1");
      assertThat(seen.getFirst()).contains("Proxy-Authorization: Basic dTpw");
    }
  }

  @Test
  void aProxyThatRefusesIsNamed() throws Exception {
    try (var proxy =
        ScriptedServer.answering("HTTP/1.1 407 Who Are You\r\nContent-Length: 0\r\n\r\n")) {
      var proxies =
          new ProxySettings(
              Optional.empty(),
              Optional.of(ProxySettings.Proxy.parse("127.0.0.1:" + proxy.port())),
              NoProxy.parse(""));
      try (var through = new HttpClient(ClientSettings.DEFAULT.withProxies(proxies))) {
        var request =
            ClientRequest.get(new Endpoint.Tls("registry.invalid", 443, Trust.system()), "/");

        assertThatThrownBy(() -> through.send(request))
            .isInstanceOf(IOException.class)
            .hasMessageContaining("proxy http://127.0.0.1:" + proxy.port())
            .hasMessageContaining("407 Who Are You");
      }
    }
  }

  @Test
  void aPlainRequestNamesItsWholeUriToTheProxy() throws Exception {
    List<String> seen = new CopyOnWriteArrayList<>();
    try (var proxy =
        new ScriptedServer(exchange -> {
          seen.add(exchange.readHead());
          exchange.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        })) {
      var proxies =
          new ProxySettings(
              Optional.of(ProxySettings.Proxy.parse("u:p@127.0.0.1:" + proxy.port())),
              Optional.empty(),
              NoProxy.parse(""));
      try (var through = new HttpClient(ClientSettings.DEFAULT.withProxies(proxies))) {
        through.send(ClientRequest.get(new Endpoint.Tcp("registry.invalid", 5000), "/v2/")).close();
      }
      assertThat(seen.getFirst())
          .startsWith(
              "GET http://registry.invalid:5000/v2/ HTTP/1.1\r\nHost: registry.invalid:5000")
          .contains("Proxy-Authorization: Basic dTpw");
    }
  }

  @Test
  void keysComeInTheFormsOpensslWrites() throws Exception {
    Path rsa = openssl("genrsa", "-traditional", "2048");
    Path ec = openssl("ecparam", "-genkey", "-name", "secp384r1");
    Path pkcs8 = openssl("genpkey", "-algorithm", "ed25519");

    assertThat(Pem.privateKey(rsa).getAlgorithm()).isEqualTo("RSA");
    assertThat(Pem.privateKey(ec).getAlgorithm()).isEqualTo("EC");
    assertThat(Pem.privateKey(pkcs8).getAlgorithm()).isEqualTo("EdDSA");
    assertThatThrownBy(() -> Pem.privateKey(certificates.certificate()))
        .hasMessageContaining("no PEM private key");
    assertThatThrownBy(() -> Pem.certificates(rsa)).hasMessageContaining("no PEM certificate");
  }

  private static Path openssl(String... arguments) throws Exception {
    List<String> command = new java.util.ArrayList<>(List.of("openssl"));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    byte[] said = process.getInputStream().readAllBytes();
    assertThat(process.waitFor()).isZero();
    return Files.write(Files.createTempFile(directory, "key", ".pem"), said);
  }

  /** Loopback is never reached through a proxy, so the tests ask for a name and tunnel to here. */
  private static String otherThanLoopback() {
    return "registry.invalid";
  }

  private void tunnel(ScriptedServer.Exchange exchange, List<String> seen) throws Exception {
    seen.add(exchange.readHead());
    try (Socket target =
            new Socket(InetAddress.getLoopbackAddress(), server.getAddress().getPort());
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      exchange.write("HTTP/1.1 200 Connection established\r\n\r\n");
      var _ = threads.submit(() -> target.getInputStream().transferTo(exchange.out()));
      exchange.in().transferTo(target.getOutputStream());
      target.shutdownOutput();
    }
  }

  private Endpoint endpoint(Trust trust) {
    return new Endpoint.Tls("127.0.0.1", server.getAddress().getPort(), trust);
  }

  private Optional<String> get(Endpoint endpoint) throws Exception {
    try (var response = client.send(ClientRequest.get(endpoint, "/"))) {
      return response.header("X-Peer");
    }
  }
}
