package dev.plimsoll.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.plimsoll.http.HttpServer;
import dev.plimsoll.http.Limits;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.ImageName;
import dev.plimsoll.oci.MediaTypes;
import dev.plimsoll.oci.Platform;
import dev.plimsoll.oci.RepositoryName;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Push and pull against Debian's docker-registry, one open and one with a password. */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DockerRegistryTest {
  private static final Platform AMD64 = new Platform("linux", "amd64");
  private static final TestImage IMAGE = TestImage.of(3_000_000, 70_000, 10);

  @TempDir private static Path directory;

  private DockerRegistry open;
  private DockerRegistry locked;
  private DockerRegistry encrypted;
  private Registries registries;

  @BeforeAll
  void start() throws IOException {
    open = DockerRegistry.open(Files.createDirectory(directory.resolve("open")));
    locked = DockerRegistry.withPassword(Files.createDirectory(directory.resolve("locked")));
    encrypted = DockerRegistry.withTls(Files.createDirectory(directory.resolve("encrypted")));
    registries =
        new Registries(
            RegistrySettings.DEFAULT
                .withCertificatesDirectory(directory.resolve("certs.d"))
                .withRetries(2, Duration.ofMillis(1)));
  }

  @AfterAll
  void stop() {
    registries.close();
    open.close();
    locked.close();
    encrypted.close();
  }

  @Test
  void whatWasPushedIsPulled() throws Exception {
    ImageName name = ImageName.parse(open.host() + "/team/app:1");
    PushLines lines = new PushLines();

    push(name, IMAGE, lines);
    MemorySink sink = new MemorySink();
    PulledImage pulled =
        registries.pull(name, AMD64, Credentials.anonymous(), sink, PullProgress.SILENT);

    assertThat(pulled.image().bytes()).isEqualTo(IMAGE.manifest());
    assertThat(pulled.config()).isEqualTo(IMAGE.config());
    for (int i = 0; i < 3; i++) {
      assertThat(sink.committed(Digest.sha256(IMAGE.layer(i)))).isEqualTo(IMAGE.layer(i));
      assertThat(lines.of(IMAGE.layer(i))).containsExactly("Preparing", "Pushing all", "Pushed");
    }
    assertThat(registries.resolve(name, Credentials.anonymous()).digest())
        .isEqualTo(IMAGE.digest());
  }

  @Test
  void aSecondPushSendsNoLayer() throws Exception {
    TestImage image = TestImage.of(100_001);
    push(ImageName.parse(open.host() + "/team/twice:1"), image, new PushLines());
    PushLines lines = new PushLines();

    push(ImageName.parse(open.host() + "/team/twice:2"), image, lines);

    assertThat(lines.of(image.layer(0))).containsExactly("Preparing", "Layer already exists");
  }

  @Test
  void aLayerIsMountedFromAnotherRepository() throws Exception {
    TestImage image = TestImage.of(100_002);
    push(ImageName.parse(open.host() + "/team/source:1"), image, new PushLines());
    PushLines lines = new PushLines();

    registries.push(
        ImageName.parse(open.host() + "/team/target:1"),
        image.manifestContent(),
        new MemorySource(
            image.blobs(), new RepositoryName("team/target"), new RepositoryName("team/source")),
        Credentials.anonymous(),
        lines);

    assertThat(lines.of(image.layer(0))).containsExactly("Preparing", "Mounted from team/source");
  }

  @Test
  void aMountThatCannotBeIsAnUpload() throws Exception {
    TestImage image = TestImage.of(100_003);
    PushLines lines = new PushLines();

    registries.push(
        ImageName.parse(open.host() + "/team/unmounted:1"),
        image.manifestContent(),
        new MemorySource(image.blobs(), new RepositoryName("team/nowhere")),
        Credentials.anonymous(),
        lines);

    assertThat(lines.of(image.layer(0))).containsExactly("Preparing", "Pushing all", "Pushed");
  }

  @Test
  void anIndexGoesWithItsImages() throws Exception {
    TestImage other = TestImage.of(100_004);
    byte[] index =
        TestImage.index(
            IMAGE.entry("{\"architecture\":\"amd64\",\"os\":\"linux\"}"),
            other.entry("{\"architecture\":\"arm64\",\"os\":\"linux\"}"));
    List<byte[]> content = new ArrayList<>(IMAGE.blobs());
    content.addAll(other.blobs());
    content.add(IMAGE.manifest());
    content.add(other.manifest());
    ImageName name = ImageName.parse(open.host() + "/team/index:1");

    registries.push(
        name,
        ManifestContent.of(index, MediaTypes.OCI_INDEX),
        new MemorySource(content),
        Credentials.anonymous(),
        PushProgress.SILENT);
    PulledImage pulled =
        registries.pull(
            name,
            new Platform("linux", "arm64"),
            Credentials.anonymous(),
            new MemorySink(),
            PullProgress.SILENT);

    assertThat(pulled.target().bytes()).isEqualTo(index);
    assertThat(pulled.image().digest()).isEqualTo(other.digest());
  }

  @Test
  void anEmptyLayerTravels() throws Exception {
    TestImage image = TestImage.of(0);
    ImageName name = ImageName.parse(open.host() + "/team/empty:1");

    push(name, image, new PushLines());
    MemorySink sink = new MemorySink();
    registries.pull(name, AMD64, Credentials.anonymous(), sink, PullProgress.SILENT);

    assertThat(sink.committedCount()).isEqualTo(1);
  }

  @Test
  void anUnknownTagAndAnUnknownRepositoryAreNotFound() {
    ImageName name = ImageName.parse(open.host() + "/team/nothing:1");

    assertThatThrownBy(() ->
            registries.pull(
                name, AMD64, Credentials.anonymous(), new MemorySink(), PullProgress.SILENT))
        .isInstanceOf(TransferException.NotFound.class)
        .hasMessage(
            "manifest for %s not found: manifest unknown: manifest unknown".formatted(name));
  }

  @Test
  void aManifestWithoutItsBlobsIsRejected() {
    TestImage image = TestImage.of(100_005);
    TestImage other = TestImage.of(100_006);

    assertThatThrownBy(() ->
            registries.push(
                ImageName.parse(open.host() + "/team/broken:1"),
                image.manifestContent(),
                new MemorySource(other.blobs()),
                Credentials.anonymous(),
                PushProgress.SILENT))
        .isInstanceOf(IOException.class)
        .hasMessage("no " + Digest.sha256(image.layer(0)));
  }

  @Test
  void aPasswordOpensTheLockedRegistry() throws Exception {
    ImageName name = ImageName.parse(locked.host() + "/team/app:1");
    registries.push(
        name,
        IMAGE.manifestContent(),
        new MemorySource(IMAGE.blobs()),
        DockerRegistry.SECRET,
        PushProgress.SILENT);

    assertThat(registries.manifest(name, DockerRegistry.SECRET).bytes())
        .isEqualTo(IMAGE.manifest());
    assertThatThrownBy(() -> registries.manifest(name, Credentials.anonymous()))
        .isInstanceOf(TransferException.Unauthorized.class)
        .hasMessageContaining("no basic auth credentials");
    assertThatThrownBy(() -> registries.manifest(name, new Credentials.Password("user", "wrong")))
        .isInstanceOf(TransferException.Unauthorized.class)
        .hasMessageContaining("authentication required");
    assertThatThrownBy(() ->
            registries.push(
                name,
                IMAGE.manifestContent(),
                new MemorySource(IMAGE.blobs()),
                Credentials.anonymous(),
                PushProgress.SILENT))
        .isInstanceOf(TransferException.Unauthorized.class);
  }

  @Test
  void anInsecureRegistryMayHaveAnyCertificate() throws Exception {
    ImageName name = ImageName.parse(encrypted.host() + "/team/app:1");
    push(name, IMAGE, PushProgress.SILENT);
    MemorySink sink = new MemorySink();

    registries.pull(name, AMD64, Credentials.anonymous(), sink, PullProgress.SILENT);

    assertThat(sink.committed(Digest.sha256(IMAGE.layer(0)))).isEqualTo(IMAGE.layer(0));
  }

  @Test
  void ourOwnServerHangsUpOnATlsHandshakeAtOnce() throws Exception {
    try (HttpServer server =
        new HttpServer((request, response) -> response.status(404).send(), Limits.DEFAULT)) {
      var address = server.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      ImageName name = ImageName.parse("127.0.0.1:" + address.getPort() + "/team/app:1");

      assertTimeoutPreemptively(
          Duration.ofSeconds(10), // a handshake that is not refused takes 15 to give up
          () ->
              assertThatThrownBy(() -> registries.manifest(name, Credentials.anonymous()))
                  .isInstanceOf(TransferException.NotFound.class));
    }
  }

  @Test
  void loginTellsGoodPasswordsFromBadOnes() throws Exception {
    assertThat(registries.login(locked.host(), DockerRegistry.SECRET))
        .isEqualTo(new LoginResult("Login Succeeded", ""));
    assertThat(registries.login(open.host(), DockerRegistry.SECRET).status())
        .isEqualTo("Login Succeeded");
    assertThatThrownBy(
            () -> registries.login(locked.host(), new Credentials.Password("user", "wrong")))
        .isInstanceOf(TransferException.Unauthorized.class)
        .hasMessage(
            "login attempt to http://%s/v2/ failed with status: 401 Unauthorized"
                .formatted(locked.host()));
  }

  private void push(ImageName name, TestImage image, PushProgress progress) throws Exception {
    registries.push(
        name,
        image.manifestContent(),
        new MemorySource(image.blobs()),
        Credentials.anonymous(),
        progress);
  }
}
