package dev.plimsoll.registry.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.oci.Digest;
import dev.plimsoll.registry.RegistrySettings;
import dev.plimsoll.registry.StorageSettings;
import dev.plimsoll.registry.gc.GcPolicy;
import dev.plimsoll.registry.repository.Lease;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clocks that jump, and clocks that differ: neither ends a lease or empties a trash. */
class ClocksTest {
  private static final Duration MONTH = Duration.ofDays(30);
  private static final String RESTORE = "/plimsoll/v1/trash/restore?repository=app&reference=";

  @TempDir private Path directory;

  private RegistrySettings settings(String name) {
    return RegistrySettings.in(directory.resolve(name))
        .withGc(Lease.DEFAULT, GcPolicy.DEFAULT, Duration.ofHours(1));
  }

  @Test
  void aCollectionThatIsAskedForAfterAJumpTakesNothing() throws Exception {
    AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
    try (Client client = Client.start(settings("alone"), now::get)) {
      byte[] manifest = client.image("app", "1", "deleted by mistake");
      Digest leased = client.blob("app", Client.random(40_000, 1));
      assertThat(client.send("DELETE", "/v2/app/manifests/1").status()).isEqualTo(202);
      assertThat(client.send("DELETE", "/v2/app/manifests/" + Digest.sha256(manifest)).status())
          .isEqualTo(202);

      now.updateAndGet(before -> before.plus(MONTH));
      assertThat(client.send("POST", "/plimsoll/v1/gc?dry-run").text()).contains("\"purged\":0");
      assertThat(client.send("POST", "/plimsoll/v1/gc").text()).contains("\"purged\":0");

      assertThat(client.send("POST", RESTORE + Digest.sha256(manifest)).status()).isEqualTo(200);
      assertThat(client.send("POST", RESTORE + "1").status()).isEqualTo(200);
      assertThat(client.send("GET", "/v2/app/manifests/1").body()).isEqualTo(manifest);
      assertThat(client.send("HEAD", "/v2/app/blobs/" + leased).status()).isEqualTo(200);
    }
  }

  @Test
  void aReplicaWhoseClockIsAMonthAheadTakesNothingThatTheOtherKeeps() throws Exception {
    StorageSettings storage = SharedStorage.create();
    Clock ahead = Clock.offset(Clock.systemUTC(), MONTH);
    try (Client right = Client.start(settings("right").withStorage(storage));
        Client wrong = Client.start(settings("wrong").withStorage(storage), ahead)) {
      byte[] first = right.image("app", "1", "deleted on the one that is right");
      byte[] second = wrong.image("app", "2", "deleted on the one that is wrong");
      Digest leased = right.blob("app", Client.random(40_000, 1));
      String upload = right.send("POST", "/v2/app/blobs/uploads/").header("Location");
      assertThat(right.send("DELETE", "/v2/app/manifests/" + Digest.sha256(first)).status())
          .isEqualTo(202);
      assertThat(wrong.send("DELETE", "/v2/app/manifests/" + Digest.sha256(second)).status())
          .isEqualTo(202);

      for (Client each : new Client[] {wrong, right, wrong}) {
        assertThat(each.send("POST", "/plimsoll/v1/gc").text())
            .contains("\"purged\":0", "\"freedBytes\":0");
      }

      assertThat(right.send("POST", RESTORE + Digest.sha256(first)).status()).isEqualTo(200);
      assertThat(wrong.send("POST", RESTORE + Digest.sha256(second)).status()).isEqualTo(200);
      assertThat(wrong.send("GET", "/v2/app/manifests/1").body()).isEqualTo(first);
      assertThat(right.send("GET", "/v2/app/manifests/2").body()).isEqualTo(second);
      assertThat(wrong.send("HEAD", "/v2/app/blobs/" + leased).status()).isEqualTo(200);
      assertThat(wrong.send("GET", upload).status()).isEqualTo(204);
    }
  }
}
