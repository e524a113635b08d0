package dev.plimsoll.content.s3;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * A second S3-speaking server, of other makers than {@link S3Server}'s, in a process and a directory
 * of its own: S3Mock. It knows encryption: it takes the key that it was given, refuses every other,
 * and tells of each object how it is encrypted.
 */
final class KeyServiceS3 implements AutoCloseable {
  static final String KEY = "plimsoll-7";

  private static final S3Address.Credentials CREDENTIALS =
      new S3Address.Credentials("plimsoll", "not-a-secret");
  private static final Duration BEGIN_MAX = Duration.ofSeconds(120);

  private final AtomicInteger buckets = new AtomicInteger();
  private final Path directory;
  private final int port;
  private final Process process;

  private KeyServiceS3(Path directory, int port, Process process) {
    this.directory = directory;
    this.port = port;
    this.process = process;
  }

  static KeyServiceS3 start() throws IOException {
    Path directory = Files.createTempDirectory("plimsoll-s3mock");
    int port = freePort();
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx192m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Djava.io.tmpdir=" + directory,
                "-jar",
                program(),
                "--server.port=0",
                "--com.adobe.testing.s3mock.http-port=" + port,
                "--com.adobe.testing.s3mock.store.root=" + directory.resolve("data"),
                "--com.adobe.testing.s3mock.store.valid-kms-keys=arn:aws:kms:us-east-1:1234567890:key/"
                    + KEY)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("log").toFile())
            .start();
    KeyServiceS3 server = new KeyServiceS3(directory, port, process);
    Awaitility.await().atMost(BEGIN_MAX).until(server::answers);
    return server;
  }

  /** The jar that is a program; nothing of it is on the class path but its loader. */
  private static String program() {
    return Arrays.stream(System.getProperty("java.class.path").split(":"))
        .filter(jar -> jar.endsWith("-exec.jar") && jar.contains("s3mock"))
        .findFirst()
        .orElseThrow();
  }

  private boolean answers() throws IOException {
    if (!process.isAlive()) {
      throw new AssertionError("S3Mock ended:\n" + Files.readString(directory.resolve("log")));
    }
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  URI endpoint() {
    return URI.create("http://127.0.0.1:" + port);
  }

  /** A new, empty bucket. */
  S3Address bucket(URI through, S3Address.Encryption encryption) {
    String name = "bucket-" + buckets.incrementAndGet();
    try (S3Client client = client()) {
      client.createBucket(r -> r.bucket(name));
    }
    return new S3Address(
        name,
        Optional.of(through),
        Optional.empty(),
        "",
        S3Address.NameStyle.PATH,
        Optional.of(CREDENTIALS),
        encryption,
        S3Address.Needs.NONE,
        new S3Address.Limits(Duration.ofSeconds(20), 4));
  }

  S3Client client() {
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
