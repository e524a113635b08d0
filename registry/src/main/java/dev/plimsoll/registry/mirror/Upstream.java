package dev.plimsoll.registry.mirror;

import dev.plimsoll.oci.ImageName;
import dev.plimsoll.oci.RepositoryName;
import java.net.URI;
import java.util.Optional;
import java.util.Set;

/**
 * Another registry, and under which names this one shows it.
 *
 * @param prefix first part of the repositories' names here, such as {@code docker.io}
 * @param url where it is; a path stands before the names of its repositories
 */
public record Upstream(RepositoryName prefix, URI url) {
  private static final Set<String> HUB =
      Set.of(ImageName.DOCKER_HUB, "registry-1.docker.io", "index.docker.io");
  private static final String OFFICIAL = "library/";

  public Upstream {
    String scheme = url.getScheme() == null ? "" : url.getScheme();
    boolean legal =
        (scheme.equals("http") || scheme.equals("https"))
            && url.getHost() != null
            && url.getRawUserInfo() == null
            && url.getRawQuery() == null
            && url.getRawFragment() == null;
    if (!legal) {
      throw new IllegalArgumentException(
          "\"%s\" is not the address of a registry; write https://host".formatted(url));
    }
    String path = path(url);
    if (!path.isEmpty()) {
      new RepositoryName(path);
    }
  }

  /**
   * Reads {@code docker.io=https://registry-1.docker.io}.
   *
   * @throws IllegalArgumentException with the reason
   */
  public static Upstream parse(String text) {
    int equals = text.indexOf('=');
    if (equals < 0) {
      throw new IllegalArgumentException(
          "\"%s\" is no mirror; write PREFIX=URL, such as quay.io=https://quay.io".formatted(text));
    }
    return new Upstream(
        new RepositoryName(text.substring(0, equals).strip()),
        URI.create(text.substring(equals + 1).strip()));
  }

  /** Host and port as {@code transfer} wants them, and as credentials are filed. */
  String registry() {
    String authority = url.getRawAuthority();
    return HUB.contains(authority) ? ImageName.DOCKER_HUB : authority;
  }

  boolean plain() {
    return url.getScheme().equals("http");
  }

  /** The name by which a client of containerd's names this upstream: {@code ?ns=docker.io}. */
  boolean isNamed(String namespace) {
    return namespace.equals(prefix.value())
        || namespace.equals(registry())
        || namespace.equals(url.getRawAuthority());
  }

  /** The repository here that shows one of the upstream's. */
  public RepositoryName shown(RepositoryName remote) {
    return new RepositoryName(prefix + "/" + canonical(remote.value()));
  }

  /** Whether a repository here belongs to this upstream, or would. */
  boolean holds(RepositoryName repository) {
    return repository.value().startsWith(prefix + "/");
  }

  /** {@code docker.io/busybox} is {@code docker.io/library/busybox}, as everywhere. */
  public RepositoryName canonical(RepositoryName repository) {
    return shown(new RepositoryName(inner(repository)));
  }

  /** What a repository here is called there. */
  RepositoryName remote(RepositoryName repository) {
    String path = path(url);
    String name = canonical(inner(repository));
    return new RepositoryName(path.isEmpty() ? name : path + "/" + name);
  }

  private String inner(RepositoryName repository) {
    return repository.value().substring(prefix.value().length() + 1);
  }

  private String canonical(String remote) {
    boolean official = registry().equals(ImageName.DOCKER_HUB) && remote.indexOf('/') < 0;
    return official ? OFFICIAL + remote : remote;
  }

  private static String path(URI url) {
    return Optional.ofNullable(url.getRawPath()).orElse("").replaceAll("^/+|/+$", "");
  }

  @Override
  public String toString() {
    return prefix + "=" + url;
  }
}
