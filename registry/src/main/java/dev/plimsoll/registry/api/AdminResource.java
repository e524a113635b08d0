package dev.plimsoll.registry.api;

import dev.plimsoll.http.Request;
import dev.plimsoll.http.Response;
import dev.plimsoll.registry.auth.Need;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;

/**
 * One subject of the registry's own API, such as the collector or the trash. {@link RegistryApi} asks
 * each in turn until one answers.
 */
public interface AdminResource {
  /** What every path of this API begins with. */
  String ROOT = "/plimsoll/v1";

  /**
   * What the caller must be allowed for a request to this path; empty if it is none of its own, or if
   * looking after the whole registry is what it takes.
   */
  default Optional<Need> need(String path, Request request) {
    return Optional.empty();
  }

  /**
   * Whether this change has a rehearsal. One that has none is refused when it is asked for {@code
   * dry-run}: it is never made in earnest instead.
   */
  default boolean rehearses(String method, String path) {
    return false;
  }

  /**
   * The parameters that requests to this path may have beside {@code dry-run}; all others are
   * refused, so that a mistyped one is never left out of account.
   */
  default Set<String> parameters(String path) {
    return Set.of();
  }

  /** Answers, and returns true, if the path is one of its own. */
  boolean handle(String path, Request request, Response response) throws IOException;
}
