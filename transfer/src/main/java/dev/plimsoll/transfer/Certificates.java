package dev.plimsoll.transfer;

import dev.plimsoll.http.client.Trust;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The directory {@code certs.d}: for each {@code host:port} authorities ({@code *.crt}) and client
 * certificates ({@code *.cert} with a {@code *.key} of the same name). Files may change while we
 * run: they are looked at for each use and read when they differ. Safe for many threads.
 */
public final class Certificates {
  private static final int HOSTS_MAX = 1000;

  /** {@code version} is the names, times and sizes of the files that {@code trust} was read from. */
  private record Read(String version, Trust trust) {}

  private final Path directory;
  private final Map<String, Read> read = new HashMap<>();

  public Certificates(Path directory) {
    this.directory = directory;
  }

  /**
   * The system's authorities, and those of a host.
   *
   * @throws IOException if a file is there that cannot be used
   */
  public Trust verified(String hostAndPort) throws IOException {
    return trust("verified " + hostAndPort, hostAndPort, Trust.system());
  }

  Trust unverified(String hostAndPort) throws IOException {
    return trust("unverified " + hostAndPort, hostAndPort, Trust.unverified());
  }

  private synchronized Trust trust(String key, String hostAndPort, Trust base) throws IOException {
    List<Path> files = files(hostAndPort);
    String version = version(files);
    Read known = read.get(key);
    if (known != null && known.version().equals(version)) {
      return known.trust();
    }
    if (read.size() >= HOSTS_MAX) {
      read.clear(); // a trust that is read again costs a handshake, nothing more
    }
    Trust trust = base;
    for (Path file : files) {
      trust = with(trust, file);
    }
    read.put(key, new Read(version, trust));
    return trust;
  }

  private static Trust with(Trust trust, Path file) throws IOException {
    String name = file.getFileName().toString();
    if (name.endsWith(".crt")) {
      return trust.withAuthoritiesOf(file);
    }
    if (name.endsWith(".cert")) {
      Path key = file.resolveSibling(name.substring(0, name.length() - 5) + ".key");
      if (!Files.exists(key)) {
        throw new IOException(
            "missing key %s for client certificate %s. CA certificates must use the extension .crt"
                .formatted(key.getFileName(), name));
      }
      return trust.withClientCertificate(file, key);
    }
    return trust;
  }

  private List<Path> files(String hostAndPort) throws IOException {
    Path host = directory.resolve(hostAndPort).normalize();
    // A name such as ".." is no directory of ours.
    if (!host.startsWith(directory.normalize())
        || host.equals(directory.normalize())
        || !Files.isDirectory(host)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(host)) {
      return all.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private static String version(List<Path> files) throws IOException {
    List<String> parts = new ArrayList<>();
    for (Path file : files) {
      parts.add(file + " " + Files.getLastModifiedTime(file) + " " + Files.size(file));
    }
    return String.join("\n", parts);
  }
}
