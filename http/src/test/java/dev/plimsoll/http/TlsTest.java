package dev.plimsoll.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is particular to TLS: identities, certificates of clients, and the handshake. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class TlsTest {
  private static final InetSocketAddress ANY =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  private static final TestIdentity FIRST = TestIdentity.make("first");
  private static final TestIdentity SECOND = TestIdentity.make("second");

  private HttpServer server = new HttpServer(TlsTest::who, Limits.DEFAULT);

  private static void who(Request request, Response response) throws IOException {
    String client =
        request
            .clientCertificate()
            .map(certificate -> certificate.getSubjectX500Principal().getName())
            .orElse("nobody");
    response.send((client + " " + request.secure()).getBytes(UTF_8));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private static String ask(InetSocketAddress address, SSLContext context) throws IOException {
    try (RawClient client = RawClient.tls(address, context)) {
      return client.get("/").answer().text();
    }
  }

  @Test
  void aNewIdentityServesTheNextConnectionAndTheOldOneGoesOn() throws Exception {
    AtomicReference<TlsIdentity> identity = new AtomicReference<>(FIRST.forServer());
    InetSocketAddress address = server.listen(ANY, identity::get);

    try (RawClient old = RawClient.tls(address, FIRST.client())) {
      assertThat(old.get("/").answer().status()).isEqualTo(200);
      identity.set(SECOND.forServer());

      assertThat(ask(address, SECOND.client())).isEqualTo("nobody true");
      assertThatThrownBy(() -> ask(address, FIRST.client())).isInstanceOf(IOException.class);
      assertThat(old.get("/").answer().status()).isEqualTo(200);
    }
  }

  @Test
  void aClientThatShowsItsCertificateIsKnown() throws Exception {
    TlsIdentity identity = FIRST.forServer().withClientAuthorities(List.of(SECOND.certificate()));
    InetSocketAddress address = server.listen(ANY, () -> identity);

    assertThat(ask(address, FIRST.clientShowing(SECOND))).isEqualTo("CN=second true");
    assertThat(ask(address, FIRST.client())).isEqualTo("nobody true");
  }

  @Test
  void aCertificateThatNobodyVouchesForDoesNotGetIn() throws Exception {
    List<X509Certificate> authorities = List.of(SECOND.certificate());
    TlsIdentity identity = FIRST.forServer().withClientAuthorities(authorities);
    InetSocketAddress address = server.listen(ANY, () -> identity);
    TestIdentity stranger = TestIdentity.make("second");

    assertThatThrownBy(() -> ask(address, FIRST.clientShowing(stranger)))
        .isInstanceOf(IOException.class);
  }

  @Test
  void aClientThatNeverBeginsItsHandshakeIsClosed() throws Exception {
    server.close();
    server = new HttpServer(TlsTest::who, Limits.DEFAULT.withHeaderTimeout(Duration.ofMillis(300)));
    InetSocketAddress address = server.listen(ANY, FIRST::forServer);

    try (RawClient client = RawClient.tcp(address)) {
      assertThat(client.rest()).isEmpty();
    }
  }

  @Test
  void plainHttpOnTheTlsPortIsClosed() throws Exception {
    InetSocketAddress address = server.listen(ANY, FIRST::forServer);

    try (RawClient client = RawClient.tcp(address)) {
      client.get("/");
      assertThat(new String(client.rest(), UTF_8)).doesNotContain("200");
    }
    assertThat(ask(address, FIRST.client())).isEqualTo("nobody true");
  }

  @Test
  void anIdentityThatCannotBeHadClosesOnlyThatConnection() throws Exception {
    AtomicReference<@Nullable RuntimeException> trouble =
        new AtomicReference<>(new IllegalStateException("no certificate today"));
    InetSocketAddress address =
        server.listen(
            ANY,
            () -> {
              RuntimeException thrown = trouble.get();
              if (thrown != null) {
                throw thrown;
              }
              return FIRST.forServer();
            });

    assertThatThrownBy(() -> ask(address, FIRST.client())).isInstanceOf(IOException.class);
    trouble.set(null);

    assertThat(ask(address, FIRST.client())).isEqualTo("nobody true");
  }

  @Test
  void filesThatChangeAreReadAgain(@TempDir Path directory) throws Exception {
    Path chain = directory.resolve("tls.crt");
    Path key = directory.resolve("tls.key");
    write(chain, key, FIRST);
    InetSocketAddress address = server.listen(ANY, TlsFiles.open(chain, key));
    assertThat(ask(address, FIRST.client())).isEqualTo("nobody true");

    write(chain, key, SECOND);
    assertThat(ask(address, SECOND.client())).isEqualTo("nobody true");
    Files.writeString(key, "half written");

    assertThat(ask(address, SECOND.client())).isEqualTo("nobody true");
  }

  @Test
  void aFileWithoutAKeyIsRefusedWithASentence(@TempDir Path directory) throws Exception {
    Path chain = directory.resolve("tls.crt");
    write(chain, directory.resolve("tls.key"), FIRST);

    assertThatThrownBy(() -> TlsFiles.open(chain, chain))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(chain + " has no PKCS#8 private key");
  }

  @Test
  void theKeyOfAnotherCertificateIsRefusedWithASentence(@TempDir Path directory) throws Exception {
    Path chain = directory.resolve("tls.crt");
    Path other = directory.resolve("other.key");
    write(chain, directory.resolve("tls.key"), FIRST);
    write(directory.resolve("other.crt"), other, SECOND);

    assertThatThrownBy(() -> TlsFiles.open(chain, other))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "the key in %s is not that of the first certificate in %s".formatted(other, chain));
  }

  private static void write(Path chain, Path key, TestIdentity identity) throws Exception {
    Files.writeString(chain, pem("CERTIFICATE", identity.certificate().getEncoded()));
    Files.writeString(key, pem("PRIVATE KEY", identity.key().getEncoded()));
    Files.setLastModifiedTime(key, FileTime.fromMillis(identity.name().hashCode() & 0xffff_ffffL));
  }

  private static String pem(String label, byte[] der) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(label, Base64.getMimeEncoder().encodeToString(der), label);
  }

  @Test
  void theKeyIsNotInTheText() {
    assertThat(FIRST.forServer().toString()).isEqualTo("TlsIdentity[CN=first]");
  }
}
