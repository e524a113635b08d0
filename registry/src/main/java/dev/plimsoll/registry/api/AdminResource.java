package dev.plimsoll.registry.api;

import dev.plimsoll.http.Request;
import dev.plimsoll.http.Response;
import java.io.IOException;

/**
 * One subject of the registry's own API, such as the collector or the trash. {@link RegistryApi} asks
 * each in turn until one answers.
 */
public interface AdminResource {
  /** What every path of this API begins with. */
  String ROOT = "/plimsoll/v1";

  /** Answers, and returns true, if the path is one of its own. */
  boolean handle(String path, Request request, Response response) throws IOException;
}
