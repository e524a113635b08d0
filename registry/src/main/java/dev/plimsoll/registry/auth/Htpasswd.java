package dev.plimsoll.registry.auth;

import java.util.LinkedHashMap;
import java.util.SequencedMap;

/** Reads the file that {@code htpasswd -B} writes: a user and a bcrypt hash on each line. */
final class Htpasswd {
  private Htpasswd() {}

  /**
   * Users and their hashes, in the file's order.
   *
   * @throws AccessException.Invalid with the line, and never with what stands there
   */
  static SequencedMap<String, String> parse(String text) {
    SequencedMap<String, String> users = new LinkedHashMap<>();
    int number = 0;
    for (String raw : text.lines().toList()) {
      number++;
      String line = raw.strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      int colon = line.indexOf(':');
      if (colon < 1) {
        throw new AccessException.Invalid(
            "line %d has no user and hash with a colon between".formatted(number));
      }
      String name = line.substring(0, colon);
      String hash = line.substring(colon + 1);
      check(number, name, hash);
      if (users.put(name, hash) != null) {
        throw new AccessException.Invalid(
            "line %d: user \"%s\" stands here twice".formatted(number, name));
      }
    }
    return users;
  }

  private static void check(int number, String name, String hash) {
    try {
      Account.checkName(name);
    } catch (AccessException.Invalid e) {
      throw new AccessException.Invalid(
          "line %d: %s".formatted(number, String.valueOf(e.getMessage())));
    }
    if (Passwords.cost(hash) == 0) {
      throw new AccessException.Invalid(
          "line %d: the hash of \"%s\" is not bcrypt of cost 4 to %d; htpasswd -B makes such"
              .formatted(number, name, Passwords.COST_MAX));
    }
  }
}
