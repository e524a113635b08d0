package dev.plimsoll.registry.api;

import dev.plimsoll.registry.auth.AccessControl;
import dev.plimsoll.registry.auth.Caller;

/** Who makes a request, from where, and what the logs call the request. */
record Visitor(Caller caller, AccessControl.Origin origin, String requestId) {
  /** As histories name them. */
  String name() {
    return caller.identity().name();
  }
}
