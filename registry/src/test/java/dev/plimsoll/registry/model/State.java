package dev.plimsoll.registry.model;

import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.oci.Tag;
import dev.plimsoll.registry.model.Universe.Doc;
import dev.plimsoll.registry.repository.TagMove;
import dev.plimsoll.registry.repository.UploadId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What a registry holds, as far as its clients can ever notice. */
final class State {
  final Universe universe;
  final Map<RepositoryName, Place> places = new LinkedHashMap<>();
  final TreeMap<Long, Deleted> trash = new TreeMap<>();
  final Map<UploadId, Coming> uploads = new LinkedHashMap<>();
  final Map<String, Set<Named>> reports = new LinkedHashMap<>();
  final Map<Named, Long> pushes = new LinkedHashMap<>();
  long lastDeletion;
  long seenAt = -1;
  long lookedAtNanos;

  State(Universe universe) {
    this.universe = universe;
    universe.repositories().forEach(name -> places.put(name, new Place()));
  }

  /** A repository. */
  static final class Place {
    final Set<Digest> live = new LinkedHashSet<>();
    final Map<Tag, Digest> tags = new LinkedHashMap<>();
    final Map<Tag, List<TagMove>> moves = new LinkedHashMap<>(); // newest first
    final Map<Digest, Link> links = new LinkedHashMap<>();
    final Set<String> pins = new LinkedHashSet<>();

    private Place copy() {
      Place copy = new Place();
      copy.live.addAll(live);
      copy.tags.putAll(tags);
      moves.forEach((tag, all) -> copy.moves.put(tag, new ArrayList<>(all)));
      links.forEach((digest, link) -> copy.links.put(digest, link.copy()));
      copy.pins.addAll(pins);
      return copy;
    }
  }

  /** What a repository knows of a blob. */
  static final class Link {
    /** Deleted by a client. */
    boolean hidden;

    /** Whether it is still there is the collector's business. */
    boolean perhaps;

    /** It may not be collected before. */
    long keptUntil;

    @Override
    public String toString() {
      return "hidden=%s perhaps=%s keptUntil=%s"
          .formatted(hidden, perhaps, Instant.ofEpochMilli(keptUntil));
    }

    private Link copy() {
      Link copy = new Link();
      copy.hidden = hidden;
      copy.perhaps = perhaps;
      copy.keptUntil = keptUntil;
      return copy;
    }
  }

  /** One thing in the trash. */
  static final class Deleted {
    final RepositoryName repository;
    final String reference;
    final Set<Digest> manifests = new LinkedHashSet<>();
    final Map<Tag, Digest> tags = new LinkedHashMap<>();
    long keptFrom;

    Deleted(RepositoryName repository, String reference, long keptFrom) {
      this.repository = repository;
      this.reference = reference;
      this.keptFrom = keptFrom;
    }

    private Deleted copy() {
      Deleted copy = new Deleted(repository, reference, keptFrom);
      copy.manifests.addAll(manifests);
      copy.tags.putAll(tags);
      return copy;
    }
  }

  /**
   * An upload in progress.
   *
   * @param sent bytes that were answered for
   * @param perhaps whether a crash or the time may have taken it
   */
  record Coming(RepositoryName repository, Digest blob, long sent, boolean perhaps) {
    Coming perhapsGone() {
      return new Coming(repository, blob, sent, true);
    }
  }

  /** A manifest of a repository. */
  record Named(RepositoryName repository, Digest digest) {}

  State copy() {
    State copy = new State(universe);
    places.forEach((name, place) -> copy.places.put(name, place.copy()));
    trash.forEach((id, deleted) -> copy.trash.put(id, deleted.copy()));
    copy.uploads.putAll(uploads);
    copy.reports.putAll(reports);
    copy.pushes.putAll(pushes);
    copy.lastDeletion = lastDeletion;
    copy.seenAt = seenAt;
    copy.lookedAtNanos = lookedAtNanos;
    return copy;
  }

