package dev.plimsoll.registry.auth;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Somebody who can sign in.
 *
 * @param permissions what it may do beside what the policy grants
 * @param expiresAt when its token ends; empty: never, and always for users
 */
public record Account(
    Kind kind,
    String name,
    List<Permission> permissions,
    Instant createdAt,
    Optional<Instant> expiresAt) {
  /** No colon, which ends the name in Basic credentials; no plus, which marks robots. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@-]{0,127}");

  public Account {
    permissions = List.copyOf(permissions);
  }

  /** What an account stands for. */
  public enum Kind {
    USER,
    ROBOT;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What it signs in as. */
  public String signInName() {
    return identity().name();
  }

  Identity identity() {
    return switch (kind) {
      case USER -> new Identity.User(name, java.util.Set.of(), permissions);
      case ROBOT -> new Identity.Robot(name, permissions);
    };
  }

  /** Checks a name that is to be new. */
  static void checkName(String name) {
    if (!NAME.matcher(name).matches()) {
      throw new AccessException.Invalid(
          "\"%s\" is no name for an account: letters, digits and . _ @ - make one, 128 at most"
              .formatted(name));
    }
    if (name.equals("anonymous") || name.equals("local")) {
      throw new AccessException.Invalid("\"%s\" is nobody's name".formatted(name));
    }
  }
}
