package dev.plimsoll.registry.event;

/** What events tell of. */
public enum EventType {
  MANIFEST_PUSHED("manifest.pushed"),
  MANIFEST_MIRRORED("manifest.mirrored"),
  MANIFEST_DELETED("manifest.deleted"),
  MANIFEST_RESTORED("manifest.restored"),
  TAG_MOVED("tag.moved"),
  TAG_DELETED("tag.deleted"),
  BLOB_DELETED("blob.deleted"),
  REPOSITORY_DELETED("repository.deleted"),
  REPOSITORY_CHANGED("repository.changed"),
  DELETION_PURGED("deletion.purged"),
  ADMINISTERED("administered"),
  /** Sent when somebody wants to know whether a webhook works, and never for a change. */
  PING("ping");

  static final String PREFIX = "dev.plimsoll.registry.";

  private final String shortName;

  EventType(String shortName) {
    this.shortName = shortName;
  }

  /** As settings have it, such as {@code tag.moved}. */
  public String shortName() {
    return shortName;
  }

  /** The {@code type} of the event. */
  @Override
  public String toString() {
    return PREFIX + shortName;
  }
}
