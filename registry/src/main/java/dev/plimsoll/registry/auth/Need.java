package dev.plimsoll.registry.auth;

import dev.plimsoll.oci.RepositoryName;

/** What a request needs its caller to be allowed. */
public sealed interface Need {
  /** To look after the whole registry: what everything needs that does not say otherwise. */
  Need TO_ADMINISTER = new Everywhere(Action.ADMIN);

  /** Nothing: it decides by itself. */
  record Nothing() implements Need {}

  record On(Action action, RepositoryName repository) implements Need {}

  record Everywhere(Action action) implements Need {}

  /** To be the robot of that name, or to look after the whole registry. */
  record ToBeRobot(String name) implements Need {}
}
