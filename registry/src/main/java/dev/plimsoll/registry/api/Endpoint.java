package dev.plimsoll.registry.api;

import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.Reference;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.registry.repository.RegistryException.Malformed;
import dev.plimsoll.registry.repository.RegistryException.Malformed.Subject;
import dev.plimsoll.registry.repository.UploadId;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Function;

/**
 * What a path stands for. A repository's name may hold slashes, and words such as {@code tags}, so
 * paths are read from their end.
 *
 * @see <a href="https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#endpoints">
 *     distribution-spec 1.1.1, Endpoints</a>
 */
sealed interface Endpoint {
  record Base() implements Endpoint {}

  record Catalog() implements Endpoint {}

  record Blob(RepositoryName repository, Digest digest) implements Endpoint {}

  record Uploads(RepositoryName repository) implements Endpoint {}

  record Upload(RepositoryName repository, UploadId id) implements Endpoint {}

  record ManifestOf(RepositoryName repository, Reference reference) implements Endpoint {}

  record Tags(RepositoryName repository) implements Endpoint {}

  record Referrers(RepositoryName repository, Digest subject) implements Endpoint {}

  /**
   * Reads what follows {@code /v2}.
   *
   * @return empty if there is no such endpoint
   * @throws Malformed if there is, but the name, tag or digest in it is none
   */
  static Optional<Endpoint> parse(String rawPath) {
    String path = rawPath.indexOf('%') < 0 ? rawPath : decoded(rawPath);
    if (path.isEmpty() || path.equals("/")) {
      return Optional.of(new Base());
    }
    if (path.equals("/_catalog")) {
      return Optional.of(new Catalog());
    }
    int slash = path.lastIndexOf('/');
    String last = path.substring(slash + 1);
    String head = path.substring(0, slash);
    int before = head.lastIndexOf('/');
    if (before < 0) {
      return Optional.empty();
    }
    String name = head.substring(0, before);
    return switch (head.substring(before + 1)) {
      case "manifests" -> Optional.of(new ManifestOf(repository(name), reference(last)));
      case "blobs" ->
          last.equals("uploads")
              ? Optional.of(new Uploads(repository(name)))
              : Optional.of(new Blob(repository(name), digest(last)));
      case "referrers" -> Optional.of(new Referrers(repository(name), digest(last)));
      case "tags" ->
          last.equals("list") ? Optional.of(new Tags(repository(name))) : Optional.empty();
      case "uploads" -> upload(name, last);
      default -> Optional.empty();
    };
  }

  private static Optional<Endpoint> upload(String head, String last) {
    if (!head.endsWith("/blobs")) {
      return Optional.empty();
    }
    RepositoryName repository = repository(head.substring(0, head.length() - "/blobs".length()));
    return Optional.of(
        last.isEmpty()
            ? new Uploads(repository)
            : new Upload(repository, read(Subject.UPLOAD, last, UploadId::new)));
  }

  private static RepositoryName repository(String afterSlash) {
    return name(afterSlash.isEmpty() ? "" : afterSlash.substring(1));
  }

  static RepositoryName name(String text) {
    return read(Subject.NAME, text, RepositoryName::new);
  }

  static Digest digest(String text) {
    return read(Subject.DIGEST, text, Digest::parse);
  }

  static Reference reference(String text) {
    return read(text.indexOf(':') < 0 ? Subject.TAG : Subject.DIGEST, text, Reference::parse);
  }

  static <T> T read(Subject subject, String text, Function<String, T> parse) {
    try {
      return parse.apply(text);
    } catch (IllegalArgumentException e) {
      Malformed refusal = new Malformed(subject, String.valueOf(e.getMessage()));
      refusal.initCause(e);
      throw refusal;
    }
  }

  private static String decoded(String path) {
    return read(
        Subject.NAME,
        path,
        text -> URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8));
  }
}
