package dev.plimsoll.transfer;

import dev.plimsoll.oci.ImageName;
import dev.plimsoll.oci.RepositoryName;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;
import java.util.Set;

/**
 * Where another registry is.
 *
 * @param url http or https, host and port; a path stands before the names of its repositories
 */
public record RegistryAddress(URI url) {
  private static final Set<String> HUB =
      Set.of(ImageName.DOCKER_HUB, "registry-1.docker.io", "index.docker.io");

  public RegistryAddress {
    String scheme = url.getScheme() == null ? "" : url.getScheme();
    boolean legal =
        (scheme.equals("http") || scheme.equals("https"))
            && url.getHost() != null
            && url.getRawUserInfo() == null
            && url.getRawQuery() == null
            && url.getRawFragment() == null;
    if (!legal) {
      throw noAddress(url.toString());
    }
    String path = path(url);
    if (!path.isEmpty()) {
      new RepositoryName(path);
    }
  }

  /** Reads a URL; throws {@link IllegalArgumentException} with a sentence. */
  public static RegistryAddress parse(String text) {
    URI url;
    try {
      url = new URI(text);
    } catch (URISyntaxException e) {
      throw noAddress(text);
    }
    return new RegistryAddress(url);
  }

  /** A user and a password may stand in what was written: they are not repeated. */
  private static IllegalArgumentException noAddress(String text) {
    return new IllegalArgumentException(
        "\"%s\" is not the address of a registry; write https://host"
            .formatted(text.replaceFirst("//[^/]*@", "//…@")));
  }

  /** Host and port, or {@code docker.io}, as credentials are filed. */
  public String registry() {
    String authority = url.getRawAuthority();
    return HUB.contains(authority) ? ImageName.DOCKER_HUB : authority;
  }

  /** Whether it is asked by http and by nothing else. */
  public boolean plain() {
    return url.getScheme().equals("http");
  }

  /** What a repository is called there, whose name here leaves out the address's path. */
  public RepositoryName there(String name) {
    String path = path(url);
    return new RepositoryName(path.isEmpty() ? name : path + "/" + name);
  }

  /** The name without the address's path; empty if the repository is not below it. */
  public Optional<String> here(String there) {
    String path = path(url);
    if (path.isEmpty()) {
      return Optional.of(there);
    }
    return there.startsWith(path + "/")
        ? Optional.of(there.substring(path.length() + 1))
        : Optional.empty();
  }

  private static String path(URI url) {
    return Optional.ofNullable(url.getRawPath()).orElse("").replaceAll("^/+|/+$", "");
  }

  @Override
  public String toString() {
    return url.toString();
  }
}
