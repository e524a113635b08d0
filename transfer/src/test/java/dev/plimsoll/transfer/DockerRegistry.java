package dev.plimsoll.transfer;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Debian's docker-registry on a port the kernel picked, with its own directory. */
final class DockerRegistry implements AutoCloseable {
  static final Credentials.Password SECRET = new Credentials.Password("user", "secret");

  private static final Pattern LISTENING = Pattern.compile("listening on ([0-9.]+:[0-9]+)");

  /** The password is {@code secret}. */
  private static final String HTPASSWD =
      "user:$2b$05$Acg8.M4X0Q49UmOKZ//UIu7D/SdjJzYKWWXrD3D2q/YL8tmD.gXDS\n";

  private final Process process;
  private final String host;

  private DockerRegistry(Process process, String host) {
    this.process = process;
    this.host = host;
  }

  static DockerRegistry open(Path directory) throws IOException {
    return start(directory, "");
  }

  static DockerRegistry withPassword(Path directory) throws IOException {
    Path passwords = Files.writeString(directory.resolve("htpasswd"), HTPASSWD);
    return start(
        directory, "auth:\n  htpasswd:\n    realm: here\n    path: %s\n".formatted(passwords));
  }

  /** With TLS and a certificate that nobody has signed. */
  static DockerRegistry withTls(Path directory) throws IOException {
    Path key = directory.resolve("key.pem");
    Path certificate = directory.resolve("certificate.pem");
    Process openssl =
        new ProcessBuilder(
                List.of(
                    "openssl",
                    "req",
                    "-x509",
                    "-newkey",
                    "rsa:2048",
                    "-nodes",
                    "-subj",
                    "/CN=nobody",
                    "-keyout",
                    key.toString(),
                    "-out",
                    certificate.toString()))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (openssl.onExit().join().exitValue() != 0) {
      throw new IOException("openssl made no certificate");
    }
    return start(
        directory, "  tls:\n    certificate: %s\n    key: %s\n".formatted(certificate, key));
  }

  private static DockerRegistry start(Path directory, String more) throws IOException {
    Path settings =
        Files.writeString(
            directory.resolve("config.yml"),
            """
            version: 0.1
            log:
              accesslog:
                disabled: true
            storage:
              filesystem:
                rootdirectory: %s
            http:
              addr: 127.0.0.1:0
              secret: test
            """
                    .formatted(directory.resolve("data"))
                + more);
    Process process =
        new ProcessBuilder(List.of("docker-registry", "serve", settings.toString()))
            .redirectErrorStream(true)
            .start();
    BufferedReader said = process.inputReader();
    for (String line = said.readLine(); line != null; line = said.readLine()) {
      Matcher listening = LISTENING.matcher(line);
      if (listening.find()) {
        Thread.ofVirtual().start(() -> said.lines().forEach(_ -> {})); // or its pipe fills up
        return new DockerRegistry(process, listening.group(1));
      }
    }
    throw new IOException("docker-registry ended with " + process.onExit().join().exitValue());
  }

  String host() {
    return host;
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
