package dev.plimsoll.registry.auth;

import static dev.plimsoll.registry.auth.Action.ADMIN;
import static dev.plimsoll.registry.auth.Action.DELETE;
import static dev.plimsoll.registry.auth.Action.PULL;
import static dev.plimsoll.registry.auth.Action.PUSH;

import java.util.Locale;
import java.util.Set;

/** A set of actions with a name, as policies and robots have them. */
public enum Role {
  PULL_ONLY("pull", PULL),
  /** Clients look before they push, so pushing means pulling too; it does not mean deleting. */
  PUSHER("push", PULL, PUSH),
  DELETER("delete", PULL, DELETE),
  ADMINISTRATOR("admin", PULL, PUSH, DELETE, ADMIN);

  private final String word;

  @SuppressWarnings("ImmutableEnumChecker") // Set.of is
  private final Set<Action> actions;

  Role(String word, Action... actions) {
    this.word = word;
    this.actions = Set.of(actions);
  }

  /** The role of that name; throws {@link IllegalArgumentException} with a sentence. */
  public static Role parse(String text) {
    for (Role role : values()) {
      if (role.word.equals(text.toLowerCase(Locale.ROOT))) {
        return role;
      }
    }
    throw new IllegalArgumentException(
        "there is no role \"%s\"; the roles are pull, push, delete and admin".formatted(text));
  }

  public boolean allows(Action action) {
    return actions.contains(action);
  }

  @Override
  public String toString() {
    return word;
  }
}