  Place place(RepositoryName repository) {
    Place place = places.get(repository);
    if (place == null) {
      throw new IllegalArgumentException("no repository of this universe: " + repository);
    }
    return place;
  }

  /** The deletion that has a manifest. */
  Optional<Long> deletionOf(RepositoryName repository, Digest manifest) {
    return trash.entrySet().stream()
        .filter(entry ->
            entry.getValue().repository.equals(repository)
                && entry.getValue().manifests.contains(manifest))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  Stream<Doc> live(RepositoryName repository) {
    return place(repository).live.stream().map(universe::doc);
  }

  /** The manifests that are live or in the trash. */
  Stream<Doc> known(RepositoryName repository) {
    return Stream.concat(
        live(repository),
        trash.values().stream()
            .filter(deleted -> deleted.repository.equals(repository))
            .flatMap(deleted -> deleted.manifests.stream())
            .map(universe::doc));
  }

  boolean namedByLive(RepositoryName repository, Digest digest) {
    return live(repository).anyMatch(doc -> doc.named().contains(digest));
  }

  boolean named(RepositoryName repository, Digest digest) {
    return known(repository).anyMatch(doc -> doc.named().contains(digest));
  }

  boolean visible(RepositoryName repository, Digest blob) {
    Link link = place(repository).links.get(blob);
    return link != null && !link.hidden;
  }

  /** Whether it has to be asked whether a blob is there. */
  boolean perhaps(RepositoryName repository, Digest blob) {
    Link link = place(repository).links.get(blob);
    return link != null && link.perhaps && !link.hidden;
  }

  /** The answer to that. */
  void settle(RepositoryName repository, Digest blob, boolean there) {
    Link link = place(repository).links.get(blob);
    if (link != null && there) {
      link.perhaps = false;
    } else {
      place(repository).links.remove(blob);
    }
  }

  /** What keeps a deletion: a pin, or somebody who runs it. */
  boolean held(Deleted deleted) {
    Set<String> pins = place(deleted.repository).pins;
    return deleted.tags.keySet().stream().anyMatch(tag -> pins.contains(tag.value()))
        || deleted.manifests.stream().anyMatch(digest -> held(deleted.repository, digest));
  }

  /** Held itself, by a tag that points at it or did when it was deleted, or by what names it. */
  boolean held(RepositoryName repository, Digest digest) {
    Place place = place(repository);
    return place.pins.contains(digest.toString())
        || place.tags.entrySet().stream()
            .anyMatch(
                tag -> tag.getValue().equals(digest) && place.pins.contains(tag.getKey().value()))
        || trash.values().stream()
            .filter(deleted -> deleted.repository.equals(repository))
            .flatMap(deleted -> deleted.tags.entrySet().stream())
            .anyMatch(
                tag -> tag.getValue().equals(digest) && place.pins.contains(tag.getKey().value()))
        || reports.values().stream().anyMatch(used -> used.contains(new Named(repository, digest)))
        || known(repository)
            .filter(doc -> doc.children().contains(digest))
            .anyMatch(parent -> held(repository, parent.digest()));
  }

  /**
   * How far ahead the last deadline lies. A clock that jumped before the registry looked at it takes
   * with it also what began after the jump.
   */
  long longestAhead(long nowMillis) {
    return Stream.concat(
            trash.values().stream().map(deleted -> deleted.keptFrom - nowMillis),
            places.values().stream()
                .flatMap(place -> place.links.values().stream())
                .map(link -> link.keptUntil - nowMillis))
        .mapToLong(Long::longValue)
        .filter(ahead -> ahead > 0)
        .max()
        .orElse(0);
  }

  /** What the live manifests and their blobs take, each once. */
  long sizeBytes(RepositoryName repository) {
    return live(repository).mapToLong(doc -> doc.bytes().length).sum()
        + live(repository)
            .flatMap(doc -> doc.blobs().stream())
            .distinct()
            .mapToLong(blob -> universe.bytes(blob).length)
            .sum();
  }
}
