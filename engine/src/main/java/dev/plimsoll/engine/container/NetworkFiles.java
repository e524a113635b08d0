package dev.plimsoll.engine.container;

import dev.plimsoll.docker.container.EndpointSettings;
import dev.plimsoll.docker.container.HostConfig;
import dev.plimsoll.engine.network.NetworkSandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Writes the {@code hostname}, {@code hosts} and {@code resolv.conf} that a container sees. */
final class NetworkFiles {
  private static final String LOCAL_HOSTS =
      """
      127.0.0.1\tlocalhost
      ::1\tlocalhost ip6-localhost ip6-loopback
      fe00::\tip6-localnet
      ff00::\tip6-mcastprefix
      ff02::1\tip6-allnodes
      ff02::2\tip6-allrouters
      """;

  private static final Path HOSTS = Path.of("/etc/hosts");
  private static final Path RESOLV_CONF = Path.of("/etc/resolv.conf");

  /** Where systemd-resolved keeps the real servers when resolv.conf names its stub on 127.0.0.53. */
  private static final Path RESOLVED = Path.of("/run/systemd/resolve/resolv.conf");

  private NetworkFiles() {}

  static void write(
      ContainerDirectory directory, String hostname, HostConfig host, NetworkSandbox sandbox)
      throws IOException {
    boolean isHost = sandbox.namespace() instanceof NetworkSandbox.Namespace.Host;
    Files.writeString(directory.hostname(), hostname + "\n");
    Files.writeString(
        directory.hosts(), hosts(isHost ? read(HOSTS) : LOCAL_HOSTS, hostname, host, sandbox));
    String resolv = read(RESOLV_CONF);
    if (!isHost && onlyLoopback(resolv)) {
      resolv = read(RESOLVED);
    }
    Files.writeString(directory.resolvConf(), resolvConf(resolv, host, sandbox));
  }

  private static String read(Path file) throws IOException {
    try {
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      return "";
    }
  }

  static String hosts(String base, String hostname, HostConfig host, NetworkSandbox sandbox) {
    var text = new StringBuilder(base);
    for (String extra : host.extraHosts()) {
      int colon = extra.indexOf(':');
      String address = extra.substring(colon + 1);
      String name = extra.substring(0, colon);
      text.append(address.equals("host-gateway") ? gateway(sandbox) : unbracketed(address));
      text.append('\t').append(name).append('\n');
    }
    for (String address : sandbox.hostsAddresses()) {
      text.append(address).append('\t').append(hostname).append('\n');
    }
    return text.toString();
  }

  private static String unbracketed(String address) {
    return address.startsWith("[") && address.endsWith("]")
        ? address.substring(1, address.length() - 1)
        : address;
  }

  private static String gateway(NetworkSandbox sandbox) {
    return sandbox.endpoints().values().stream()
        .map(EndpointSettings::gateway)
        .filter(g -> !g.isEmpty())
        .findFirst()
        .orElse("127.0.0.1");
  }

  private static boolean onlyLoopback(String resolv) {
    List<String> servers = values(resolv, "nameserver");
    return !servers.isEmpty()
        && servers.stream().allMatch(s -> s.startsWith("127.") || s.equals("::1"));
  }

  static String resolvConf(String base, HostConfig host, NetworkSandbox sandbox) {
    List<String> servers = host.dns();
    if (servers.isEmpty()) {
      servers =
          sandbox.nameservers().isEmpty() ? values(base, "nameserver") : sandbox.nameservers();
    }
    List<String> search =
        host.dnsSearch().isEmpty() ? words(values(base, "search")) : host.dnsSearch();
    List<String> options =
        host.dnsOptions().isEmpty() ? words(values(base, "options")) : host.dnsOptions();
    var text = new StringBuilder();
    servers.forEach(s -> text.append("nameserver ").append(s).append('\n'));
    if (!search.isEmpty() && !search.equals(List.of("."))) {
      text.append("search ").append(String.join(" ", search)).append('\n');
    }
    if (!options.isEmpty()) {
      text.append("options ").append(String.join(" ", options)).append('\n');
    }
    return text.toString();
  }

  private static List<String> values(String resolv, String keyword) {
    List<String> values = new ArrayList<>();
    for (String line : resolv.split("\n", -1)) {
      String[] parts = line.strip().split("\\s+", 2);
      if (parts.length == 2 && parts[0].equals(keyword)) {
        values.add(parts[1].strip());
      }
    }
    return values;
  }

  private static List<String> words(List<String> lines) {
    return lines.isEmpty() ? List.of() : List.of(lines.getLast().split("\\s+"));
  }
}
