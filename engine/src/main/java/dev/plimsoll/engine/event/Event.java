package dev.plimsoll.engine.event;

import java.time.Instant;
import java.util.Locale;
import java.util.Map;

/**
 * One thing that happened.
 *
 * @param action in Docker's words: {@code create}, {@code die}, {@code exec_start: sh} …
 * @param id of the thing it happened to: a container's id, an image's name or id, a volume's name
 * @param attributes what else is told: {@code name}, {@code image}, labels, {@code exitCode} …
 */
public record Event(
    Type type, String action, String id, Map<String, String> attributes, Instant time) {
  public Event {
    attributes = Map.copyOf(attributes);
  }

  /** The kinds of things that events are about. */
  public enum Type {
    CONTAINER,
    DAEMON,
    IMAGE,
    NETWORK,
    VOLUME,
    BUILDER;

    /** As the API spells it. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
