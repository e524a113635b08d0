package dev.plimsoll.engine.container;

import dev.plimsoll.engine.refusal.EngineException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * Which containers there are and what they are called. A name belongs to one container from before
 * it is made until it is removed. Safe for many threads.
 */
final class ContainerNames {
  private static final int ATTEMPTS_MAX = 20;

  private final Map<ContainerName, ContainerId> names = new HashMap<>();
  private final TreeMap<String, Container> containers = new TreeMap<>();

  /**
   * Takes a name for a container that is about to be made.
   *
   * @throws EngineException.Conflict in dockerd's words if it is in use
   */
  synchronized void reserve(ContainerName name, ContainerId id) {
    ContainerId holder = names.putIfAbsent(name, id);
    if (holder != null) {
      throw new EngineException.Conflict(
          "Conflict. The container name \"%s\" is already in use by container \"%s\". You have to remove (or rename) that container to be able to reuse that name."
              .formatted(name.withSlash(), holder));
    }
  }

  /** Takes a name that nobody has. */
  synchronized ContainerName reserveAny(ContainerId id, RandomGenerator random) {
    for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      var name = new ContainerName(RandomNames.next(random, attempt));
      if (names.putIfAbsent(name, id) == null) {
        return name;
      }
    }
    var name = new ContainerName(id.shortForm());
    reserve(name, id);
    return name;
  }

  /** Gives a name back if it is that container's. */
  synchronized void release(ContainerName name, ContainerId id) {
    names.remove(name, id);
  }

  synchronized void add(Container container) {
    containers.put(container.id().value(), container);
  }

  synchronized void remove(Container container) {
    containers.remove(container.id().value());
    names.values().removeIf(container.id()::equals);
  }

  synchronized List<Container> all() {
    return new ArrayList<>(containers.values());
  }

  /**
   * The container that a user means: its id, its name, or a beginning of an id that only one has.
   *
   * @throws EngineException.NotFound if there is none
   * @throws EngineException.BadParameter if a beginning fits several
   */
  synchronized Container find(String text) {
    Container exact = containers.get(text);
    if (exact != null) {
      return exact;
    }
    Optional<Container> named = byName(text);
    if (named.isPresent()) {
      return named.get();
    }
    Collection<Container> beginning =
        text.isEmpty()
            ? List.of()
            : containers.subMap(text, true, text + Character.MAX_VALUE, false).values();
    return switch (beginning.size()) {
      case 0 -> throw new EngineException.NotFound("No such container: " + text);
      case 1 -> beginning.iterator().next();
      default ->
          throw new EngineException.BadParameter(
              "multiple IDs found with provided prefix: " + text);
    };
  }

  private Optional<Container> byName(String text) {
    String name = text.startsWith("/") ? text.substring(1) : text;
    return names.entrySet().stream()
        .filter(e -> e.getKey().value().equals(name))
        .findFirst()
        .map(e -> containers.get(e.getValue().value()));
  }
}
