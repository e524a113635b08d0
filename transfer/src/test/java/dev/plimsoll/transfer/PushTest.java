package dev.plimsoll.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.http.client.ClientSettings;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.RepositoryName;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Pushes into a registry that breaks off. */
@Timeout(60)
class PushTest {
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final TestImage IMAGE = TestImage.of(3_000_000, 100);

  @TempDir private static Path noCertificates;

  private final PushLines lines = new PushLines();
  private FakeRegistry registry;
  private UploadingRegistry uploads;
  private Registries registries;

  @BeforeEach
  void start() throws IOException {
    registry = new FakeRegistry();
    uploads = new UploadingRegistry(registry);
    registries =
        new Registries(
            RegistrySettings.DEFAULT
                .withCertificatesDirectory(noCertificates)
                .withRetries(2, Duration.ofMillis(1))
                .withHttp(ClientSettings.DEFAULT.withTimeouts(LONG, LONG, LONG)));
  }

  @AfterEach
  void stop() throws IOException {
    registries.close();
    registry.close();
  }

  @Test
  void everythingIsSentAndTheManifestLast() throws Exception {
    push();

    IMAGE.blobs().forEach(this::requireThere);
    assertThat(registry.requests().getLast()).startsWith("PUT /v2/team/app/manifests/1");
    assertThat(lines.of(IMAGE.layer(0))).containsExactly("Preparing", "Pushing all", "Pushed");
    assertThat(uploads.patches()).as("small blobs go along with the PUT").isEqualTo(1);
  }

  @Test
  void aBrokenUploadGoesOnWhereItBroke() throws Exception {
    uploads.trouble((exchange, patch, upload) -> {
      if (patch > 2) {
        return false;
      }
      upload.writeBytes(exchange.getRequestBody().readNBytes(1_000_000));
      return true; // hangs up without an answer
    });

    push();

    IMAGE.blobs().forEach(this::requireThere);
    assertThat(uploads.ranges()).containsExactly("1000000-2999999", "2000000-2999999");
    assertThat(lines.of(IMAGE.layer(0))).contains("Retrying");
  }

  @Test
  void aRegistryThatLostTheUploadGetsANewOne() throws Exception {
    uploads.trouble((exchange, patch, upload) -> {
      if (patch > 1) {
        return false;
      }
      exchange.getRequestBody().readNBytes(1_000_000);
      uploads.forgetUploads();
      return true;
    });

    push();

    IMAGE.blobs().forEach(this::requireThere);
    assertThat(uploads.ranges()).isEmpty();
  }

  @Test
  void breaksWithoutProgressEndThePush() {
    uploads.trouble((exchange, patch, upload) -> true);

    assertThatThrownBy(this::push).isInstanceOf(IOException.class);
    assertThat(uploads.patches()).isEqualTo(3);
    assertThat(registry.count("PUT /v2/team/app/manifests")).isZero();
  }

  @Test
  void anAnswerLostAfterTheLastByteIsFoundOut() throws Exception {
    AtomicBoolean lost = new AtomicBoolean();
    TestImage small = TestImage.of(50);
    FakeRegistry.Answer inner = uploadsGate();
    registry.gate(exchange -> {
      inner.to(exchange);
      if (exchange.getRequestURI().getPath().endsWith("/manifests/1")
          && lost.compareAndSet(false, true)) {
        throw new IOException("hangs up");
      }
    });

    push(small);

    small.blobs().forEach(this::requireThere);
  }

  @Test
  void aFullRegistryIsNamedWithItsReasonAndNotAskedAgain() {
    uploads.trouble((exchange, patch, upload) -> {
      // The JDK's server resets a connection whose body it has not read, and the answer is lost.
      exchange.getRequestBody().readAllBytes();
      FakeRegistry.error(exchange, 507, "INSUFFICIENT_STORAGE", "the disk is full");
      return true;
    });

    assertThatThrownBy(this::push)
        .isInstanceOfSatisfying(
            TransferException.Rejected.class,
            rejected -> {
              assertThat(rejected.status()).isEqualTo(507);
              assertThat(rejected.code()).isEqualTo("INSUFFICIENT_STORAGE");
              assertThat(rejected).hasMessage("insufficient storage: the disk is full");
            });
    assertThat(uploads.patches()).isEqualTo(1);
  }

  @Test
  void aDeniedPushReadsAsInDocker() {
    registry.gate(exchange -> {
      if (exchange.getRequestMethod().equals("POST")) {
        FakeRegistry.error(exchange, 403, "DENIED", "requested access to the resource is denied");
      } else if (exchange.getRequestMethod().equals("HEAD")) {
        exchange.sendResponseHeaders(404, -1);
      }
    });

    assertThatThrownBy(this::push)
        .isInstanceOf(TransferException.Denied.class)
        .hasMessage("denied: requested access to the resource is denied");
  }

