package dev.plimsoll.registry.api;

import dev.plimsoll.http.Request;
import dev.plimsoll.oci.Digest;

/** A digest names its content for ever, so it is the entity tag as well. */
final class Etags {
  private Etags() {}

  static String of(Digest digest) {
    return "\"" + digest + "\"";
  }

  /** Whether the client has this already: {@code If-None-Match}, compared weakly. */
  static boolean matches(Request request, Digest digest) {
    return request
        .header("If-None-Match")
        .map(header -> header.equals("*") || header.contains(digest.toString()))
        .orElse(false);
  }
}
