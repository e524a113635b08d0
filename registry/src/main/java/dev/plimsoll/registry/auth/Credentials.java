package dev.plimsoll.registry.auth;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;

/** What a request brings to prove who it is from. Its text never shows a secret. */
public sealed interface Credentials {

  record None() implements Credentials {}

  /** A name, and a password, a robot's token or an ID token. */
  record Basic(String user, String secret) implements Credentials {
    @Override
    public String toString() {
      return "Basic[…]";
    }
  }

  /** A token of ours. */
  record Bearer(String token) implements Credentials {
    @Override
    public String toString() {
      return "Bearer[…]";
    }
  }

  /** Something that cannot be read, and so proves nothing. */
  record Unreadable() implements Credentials {}

  /** Reads the header {@code Authorization}. */
  static Credentials parse(Optional<String> header) {
    if (header.isEmpty()) {
      return new None();
    }
    String text = header.get().strip();
    int space = text.indexOf(' ');
    String value = text.substring(space + 1).strip();
    return switch (space < 0 ? "" : text.substring(0, space).toLowerCase(Locale.ROOT)) {
      case "basic" -> basic(value);
      case "bearer" -> new Bearer(value);
      default -> new Unreadable();
    };
  }

  private static Credentials basic(String value) {
    try {
      String text = new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8);
      int colon = text.indexOf(':');
      return colon < 0
          ? new Unreadable()
          : new Basic(text.substring(0, colon), text.substring(colon + 1));
    } catch (IllegalArgumentException e) {
      return new Unreadable();
    }
  }
}
