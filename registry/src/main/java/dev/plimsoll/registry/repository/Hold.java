package dev.plimsoll.registry.repository;

/** Why something must not go, whatever a rule or the trash's calendar says. */
public sealed interface Hold {

  /** Somebody asked for it to be kept. */
  record Pinned(String reference, String actor, String reason) implements Hold {
    @Override
    public String text() {
      return reason.isEmpty()
          ? "%s is pinned by %s".formatted(reference, actor)
          : "%s is pinned by %s: %s".formatted(reference, actor, reason);
    }
  }

  /** A host or service has told that it runs it, or keeps it to go back to. */
  record Deployed(String digest, String reporter) implements Hold {
    @Override
    public String text() {
      return "%s is deployed, says %s".formatted(digest, reporter);
    }
  }

  /** A clause for people. */
  String text();
}
