package dev.plimsoll.system;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** A server of somebody else, from Debian's packages, on a port of its own. */
final class PeerServer implements AutoCloseable {
  private static final Duration READY_WITHIN = Duration.ofSeconds(20);
  private static final String PASSWORD_OF_USER_IS_RIGHT =
      "user:$2y$05$ZNZ7tOvGvkI9C5b6PcXqred1Wx7SkLkPmfQEtAGMCJyHpHf9gF.Xa\n";

  private final Process process;
  private final Path log;
  private final int port;

  private PeerServer(Process process, Path log, int port) {
    this.process = process;
    this.log = log;
    this.port = port;
  }

  /** Debian's docker-registry, which wants the name "user" and the password "right". */
  static PeerServer dockerRegistry(Path directory) throws IOException {
    int port = freePort();
    Files.writeString(directory.resolve("htpasswd"), PASSWORD_OF_USER_IS_RIGHT);
    Path settings = directory.resolve("docker-registry.yml");
    Files.writeString(
        settings,
        """
        version: 0.1
        log: { level: error, accesslog: { disabled: true } }
        storage: { filesystem: { rootdirectory: %1$s/peer } }
        http: { addr: 127.0.0.1:%2$d }
        auth: { htpasswd: { realm: peer, path: %1$s/htpasswd } }
        """
            .formatted(directory, port));
    return started(
        directory.resolve("docker-registry.log"),
        port,
        "docker-registry",
        "serve",
        settings.toString());
  }

  /**
   * HAProxy, which ends TLS and passes all to {@code server}, without the path's first part {@code
   * /images} where it is there. Its certificate is {@code proxy.crt} in {@code directory}.
   */
  static PeerServer haproxy(Path directory, int port, String server)
      throws IOException, InterruptedException {
    Program.of(
            "bash",
            "-c",
            """
            cd %s && openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=proxy \
              -addext subjectAltName=IP:127.0.0.1 -keyout proxy.key -out proxy.crt \
              && cat proxy.crt proxy.key >proxy.pem\
            """
                .formatted(directory))
        .run()
        .succeeded();
    Path settings = directory.resolve("haproxy.cfg");
    Files.writeString(
        settings,
        """
        defaults
          mode http
          timeout connect 5s
          timeout client 30s
          timeout server 30s
        frontend tls
          bind 127.0.0.1:%d ssl crt %s/proxy.pem
          http-request set-path %%[path,regsub(^/images/,/)]
          default_backend registry
        backend registry
          server registry %s
        """
            .formatted(port, directory, server));
    return started(
        directory.resolve("haproxy.log"), port, "haproxy", "-db", "-f", settings.toString());
  }

  private static PeerServer started(Path log, int port, String... words) throws IOException {
    Process process =
        new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    PeerServer server = new PeerServer(process, log, port);
    await().atMost(READY_WITHIN).until(server::answers);
    return server;
  }

  private boolean answers() {
    if (!process.isAlive()) {
      throw new AssertionError(log + ": ended with code " + process.exitValue());
    }
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** One that nobody listens on, for servers that do not tell what they got. */
  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Host and port, as an image's name begins. */
  String host() {
    return "127.0.0.1:" + port;
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }
}
