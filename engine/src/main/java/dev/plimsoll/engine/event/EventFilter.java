package dev.plimsoll.engine.event;

import dev.plimsoll.engine.filter.Filters;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** Whether an event is one of those asked for; a filter means what it means to dockerd. */
public record EventFilter(Filters filters) implements Predicate<Event> {
  public static final EventFilter ALL = new EventFilter(Filters.NONE);

  private static final Set<String> KNOWN =
      Set.of(
          "config",
          "container",
          "daemon",
          "event",
          "image",
          "label",
          "network",
          "node",
          "plugin",
          "scope",
          "secret",
          "service",
          "type",
          "volume");

  /** These actions carry a detail after a colon, and are asked for without it. */
  private static final Set<String> DETAILED = Set.of("health_status", "exec_create", "exec_start");

  public EventFilter {
    filters.allowOnly(KNOWN);
  }

  @Override
  public boolean test(Event event) {
    return actionMatches(event)
        && filters.matchesExactly("type", event.type().word())
        && filters.matchesExactly("scope", "local")
        && subjectMatches("daemon", event)
        && subjectMatches("container", event)
        && subjectMatches("plugin", event)
        && subjectMatches("volume", event)
        && subjectMatches("network", event)
        && subjectMatches("node", event)
        && subjectMatches("service", event)
        && subjectMatches("secret", event)
        && subjectMatches("config", event)
        && imageMatches(event)
        && filters.matchesPairs("label", event.attributes());
  }

  private boolean actionMatches(Event event) {
    return filters.all("event").stream().anyMatch(DETAILED::contains)
        ? filters.matchesPrefix("event", event.action())
        : filters.matchesExactly("event", event.action());
  }

  private boolean subjectMatches(String kind, Event event) {
    return filters.matchesPrefix(kind, event.id())
        || filters.matchesPrefix(kind, event.attributes().getOrDefault("name", ""));
  }

  private boolean imageMatches(Event event) {
    Map<String, String> attributes = event.attributes();
    String name = attributes.getOrDefault(event.type() == Event.Type.IMAGE ? "name" : "image", "");
    return filters.matchesExactly("image", event.id())
        || filters.matchesExactly("image", name)
        || filters.matchesExactly("image", withoutTag(event.id()))
        || filters.matchesExactly("image", withoutTag(name));
  }

  private static String withoutTag(String name) {
    int at = name.indexOf('@');
    String named = at < 0 ? name : name.substring(0, at);
    int colon = named.lastIndexOf(':');
    return colon > named.lastIndexOf('/') ? named.substring(0, colon) : named;
  }
}
