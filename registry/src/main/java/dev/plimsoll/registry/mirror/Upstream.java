package dev.plimsoll.registry.mirror;

import dev.plimsoll.oci.ImageName;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.transfer.RegistryAddress;
import java.net.URI;

/**
 * Another registry, and under which names this one shows it.
 *
 * @param prefix first part of the repositories' names here, such as {@code docker.io}
 * @param url where it is; a path stands before the names of its repositories
 */
public record Upstream(RepositoryName prefix, URI url) {
  private static final String OFFICIAL = "library/";

  public Upstream {
    new RegistryAddress(url); // says what is wrong with it
  }

  private RegistryAddress address() {
    return new RegistryAddress(url);
  }

  /**
   * Reads {@code docker.io=https://registry-1.docker.io}.
   *
   * @throws IllegalArgumentException with the setting's name and the reason
   */
  public static Upstream parse(String text) {
    int equals = text.indexOf('=');
    String prefix = equals < 0 ? text : text.substring(0, equals).strip();
    try {
      if (equals < 0) {
        throw new IllegalArgumentException("there is no URL");
      }
      return new Upstream(
          new RepositoryName(prefix),
          RegistryAddress.parse(text.substring(equals + 1).strip()).url());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "registry.mirror.upstreams: \"%s\" is no mirror: %s; write PREFIX=URL, such as quay.io=https://quay.io"
              .formatted(prefix, e.getMessage()),
          e);
    }
  }

  /** Host and port as {@code transfer} wants them, and as credentials are filed. */
  String registry() {
    return address().registry();
  }

  boolean plain() {
    return address().plain();
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
    return address().there(canonical(inner(repository)));
  }

  private String inner(RepositoryName repository) {
    return repository.value().substring(prefix.value().length() + 1);
  }

  private String canonical(String remote) {
    boolean official = registry().equals(ImageName.DOCKER_HUB) && remote.indexOf('/') < 0;
    return official ? OFFICIAL + remote : remote;
  }

  @Override
  public String toString() {
    return prefix + "=" + url;
  }
}
