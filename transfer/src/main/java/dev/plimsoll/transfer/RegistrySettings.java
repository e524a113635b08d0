package dev.plimsoll.transfer;

import dev.plimsoll.http.client.ClientSettings;
import dev.plimsoll.http.client.ProxySettings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * How registries are reached; the names are those of Docker's daemon.json.
 *
 * @param mirrors {@code registry-mirrors}: tried in order before Docker Hub, for pulls only
 * @param insecureRegistries {@code insecure-registries}: {@code host}, {@code host:port} or an
 *     address block; https with any certificate is tried first, then http. Loopback always counts.
 * @param certificatesDirectory holds {@code host:port/*.crt} (authorities), {@code *.cert} and
 *     {@code *.key} (client certificates)
 * @param downloadsMax layers fetched at once, over all pulls
 * @param uploadsMax layers sent at once, over all pushes
 * @param retriesMax attempts after the first for one layer that bring no progress
 * @param retryDelay before the first of them; doubled each time, up to 30 seconds
 * @param http time limits and proxies
 */
public record RegistrySettings(
    List<URI> mirrors,
    List<String> insecureRegistries,
    Path certificatesDirectory,
    int downloadsMax,
    int uploadsMax,
    int retriesMax,
    Duration retryDelay,
    ClientSettings http) {

  public static final RegistrySettings DEFAULT =
      new RegistrySettings(
          List.of(),
          List.of(),
          Path.of("/etc/docker/certs.d"),
          3,
          5,
          5,
          Duration.ofSeconds(1),
          ClientSettings.DEFAULT);

  public RegistrySettings {
    mirrors = List.copyOf(mirrors);
    insecureRegistries = List.copyOf(insecureRegistries);
    mirrors.forEach(RegistrySettings::requireMirror);
    insecureRegistries.forEach(InsecureRegistries::requireRule);
    requireAtLeast(1, "downloadsMax", downloadsMax);
    requireAtLeast(1, "uploadsMax", uploadsMax);
    requireAtLeast(0, "retriesMax", retriesMax);
    if (retryDelay.isNegative()) {
      throw new IllegalArgumentException(
          "retryDelay is " + retryDelay + "; it must not be negative");
    }
  }

  public RegistrySettings withMirrors(List<URI> newMirrors) {
    return new RegistrySettings(
        newMirrors,
        insecureRegistries,
        certificatesDirectory,
        downloadsMax,
        uploadsMax,
        retriesMax,
        retryDelay,
        http);
  }

  public RegistrySettings withInsecureRegistries(List<String> rules) {
    return new RegistrySettings(
        mirrors,
        rules,
        certificatesDirectory,
        downloadsMax,
        uploadsMax,
        retriesMax,
        retryDelay,
        http);
  }

  public RegistrySettings withCertificatesDirectory(Path directory) {
    return new RegistrySettings(
        mirrors,
        insecureRegistries,
        directory,
        downloadsMax,
        uploadsMax,
        retriesMax,
        retryDelay,
        http);
  }

  public RegistrySettings withConcurrency(int downloads, int uploads) {
    return new RegistrySettings(
        mirrors,
        insecureRegistries,
        certificatesDirectory,
        downloads,
        uploads,
        retriesMax,
        retryDelay,
        http);
  }

  public RegistrySettings withRetries(int retries, Duration firstDelay) {
    return new RegistrySettings(
        mirrors,
        insecureRegistries,
        certificatesDirectory,
        downloadsMax,
        uploadsMax,
        retries,
        firstDelay,
        http);
  }

  public RegistrySettings withHttp(ClientSettings settings) {
    return new RegistrySettings(
        mirrors,
        insecureRegistries,
        certificatesDirectory,
        downloadsMax,
        uploadsMax,
        retriesMax,
        retryDelay,
        settings);
  }

  /** The same through the proxies that {@code HTTP_PROXY}, {@code HTTPS_PROXY}, {@code NO_PROXY} say. */
  public RegistrySettings withProxiesOf(Map<String, String> environment) {
    return withHttp(http.withProxies(ProxySettings.fromEnvironment(environment)));
  }

  private static void requireMirror(URI mirror) {
    String scheme = mirror.getScheme() == null ? "" : mirror.getScheme();
    boolean legal =
        (scheme.equals("http") || scheme.equals("https"))
            && mirror.getRawAuthority() != null
            && mirror.getRawUserInfo() == null
            && mirror.getRawQuery() == null
            && mirror.getRawFragment() == null;
    if (!legal) {
      throw new IllegalArgumentException(
          "registry-mirrors has \"%s\"; write http://host or https://host".formatted(mirror));
    }
  }

  private static void requireAtLeast(int least, String name, int value) {
    if (value < least) {
      throw new IllegalArgumentException(
          "%s is %d; it must be %d or more".formatted(name, value, least));
    }
  }
}