  @Test
  void aMountThatIsForbiddenIsAnUpload() throws Exception {
    FakeRegistry.Answer inner = uploadsGate();
    registry.gate(exchange -> {
      if (String.valueOf(exchange.getRequestURI().getQuery()).contains("mount=")) {
        FakeRegistry.error(exchange, 403, "DENIED", "not yours");
      } else {
        inner.to(exchange);
      }
    });

    registries.push(
        registry.image("team/app:1"),
        IMAGE.manifestContent(),
        new MemorySource(IMAGE.blobs(), new RepositoryName("secret/repo")),
        Credentials.anonymous(),
        lines);

    assertThat(lines.of(IMAGE.layer(0))).contains("Pushed");
  }

  @Test
  void aSourceThatFailsIsNotTakenForABrokenConnection() {
    BlobSource broken =
        new BlobSource() {
          @Override
          public InputStream open(dev.plimsoll.oci.Descriptor content, long offset) {
            return new InputStream() {
              @Override
              public int read() throws IOException {
                throw new IOException("the disk cannot be read");
              }

              @Override
              public int read(byte[] bytes, int offset, int length) throws IOException {
                throw new IOException("the disk cannot be read");
              }
            };
          }

          @Override
          public List<RepositoryName> alsoIn(dev.plimsoll.oci.Descriptor layer) {
            return List.of();
          }
        };

    assertThatThrownBy(() ->
            registries.push(
                registry.image("team/app:1"),
                IMAGE.manifestContent(),
                broken,
                Credentials.anonymous(),
                lines))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("the disk cannot be read");
    assertThat(lines.of(IMAGE.layer(0))).doesNotContain("Retrying");
  }

  @Test
  void aSourceThatIsTooShortIsNamed() {
    BlobSource shortened =
        new BlobSource() {
          @Override
          public InputStream open(dev.plimsoll.oci.Descriptor content, long offset) {
            return InputStream.nullInputStream();
          }

          @Override
          public List<RepositoryName> alsoIn(dev.plimsoll.oci.Descriptor layer) {
            return List.of();
          }
        };

    assertThatThrownBy(() ->
            registries.push(
                registry.image("team/app:1"),
                IMAGE.manifestContent(),
                shortened,
                Credentials.anonymous(),
                lines))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is shorter than its");
  }

  @Test
  void anUploadElsewhereGetsNoCredentials() throws Exception {
    try (FakeRegistry storage = new FakeRegistry()) {
      new UploadingRegistry(storage);
      String target = storage.url() + "/v2/team/app/blobs/uploads/";
      storage.on("/v2/", exchange -> {});
      registry.gate(exchange -> {
        boolean asked = exchange.getRequestHeaders().containsKey("Authorization");
        if (!asked) {
          exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"here\"");
          exchange.sendResponseHeaders(401, -1);
        } else if (exchange.getRequestMethod().equals("POST")) {
          exchange.getResponseHeaders().set("Location", target + "elsewhere");
          exchange.sendResponseHeaders(202, -1);
        } else if (exchange.getRequestMethod().equals("HEAD")) {
          exchange.sendResponseHeaders(404, -1);
        }
      });

      assertThatThrownBy(() ->
              registries.push(
                  registry.image("team/app:1"),
                  TestImage.of(10).manifestContent(),
                  new MemorySource(TestImage.of(10).blobs()),
                  new Credentials.Password("user", "secret"),
                  lines))
          .isInstanceOf(IOException.class);
      assertThat(storage.requests()).isNotEmpty().noneMatch(request -> request.contains("Basic"));
    }
  }

  @Test
  void aManifestIsPushedByDigestOnlyAsItself() {
    Digest other = Digest.sha256(new byte[1]);

    assertThatThrownBy(() ->
            registries.push(
                registry.image("team/app").withDigest(other),
                IMAGE.manifestContent(),
                new MemorySource(IMAGE.blobs()),
                Credentials.anonymous(),
                lines))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(other.toString());
  }

  private FakeRegistry.Answer uploadsGate() {
    return uploads::handle;
  }

  private void push() throws Exception {
    push(IMAGE);
  }

  private void push(TestImage image) throws Exception {
    registries.push(
        registry.image("team/app:1"),
        image.manifestContent(),
        new MemorySource(image.blobs()),
        Credentials.anonymous(),
        lines);
  }

  private void requireThere(byte[] blob) {
    assertThat(uploads.blob(Digest.sha256(blob))).isEqualTo(blob);
  }
}
