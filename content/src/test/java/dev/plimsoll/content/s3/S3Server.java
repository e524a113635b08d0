package dev.plimsoll.content.s3;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * An S3-speaking server in a process and a temporary directory of its own: s3proxy. Takes some
 * seconds to begin, so tests share one.
 */
public final class S3Server implements AutoCloseable {
  private static final S3Address.Credentials CREDENTIALS =
      new S3Address.Credentials("plimsoll", "not-a-secret");
  private static final Duration BEGIN_MAX = Duration.ofSeconds(60);
  private static final AtomicInteger BUCKETS = new AtomicInteger();
  private static @Nullable S3Server shared;

  private final Path directory;
  private final int port;
  private final int securePort;
  private final Process process;

  private S3Server(Path directory, int port, int securePort, Process process) {
    this.directory = directory;
    this.port = port;
    this.securePort = securePort;
    this.process = process;
  }

  /** The one that the tests of this process share; it ends with the process. */
  public static synchronized S3Server shared() {
    S3Server known = shared;
    if (known == null) {
      try {
        S3Server started = start();
        Runtime.getRuntime().addShutdownHook(new Thread(started::close));
        shared = started;
        return started;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return known;
  }

  /** One of the test's own. */
  public static S3Server start() throws IOException {
    Path directory = Files.createTempDirectory("plimsoll-s3");
    int port = freePort();
    int securePort = freePort();
    Path properties =
        Files.writeString(
            directory.resolve("s3proxy.properties"),
            """
            s3proxy.endpoint=http://127.0.0.1:%d
            s3proxy.secure-endpoint=https://127.0.0.1:%d
            s3proxy.keystore-path=%s
            s3proxy.keystore-password=not-a-secret
            s3proxy.authorization=aws-v2-or-v4
            s3proxy.identity=%s
            s3proxy.credential=%s
            s3proxy.ignore-unknown-headers=true
            jclouds.provider=filesystem-nio2
            jclouds.identity=any
            jclouds.credential=any
            jclouds.filesystem.basedir=%s
            """
                .formatted(
                    port,
                    securePort,
                    certify(directory),
                    CREDENTIALS.accessKey(),
                    CREDENTIALS.secretKey(),
                    Files.createDirectory(directory.resolve("data"))));
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx192m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "org.gaul.s3proxy.Main",
                "--properties",
                properties.toString())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("log").toFile())
            .start();
    S3Server server = new S3Server(directory, port, securePort, process);
    Awaitility.await().atMost(BEGIN_MAX).until(server::answers);
    return server;
  }

  /** A key and a certificate that only its own authority vouches for: itself. */
  private static Path certify(Path directory) throws IOException {
    Path store = directory.resolve("keys.p12");
    String keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    String line =
        """
        %1$s -genkeypair -alias s3 -keyalg EC -dname CN=s3 -ext san=ip:127.0.0.1 -validity 2 \
          -keystore %2$s -storetype PKCS12 -storepass not-a-secret &&
        %1$s -exportcert -rfc -alias s3 -keystore %2$s -storepass not-a-secret -file %3$s\
        """
            .formatted(keytool, store, directory.resolve("ca.pem"));
    Process made = new ProcessBuilder("sh", "-c", line).redirectErrorStream(true).start();
    try {
      String said = new String(made.getInputStream().readAllBytes(), UTF_8);
      if (made.waitFor() != 0) {
        throw new IOException(said);
      }
      return store;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** The same server with TLS, by a certificate of {@link #authorities}. */
  public URI secureEndpoint() {
    return URI.create("https://127.0.0.1:" + securePort);
  }

  public Path authorities() {
    return directory.resolve("ca.pem");
  }

  private boolean answers() throws IOException {
    if (!process.isAlive()) {
      throw new AssertionError("s3proxy ended:\n" + Files.readString(directory.resolve("log")));
    }
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + port);
  }

  /** A new, empty bucket. */
  public S3Address bucket() {
    String name =
        "bucket-%d-%d".formatted(ProcessHandle.current().pid(), BUCKETS.incrementAndGet());
    try (S3Client client = client()) {
      client.createBucket(r -> r.bucket(name));
    }
    return address(name, endpoint(), CREDENTIALS);
  }

  static S3Address address(String name, URI endpoint, S3Address.Credentials credentials) {
    return new S3Address(
        name,
        Optional.of(endpoint),
        Optional.empty(),
        "",
        S3Address.NameStyle.PATH,
        Optional.of(credentials),
        new S3Address.Encryption.AsTheBucket(),
        S3Address.Needs.NONE,
        new S3Address.Limits(Duration.ofSeconds(5), 4));
  }

  /** The server as AWS's own client sees it. */
  public S3Client client() {
    return S3Client.builder()
        .endpointOverride(endpoint())
        .region(Region.US_EAST_1)
        .forcePathStyle(true)
        .credentialsProvider(
            StaticCredentialsProvider.create(
                AwsBasicCredentials.create(CREDENTIALS.accessKey(), CREDENTIALS.secretKey())))
        .httpClientBuilder(UrlConnectionHttpClient.builder())
        .build();
  }

  public S3Address.Credentials credentials() {
    return CREDENTIALS;
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(file);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
