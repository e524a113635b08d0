package dev.plimsoll.registry.api;

import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.Reference;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.registry.repository.UploadId;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Addresses in answers. Relative unless the registry was told how it is reached: a client then stays
 * with the scheme, host and port that it came by, whatever proxy is in between.
 */
final class Locations {
  private final String base;
  private final String prefix;

  Locations(Optional<URI> externalUrl) {
    String external = externalUrl.map(URI::toString).orElse("");
    this.base = external.endsWith("/") ? external.substring(0, external.length() - 1) : external;
    String path = externalUrl.map(URI::getRawPath).orElse("");
    this.prefix = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
  }

  /** What addresses begin with; empty if they are relative. */
  String base() {
    return base;
  }

  /** A path without the prefix, which some proxies take away and others do not. */
  String inner(String path) {
    return !prefix.isEmpty() && path.startsWith(prefix + "/")
        ? path.substring(prefix.length())
        : path;
  }

  String blob(RepositoryName repository, Digest digest) {
    return base + "/v2/" + repository + "/blobs/" + digest;
  }

  String upload(RepositoryName repository, UploadId id) {
    return base + "/v2/" + repository + "/blobs/uploads/" + id;
  }

  String manifest(RepositoryName repository, Reference reference) {
    return base + "/v2/" + repository + "/manifests/" + reference;
  }

  /** A Link header to the next page. */
  String next(String path, int pageSize, String last, String more) {
    return "<%s%s?n=%d&last=%s%s>; rel=\"next\""
        .formatted(base, path, pageSize, encoded(last), more);
  }

  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
