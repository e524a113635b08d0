package dev.plimsoll.registry.api;

import dev.plimsoll.http.Request;
import java.net.InetSocketAddress;

/** Who asks, for histories: as long as nobody logs in, where the request came from. */
final class Callers {
  private Callers() {}

  static String of(Request request) {
    return request.peer() instanceof InetSocketAddress address
        ? address.getAddress().getHostAddress()
        : "local";
  }
}
