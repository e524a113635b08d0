package dev.plimsoll.registry.auth;

/** Whom a grant is for. */
public sealed interface Subject {
  boolean includes(Identity identity);

  /** Everybody, whether signed in or not. */
  record Anyone() implements Subject {
    @Override
    public boolean includes(Identity identity) {
      return true;
    }

    @Override
    public String toString() {
      return "anonymous";
    }
  }

  /** Whoever has signed in, in whatever way. */
  record SignedIn() implements Subject {
    @Override
    public boolean includes(Identity identity) {
      return !(identity instanceof Identity.Anonymous);
    }

    @Override
    public String toString() {
      return "signed-in";
    }
  }

  record User(String name) implements Subject {
    @Override
    public boolean includes(Identity identity) {
      return identity instanceof Identity.User user && user.name().equals(name);
    }

    @Override
    public String toString() {
      return "user:" + name;
    }
  }

  record Group(String name) implements Subject {
    @Override
    public boolean includes(Identity identity) {
      return identity instanceof Identity.User user && user.groups().contains(name);
    }

    @Override
    public String toString() {
      return "group:" + name;
    }
  }

  record Robot(String name) implements Subject {
    @Override
    public boolean includes(Identity identity) {
      return identity instanceof Identity.Robot robot && robot.robot().equals(name);
    }

    @Override
    public String toString() {
      return "robot:" + name;
    }
  }

  /** Reads one; throws {@link IllegalArgumentException} with a sentence. */
  static Subject parse(String text) {
    int colon = text.indexOf(':');
    String name = text.substring(colon + 1);
    String kind = colon > 0 && !name.isBlank() ? text.substring(0, colon) : text;
    return switch (kind) {
      case "anonymous" -> new Anyone();
      case "signed-in" -> new SignedIn();
      case "user" -> new User(name);
      case "group" -> new Group(name);
      case "robot" -> new Robot(name);
      default ->
          throw new IllegalArgumentException(
              "\"%s\" is nobody; write anonymous, signed-in, user:NAME, group:NAME or robot:NAME"
                  .formatted(text));
    };
  }
}
