package dev.plimsoll.registry.auth;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * A request that is refused because of who asks, or that asks for an account that cannot be. What it
 * says may be told to anybody.
 */
public abstract sealed class AccessException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private AccessException(String message) {
    super(message);
  }

  /** Nobody signed in, or not as somebody we know. The sentence is the same for all reasons. */
  public static final class SignInRequired extends AccessException {
    public SignInRequired() {
      super("authentication required");
    }
  }

  /**
   * Who asks proved who they are, but by a token whose time is over. Only who had the secret is told
   * so.
   */
  public static final class TokenEnded extends AccessException {
    public TokenEnded(String name, Instant endedAt) {
      super(
          "the token of %s ended at %s; sign in with another one"
              .formatted(name, endedAt.truncatedTo(ChronoUnit.SECONDS)));
    }
  }

  /** Somebody is not allowed; the same whether what they asked for exists or not. */
  public static final class Denied extends AccessException {
    public Denied() {
      super("requested access to the resource is denied");
    }
  }

  /**
   * Somebody brought a token of ours that was made for something else. Clients ask for another one,
   * and take it for a denial if that does not help, as they do with no other answer.
   */
  public static final class ScopeTooSmall extends AccessException {
    public ScopeTooSmall(Identity who) {
      super(
          who instanceof Identity.Anonymous
              ? "authentication required"
              : "requested access to the resource is denied");
    }
  }

  public static final class TooManyRequests extends AccessException {
    private final transient Duration retryAfter;

    public TooManyRequests(Duration retryAfter) {
      super("too many requests; try again in %d seconds".formatted(seconds(retryAfter)));
      this.retryAfter = retryAfter;
    }

    /** In whole seconds, at least one. */
    public long retryAfterSeconds() {
      return seconds(retryAfter);
    }

    private static long seconds(Duration time) {
      return Math.max(1, time.plusMillis(999).toSeconds());
    }
  }

  public static final class AccountUnknown extends AccessException {
    public AccountUnknown(Account.Kind kind, String name) {
      super("there is no %s \"%s\"".formatted(kind, name));
    }
  }

  public static final class AccountExists extends AccessException {
    public AccountExists(Account.Kind kind, String name) {
      super("there is a %s \"%s\" already".formatted(kind, name));
    }
  }

  /** Something about an account that cannot be: its name, its password, what it may do. */
  public static final class Invalid extends AccessException {
    public Invalid(String message) {
      super(message);
    }
  }

  /** The registry takes no changes for a while. */
  public static final class ReadOnly extends AccessException {
    public ReadOnly(String reason) {
      super("the registry is read-only: " + reason);
    }
  }

  /** What nobody may ask for from afar while there is no access policy. */
  public static final class OnlyFromHere extends AccessException {
    public OnlyFromHere() {
      super(
          "without an access policy this is answered only to the registry's own machine, asked by"
              + " its loopback address, through no proxy and by no web page; set"
              + " registry.access.policy");
    }
  }
}
