package dev.plimsoll.transfer;

import dev.plimsoll.http.client.Trust;
import dev.plimsoll.oci.ImageName;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Where registries are, by the rules of dockerd. */
final class RegistryHosts {
  private static final URI DOCKER_HUB = URI.create("https://registry-1.docker.io");

  private final List<URI> mirrors;
  private final InsecureRegistries insecure;
  private final Certificates certificates;
  private final Map<String, URI> lastGood = new ConcurrentHashMap<>();

  RegistryHosts(RegistrySettings settings, InsecureRegistries.NameLookup names) {
    this.mirrors = settings.mirrors();
    this.insecure = new InsecureRegistries(settings.insecureRegistries(), names);
    this.certificates = new Certificates(settings.certificatesDirectory());
  }

  /**
   * The hosts a pull may be served from, best first. Each inner list is one registry, with the ways
   * to reach it: a later way is for when the earlier one cannot be connected to.
   */
  List<List<RegistryHost>> forPull(String registry) throws IOException {
    List<List<RegistryHost>> hosts = new ArrayList<>();
    if (registry.equals(ImageName.DOCKER_HUB)) {
      for (URI mirror : mirrors) {
        URI base = URI.create(mirror.toString().replaceFirst("/+$", ""));
        hosts.add(
            List.of(new RegistryHost(base, trustFor(authority(base)), RegistryHost.Role.MIRROR)));
      }
    }
    hosts.add(origin(registry));
    return hosts;
  }

  /** The ways to reach the registry itself: https, and for an insecure one http after that. */
  List<RegistryHost> origin(String registry) throws IOException {
    URI https =
        registry.equals(ImageName.DOCKER_HUB) ? DOCKER_HUB : URI.create("https://" + registry);
    List<RegistryHost> ways = new ArrayList<>();
    ways.add(new RegistryHost(https, trustFor(authority(https)), RegistryHost.Role.ORIGIN));
    if (insecure.covers(registry)) {
      ways.add(plain(registry));
    }
    return ways;
  }

  /** The way to reach a registry that was named with http. */
  RegistryHost plain(String registry) {
    URI http = URI.create("http://" + registry);
    return new RegistryHost(http, Trust.system(), RegistryHost.Role.ORIGIN);
  }

  /**
   * The ways in the order to be tried: what worked last time first, since a plain server may take
   * its time to notice that it does not understand TLS. Only an insecure registry has two ways.
   */
  List<RegistryHost> lastGoodFirst(List<RegistryHost> ways) {
    List<RegistryHost> sorted = new ArrayList<>(ways);
    sorted.sort(
        Comparator.comparing(way -> !way.base().equals(lastGood.get(authority(way.base())))));
    return sorted;
  }

  void worked(RegistryHost way) {
    if (way.base().getScheme().equals("http") || lastGood.containsKey(authority(way.base()))) {
      lastGood.put(authority(way.base()), way.base());
    }
  }

  /** What is believed of a host that a registry sent us to, or that holds a registry. */
  Trust trustFor(String hostAndPort) throws IOException {
    return insecure.covers(hostAndPort)
        ? certificates.unverified(hostAndPort)
        : certificates.verified(hostAndPort);
  }

  boolean isInsecure(String hostAndPort) {
    return insecure.covers(hostAndPort);
  }

  static String authority(URI uri) {
    String authority = uri.getRawAuthority() == null ? "" : uri.getRawAuthority();
    return authority.substring(authority.lastIndexOf('@') + 1);
  }
}
