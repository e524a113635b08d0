package dev.plimsoll.registry.api;

import dev.plimsoll.http.Request;

/** Who makes the request that this thread answers. */
final class Callers {
  /** Set by {@link RegistryApi} for as long as it answers. */
  static final ScopedValue<Visitor> VISITOR = ScopedValue.newInstance();

  private Callers() {}

  static Visitor visitor() {
    return VISITOR.get();
  }

  /** As histories name them: a user, a robot, or in an open registry where the request came from. */
  static String of(Request request) {
    return VISITOR.isBound() ? visitor().name() : "request " + request.id();
  }
}
