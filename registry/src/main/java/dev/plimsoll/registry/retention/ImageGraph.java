package dev.plimsoll.registry.retention;

import dev.plimsoll.oci.Digest;
import dev.plimsoll.registry.repository.Hold;
import dev.plimsoll.registry.retention.Inventory.ManifestLine;
import dev.plimsoll.registry.retention.Inventory.TagLine;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How the manifests of one repository hang together: an index above its children, a subject above its
 * referrers.
 */
final class ImageGraph {
  private final Map<Digest, ManifestLine> manifests = new LinkedHashMap<>();
  private final Map<Digest, List<Digest>> parents = new HashMap<>();
  private final Map<Digest, List<Digest>> referrers = new HashMap<>();
  private final Map<Digest, List<TagLine>> tags = new HashMap<>();
  private final List<ManifestLine> order;
  private final Map<Digest, Hold> holds;
  private final Map<Digest, Instant> pulls = new HashMap<>();

  ImageGraph(Inventory inventory) {
    inventory.manifests().forEach(line -> manifests.put(line.digest(), line));
    inventory
        .tags()
        .forEach(line -> tags.computeIfAbsent(line.digest(), _ -> new ArrayList<>()).add(line));
    for (ManifestLine line : manifests.values()) {
      line.children()
          .forEach(
              child -> parents.computeIfAbsent(child, _ -> new ArrayList<>()).add(line.digest()));
      line.subject()
          .ifPresent(subject ->
              referrers.computeIfAbsent(subject, _ -> new ArrayList<>()).add(line.digest()));
    }
    this.order = topDown();
    this.holds = climb(inventory);
    usesOfChildrenCount();
  }

  /** Indexes before their children and subjects before their referrers. */
  List<ManifestLine> order() {
    return order;
  }

  /**
   * What has no such order: an index that names what it is about leads to it, and is led to by it.
   * That, and all below it.
   */
  List<ManifestLine> circles() {
    Set<ManifestLine> ordered = new HashSet<>(order);
    return order.size() == manifests.size()
        ? List.of()
        : manifests.values().stream().filter(line -> !ordered.contains(line)).toList();
  }

  @Nullable ManifestLine manifest(Digest digest) {
    return manifests.get(digest);
  }

  List<Digest> parents(Digest digest) {
    return parents.getOrDefault(digest, List.of());
  }

  List<TagLine> tags(Digest digest) {
    return tags.getOrDefault(digest, List.of());
  }

  /** The subject, if it is in the repository. */
  Optional<Digest> subject(ManifestLine line) {
    return line.subject().filter(manifests::containsKey);
  }

  /** What holds a manifest: itself, a tag of its own, something that it names, something about it. */
  Optional<Hold> hold(Digest digest) {
    return Optional.ofNullable(holds.get(digest));
  }

  /** When it, or something that it names, was last pulled. */
  Optional<Instant> pulledAt(Digest digest) {
    return Optional.ofNullable(pulls.get(digest));
  }

  /** Of the image as a whole: each manifest below it once. */
  long sizeBytes(Digest digest) {
    ManifestLine top = manifests.get(digest);
    if (top == null || top.children().isEmpty()) {
      return top == null ? 0 : top.sizeBytes();
    }
    Set<Digest> seen = new HashSet<>(Set.of(digest));
    Deque<Digest> waiting = new ArrayDeque<>(seen);
    long bytes = 0;
    while (!waiting.isEmpty()) {
      ManifestLine line = manifests.get(waiting.remove());
      if (line != null) {
        bytes += line.sizeBytes();
        line.children().stream().filter(seen::add).forEach(waiting::add);
      }
    }
    return bytes;
  }

  private List<ManifestLine> topDown() {
    Map<Digest, Integer> above = new HashMap<>();
    Deque<ManifestLine> ready = new ArrayDeque<>();
    for (ManifestLine line : manifests.values()) {
      int count = parents(line.digest()).size() + (subject(line).isPresent() ? 1 : 0);
      above.put(line.digest(), count);
      if (count == 0) {
        ready.add(line);
      }
    }
    List<ManifestLine> sorted = new ArrayList<>();
    while (!ready.isEmpty()) {
      ManifestLine line = ready.remove();
      sorted.add(line);
      release(line.children(), above, ready);
      release(referrers.getOrDefault(line.digest(), List.of()), above, ready);
    }
    return sorted;
  }

  private void release(
      Collection<Digest> below, Map<Digest, Integer> above, Deque<ManifestLine> ready) {
    for (Digest digest : below) {
      ManifestLine line = manifests.get(digest);
      if (line != null && above.merge(digest, -1, Integer::sum) == 0) {
        ready.add(line);
      }
    }
  }

  private Map<Digest, Hold> climb(Inventory inventory) {
    Map<Digest, Hold> held = new HashMap<>();
    inventory.digestHolds().forEach((digest, hold) -> held.putIfAbsent(digest, hold));
    inventory.tags().stream()
        .filter(line -> inventory.tagHolds().containsKey(line.tag()))
        .forEach(line -> held.putIfAbsent(line.digest(), inventory.tagHolds().get(line.tag())));
    Deque<Digest> waiting = new ArrayDeque<>(held.keySet());
    while (!waiting.isEmpty()) {
      Digest next = waiting.remove();
      Hold hold = held.get(next);
      ManifestLine line = manifests.get(next);
      List<Digest> above = new ArrayList<>(parents(next));
      if (line != null) {
        subject(line).ifPresent(above::add);
      }
      for (Digest up : above) {
        if (hold != null && held.putIfAbsent(up, hold) == null) {
          waiting.add(up);
        }
      }
    }
    return held;
  }

  private void usesOfChildrenCount() {
    Deque<Digest> waiting = new ArrayDeque<>();
    for (ManifestLine line : manifests.values()) {
      if (line.pulledAt().isPresent()) {
        pulls.put(line.digest(), line.pulledAt().get());
        waiting.add(line.digest());
      }
    }
    while (!waiting.isEmpty()) {
      Digest next = waiting.remove();
      for (Digest parent : parents(next)) {
        Instant before = pulls.get(parent);
        Instant after =
            pulls.merge(parent, pulls.getOrDefault(next, Instant.MIN), ImageGraph::later);
        if (!after.equals(before)) {
          waiting.add(parent);
        }
      }
    }
  }

  private static Instant later(Instant a, Instant b) {
    return a.isAfter(b) ? a : b;
  }
}
