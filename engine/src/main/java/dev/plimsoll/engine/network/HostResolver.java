package dev.plimsoll.engine.network;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The host's name servers, as a container can reach them.
 *
 * <p>A server on the host's loopback, such as systemd-resolved's 127.0.0.53, is out of a container's
 * reach: then the file that systemd-resolved keeps of the real ones is read, and where that names
 * none either, Docker's choice is taken.
 */
final class HostResolver {
  private static final List<Path> FILES =
      List.of(Path.of("/etc/resolv.conf"), Path.of("/run/systemd/resolve/resolv.conf"));

  /** Docker's own last resort. */
  static final List<String> LAST_RESORT = List.of("8.8.8.8", "8.8.4.4");

  private final List<Path> files;

  HostResolver() {
    this(FILES);
  }

  HostResolver(List<Path> files) {
    this.files = files;
  }

  List<String> nameservers() throws IOException {
    for (Path file : files) {
      List<String> reachable = Files.exists(file) ? reachable(Files.readString(file)) : List.of();
      if (!reachable.isEmpty()) {
        return reachable;
      }
    }
    return LAST_RESORT;
  }

  private static List<String> reachable(String resolvConf) {
    List<String> servers = new ArrayList<>();
    for (String line : resolvConf.lines().toList()) {
      String[] words = line.strip().split("\\s+");
      if (words.length >= 2
          && words[0].equals("nameserver")
          && !words[1].startsWith("127.")
          && !words[1].equals("::1")) {
        servers.add(words[1]);
      }
    }
    return servers;
  }
}
