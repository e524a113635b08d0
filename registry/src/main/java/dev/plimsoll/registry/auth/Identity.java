package dev.plimsoll.registry.auth;

import java.util.List;
import java.util.Set;

/** Who asks. */
public sealed interface Identity {
  /** How histories and logs name them. */
  String name();

  /** What they may do by themselves, beside what the policy grants. */
  List<Permission> held();

  record Anonymous() implements Identity {
    @Override
    public String name() {
      return "anonymous";
    }

    @Override
    public List<Permission> held() {
      return List.of();
    }
  }

  /**
   * A person, of our own table or of an OIDC issuer.
   *
   * @param groups of the issuer; those of the policy are looked up when it decides
   */
  record User(String name, Set<String> groups, List<Permission> held) implements Identity {
    public User {
      groups = Set.copyOf(groups);
      held = List.copyOf(held);
    }
  }

  /** A program with a token. */
  record Robot(String robot, List<Permission> held) implements Identity {
    /** What a robot's name begins with where it signs in. No user's name may. */
    public static final String PREFIX = "robot+";

    public Robot {
      held = List.copyOf(held);
    }

    @Override
    public String name() {
      return PREFIX + robot;
    }
  }

  /** Who may do everything: anybody in an open registry, the command that serves a stopped one. */
  record Owner(String name) implements Identity {
    @Override
    public List<Permission> held() {
      return List.of(Permission.ALL);
    }
  }
}
