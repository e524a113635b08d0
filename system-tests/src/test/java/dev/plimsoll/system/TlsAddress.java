package dev.plimsoll.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/**
 * An address on {@code lo} that no client takes for this machine, so that nobody is let off looking
 * at the certificate, and an authority that signs certificates for it.
 */
final class TlsAddress implements AutoCloseable {
  private final String address;
  private final Shell shell;

  private TlsAddress(String address, Path directory) {
    this.address = address;
    this.shell = new Shell(Map.of("A", address, "D", directory.toString()));
  }

  /** The authority is {@code ca.crt} in {@code directory}, which is made. */
  static TlsAddress make(Path directory) throws IOException, InterruptedException {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    Files.createDirectory(directory);
    TlsAddress made =
        new TlsAddress( // RFC 2544: for measurements between machines, routed nowhere
            "198.18.%d.%d".formatted(random.nextInt(256), random.nextInt(1, 255)), directory);
    made.shell.out(
        """
        ip address add $A/32 dev lo && cd $D &&
        openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=authority \
          -keyout ca.key -out ca.crt 2>/dev/null\
        """);
    return made;
  }

  /** Makes {@code NAME.key} and {@code NAME.crt}, about NAME at this address. */
  void certificate(String name) throws IOException, InterruptedException {
    shell
        .with("N", name)
        .out(
            """
            cd $D
            openssl req -newkey rsa:2048 -nodes -subj /CN=$N -keyout $N.key -out $N.csr 2>/dev/null
            openssl x509 -req -in $N.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 \
              -extfile <(echo subjectAltName=IP:$A) -out $N.crt 2>/dev/null\
            """);
  }

  @Override
  public String toString() {
    return address;
  }

  @Override
  public void close() throws IOException {
    try {
      shell.out("ip address delete $A/32 dev lo");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
