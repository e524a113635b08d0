package dev.plimsoll.oci;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An image's name as Docker's users write it, normalised as Docker does: {@code busybox} is {@code
 * docker.io/library/busybox}, and {@code localhost:5000/app:1} is kept as it stands.
 *
 * @param registry host and optional port; {@code docker.io} where none was written
 * @param tag absent unless written: {@link #withDefaultTag()} adds {@code latest}
 * @param digest what pins the name to one manifest; wins over the tag when both are there
 * @see <a href="https://github.com/distribution/reference/blob/v0.6.0/reference.go">the grammar of
 *     distribution/reference 0.6</a>
 */
public record ImageName(
    String registry, RepositoryName repository, Optional<Tag> tag, Optional<Digest> digest) {

  /** The registry that names without a host belong to. */
  public static final String DOCKER_HUB = "docker.io";

  private static final String LIBRARY = "library/";
  private static final String LABEL = "[a-zA-Z0-9]++(?:-++[a-zA-Z0-9]++)*+";
  private static final Pattern REGISTRY =
      Pattern.compile("(?:" + LABEL + "(?:\\." + LABEL + ")*+|\\[[0-9a-fA-F:]+\\])(?::[0-9]+)?");

  public ImageName {
    if (!REGISTRY.matcher(registry).matches()) {
      throw new IllegalArgumentException("not a registry host: \"" + registry + "\"");
    }
  }

  /**
   * Reads a name such as {@code busybox}, {@code team/app:1.2} or {@code host:5000/app@sha256:…}.
   *
   * @throws IllegalArgumentException with the text in the message if it is not an image's name; a
   *     bare hash of 64 digits is refused as well, because it would be taken for an image's id
   */
  public static ImageName parse(String text) {
    try {
      return parseParts(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "invalid reference format: \"%s\": %s".formatted(text, e.getMessage()), e);
    }
  }

  private static ImageName parseParts(String text) {
    if (text.matches("[0-9a-f]{64}")) {
      throw new IllegalArgumentException("64 hexadecimal digits name an image's id");
    }
    String rest = text;
    Optional<Digest> digest = Optional.empty();
    int at = rest.indexOf('@');
    if (at >= 0) {
      digest = Optional.of(Digest.parse(rest.substring(at + 1)));
      rest = rest.substring(0, at);
    }
    Optional<Tag> tag = Optional.empty();
    int colon = rest.lastIndexOf(':');
    if (colon > rest.lastIndexOf('/')) {
      tag = Optional.of(new Tag(rest.substring(colon + 1)));
      rest = rest.substring(0, colon);
    }
    int slash = rest.indexOf('/');
    if (slash < 0 || !isRegistry(rest.substring(0, slash))) {
      return onDockerHub(rest, tag, digest);
    }
    String host = rest.substring(0, slash);
    String path = rest.substring(slash + 1);
    if (host.equals("index.docker.io") || host.equals(DOCKER_HUB)) {
      return onDockerHub(path, tag, digest);
    }
    return new ImageName(host, repository(path), tag, digest);
  }

  /** Docker's rule: a first component is a host if it could not be a user's name on the Hub. */
  private static boolean isRegistry(String component) {
    return component.indexOf('.') >= 0
        || component.indexOf(':') >= 0
        || component.equals("localhost")
        || !component.equals(component.toLowerCase(Locale.ROOT));
  }

  private static ImageName onDockerHub(String path, Optional<Tag> tag, Optional<Digest> digest) {
    String full = path.indexOf('/') < 0 ? LIBRARY + path : path;
    return new ImageName(DOCKER_HUB, repository(full), tag, digest);
  }

  private static RepositoryName repository(String path) {
    if (!path.equals(path.toLowerCase(Locale.ROOT))) {
      throw new IllegalArgumentException("repository name (%s) must be lowercase".formatted(path));
    }
    return new RepositoryName(path);
  }

  /** This name, with {@code latest} where neither a tag nor a digest was written. */
  public ImageName withDefaultTag() {
    return tag.isPresent() || digest.isPresent() ? this : withTag(Tag.LATEST);
  }

  public ImageName withTag(Tag newTag) {
    return new ImageName(registry, repository, Optional.of(newTag), Optional.empty());
  }

  public ImageName withDigest(Digest newDigest) {
    return new ImageName(registry, repository, Optional.empty(), Optional.of(newDigest));
  }

  /** The repository alone, without tag and digest. */
  public ImageName withoutReference() {
    return new ImageName(registry, repository, Optional.empty(), Optional.empty());
  }

  /** What a registry is asked for: the digest if there is one, else the tag, else {@code latest}. */
  public Reference reference() {
    return digest.<Reference>map(d -> d).orElseGet(() -> tag.orElse(Tag.LATEST));
  }

  /** The name as Docker shows it: without {@code docker.io} and {@code library}. */
  public String familiar() {
    return familiarRepository() + suffix();
  }

  /** The familiar name without tag and digest, as in the REPOSITORY column of {@code docker images}. */
  public String familiarRepository() {
    if (!registry.equals(DOCKER_HUB)) {
      return registry + "/" + repository;
    }
    String path = repository.value();
    boolean official = path.startsWith(LIBRARY) && path.indexOf('/', LIBRARY.length()) < 0;
    return official ? path.substring(LIBRARY.length()) : path;
  }

  private String suffix() {
    return tag.map(t -> ":" + t).orElse("") + digest.map(d -> "@" + d).orElse("");
  }

  /** The full name, with its registry. */
  @Override
  public String toString() {
    return registry + "/" + repository + suffix();
  }
}
