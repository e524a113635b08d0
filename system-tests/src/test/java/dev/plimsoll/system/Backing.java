package dev.plimsoll.system;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * What replicas stand on and behind: PostgreSQL of Debian's, s3proxy and HAProxy, each a process of
 * its own that is ended by its id. The S3 server takes signed requests only.
 */
final class Backing implements AutoCloseable {
  private static final Duration BEGIN_MAX = Duration.ofSeconds(60);

  /** Where a replica's clients get the bytes of blobs. */
  enum Blobs {
    FROM_THE_REPLICA,
    FROM_THE_BUCKET
  }

  private final Path directory = Files.createTempDirectory("plimsoll-backing");
  private final Path bucket = Files.createDirectories(directory.resolve("s3").resolve("images"));
  private final List<Process> processes = new ArrayList<>();
  private final int postgresPort = freePort();
  private final int s3Port = freePort();

  Backing() throws IOException, InterruptedException {
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    startPostgres();
    startS3();
  }

  private void startPostgres() throws IOException, InterruptedException {
    Path bin;
    try (Stream<Path> versions = Files.list(Path.of("/usr/lib/postgresql"))) {
      bin = versions.max(Comparator.naturalOrder()).orElseThrow().resolve("bin");
    }
    Path data = Files.createDirectory(directory.resolve("postgres"));
    Program.of("chown", "postgres", data.toString()).run().succeeded();
    asPostgres(
        bin.resolve("initdb").toString(),
        "--auth=trust",
        "--encoding=UTF8",
        "--locale=C.UTF-8",
        "--no-sync",
        "--username=plimsoll",
        "--pgdata=" + data);
    List<String> words = new ArrayList<>(unprivileged());
    words.addAll(
        List.of(
            bin.resolve("postgres").toString(),
            "-D",
            data.toString(),
            "-p",
            Integer.toString(postgresPort),
            "-h",
            "127.0.0.1",
            "-k",
            data.toString(),
            "-c",
            "fsync=off"));
    start("postgres", words);
    Awaitility.await()
        .atMost(BEGIN_MAX)
        .until(() ->
            Program.of(
                        bin.resolve("pg_isready").toString(),
                        "-q",
                        "-h",
                        "127.0.0.1",
                        "-p",
                        Integer.toString(postgresPort))
                    .run()
                    .code()
                == 0);
  }

  private void asPostgres(String... command) throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(unprivileged());
    words.addAll(List.of(command));
    Program.of(words.toArray(String[]::new)).run().succeeded();
  }

  private static List<String> unprivileged() {
    return List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups");
  }

  private void startS3() throws IOException, InterruptedException {
    Path properties =
        Files.writeString(
            directory.resolve("s3proxy.properties"),
            """
            s3proxy.endpoint=http://127.0.0.1:%d
            s3proxy.authorization=aws-v4
            s3proxy.identity=plimsoll
            s3proxy.credential=not-a-secret
            jclouds.provider=filesystem-nio2
            jclouds.identity=any
            jclouds.credential=any
            jclouds.filesystem.basedir=%s
            """
                .formatted(s3Port, bucket.getParent()));
    start(
        "s3proxy",
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx192m",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            "org.gaul.s3proxy.Main",
            "--properties",
            properties.toString()));
    Awaitility.await().atMost(BEGIN_MAX).until(() -> answers(s3Port));
  }

  /** Where the bucket answers. */
  URI bucketAddress() {
    return URI.create("http://127.0.0.1:" + s3Port + "/images/");
  }

  /** Whether the bucket holds bytes of a blob, or a mark of it. */
  boolean holds(String digest) throws IOException {
    Path blobs = bucket.resolve("registry/content/blobs/sha256");
    String begins = digest.substring("sha256:".length()) + "-";
    try (Stream<Path> names = Files.list(blobs)) {
      return names.anyMatch(name -> name.getFileName().toString().startsWith(begins));
    }
  }

  /** The settings of a replica. */
  Path configuration(String name, String lease, Blobs blobs) throws IOException {
    return Files.writeString(
        directory.resolve(name + ".yaml"),
        """
        registry:
          lease: %s
          gc: {every: 1s, condemned-for: 1s}
          trash: {kept-for: 1s}
          storage:
            kind: s3
            redirect: %b
            s3:
              bucket: images
              prefix: registry/
              endpoint: http://127.0.0.1:%d
              access-key: plimsoll
              secret-key: not-a-secret
          database:
            url: jdbc:postgresql://127.0.0.1:%d/postgres?sslmode=disable
            user: plimsoll
        """
            .formatted(lease, blobs == Blobs.FROM_THE_BUCKET, s3Port, postgresPort));
  }

  /** A balancer that gives each request to the next of these; returns where it listens. */
  String balance(List<String> hosts) throws IOException {
    int port = freePort();
    StringBuilder servers = new StringBuilder();
    for (int i = 0; i < hosts.size(); i++) {
      servers.append("  server r%d %s check inter 500ms\n".formatted(i, hosts.get(i)));
    }
    Path file =
        Files.writeString(
            directory.resolve("haproxy.cfg"),
            """
            defaults
              mode http
              timeout connect 5s
              timeout client 1m
              timeout server 1m
            frontend registry
              bind 127.0.0.1:%d
              default_backend replicas
            backend replicas
              balance roundrobin
              option httpchk GET /readyz
            %s\
            """
                .formatted(port, servers));
    start("haproxy", List.of("haproxy", "-db", "-f", file.toString()));
    Awaitility.await().atMost(BEGIN_MAX).until(() -> answers(port));
    return "http://127.0.0.1:" + port;
  }

  private void start(String name, List<String> words) throws IOException {
    processes.add(
        new ProcessBuilder(words)
            .directory(Path.of("/").toFile())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve(name + ".log").toFile())
            .start());
  }

  private static boolean answers(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() throws IOException {
    for (Process process : processes.reversed()) {
      process.destroy();
      process.onExit().orTimeout(20, java.util.concurrent.TimeUnit.SECONDS).join();
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
