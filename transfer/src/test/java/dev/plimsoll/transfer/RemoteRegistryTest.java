package dev.plimsoll.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.oci.Tag;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A registry that is asked again and again. */
@Timeout(60)
class RemoteRegistryTest {
  private static final RepositoryName APP = new RepositoryName("team/app");
  private static final String TAGS = "/v2/team/app/tags/list";
  private static final Credentials.Password OLD = new Credentials.Password("anna", "old");
  private static final Credentials.Password NEW = new Credentials.Password("anna", "new");

  @TempDir private Path noCertificates;
  private FakeRegistry registry;
  private Registries registries;

  @BeforeEach
  void start() throws IOException {
    registry = new FakeRegistry();
    registries =
        new Registries(
            RegistrySettings.DEFAULT.withCertificatesDirectory(noCertificates),
            InstantSource.system());
  }

  @AfterEach
  void stop() throws IOException {
    registries.close();
    registry.close();
  }

  private RemoteRegistry remote(CredentialsSource credentials) {
    return registries.remote(registry.host(), true, credentials);
  }

  private void tellTags(String list) {
    registry.on(TAGS, exchange -> FakeRegistry.send(exchange, 200, "application/json", list));
  }

  /** Lets nobody in but the new password. */
  private static void requireNew(HttpExchange exchange) throws IOException {
    if (!NEW.basic().equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
      exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"here\"");
      FakeRegistry.send(exchange, 401, "application/json", "{}");
    }
  }

  @Test
  void credentialsThatAreRefusedAreLookedForOnceMore() throws Exception {
    tellTags("{\"tags\":[\"1\"]}");
    registry.gate(RemoteRegistryTest::requireNew);
    RemoteRegistry renewed =
        remote(
            new CredentialsSource() {
              private volatile Credentials now = OLD;

              @Override
              public Credentials present() {
                return now;
              }

              @Override
              public Credentials renewed() {
                now = NEW;
                return now;
              }
            });

    assertThat(renewed.tags(APP)).containsExactly(new Tag("1"));
  }

  @Test
  void credentialsThatNobodyRenewedAreNotShownTwice() {
    tellTags("{\"tags\":[\"1\"]}");
    registry.gate(RemoteRegistryTest::requireNew);

    assertThatThrownBy(() -> remote(() -> OLD).tags(APP))
        .isInstanceOf(TransferException.Unauthorized.class);

    assertThat(registry.requests()).filteredOn(r -> r.contains(OLD.basic())).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "null", "\"x\"", "{\"tags\":\"x\"}", "{\"tags\":[null]}"})
  void whatIsNoListOfTagsIsNotTakenForAnEmptyOne(String list) {
    tellTags(list);

    assertThatThrownBy(() -> remote(Credentials::anonymous).tags(APP))
        .isInstanceOf(TransferException.UnsupportedManifest.class)
        .hasMessageContaining("/tags/list of");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"tags\":null}", "{\"name\":\"team/app\"}", "{\"tags\":[]}"})
  void noTagsAreSaidInSeveralWays(String list) throws Exception {
    tellTags(list);

    assertThat(remote(Credentials::anonymous).tags(APP)).isEmpty();
  }
}
