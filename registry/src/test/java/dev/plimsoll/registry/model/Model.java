package dev.plimsoll.registry.model;

import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.oci.Tag;
import dev.plimsoll.registry.gc.Collector.Mode;
import dev.plimsoll.registry.gc.Collector.Phase;
import dev.plimsoll.registry.model.State.Coming;
import dev.plimsoll.registry.model.State.Deleted;
import dev.plimsoll.registry.model.State.Link;
import dev.plimsoll.registry.model.State.Named;
import dev.plimsoll.registry.model.State.Place;
import dev.plimsoll.registry.model.Universe.Doc;
import dev.plimsoll.registry.repository.RegistryException;
import dev.plimsoll.registry.repository.Repositories;
import dev.plimsoll.registry.repository.TagMove;
import dev.plimsoll.registry.repository.UploadId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a registry is to do: each deed, on a {@link State} and in the plainest way. Here is written
 * down once more, independently, what docs/registry promises.
 */
final class Model {
  static final String ACTOR = "somebody";
  private static final Duration UNSEEN_MIN = Duration.ofMinutes(10);

  private final State state;
  private final Clock clock;

  Model(State state, Clock clock) {
    this.state = state;
    this.clock = clock;
  }

  /** The deed is refused. */
  static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final Class<? extends RegistryException> by;

    Refused(Class<? extends RegistryException> by) {
      super(by.getSimpleName(), null, false, false);
      this.by = by;
    }

    Class<? extends RegistryException> by() {
      return by;
    }
  }

  private static void refuseIf(boolean wrong, Class<? extends RegistryException> by) {
    if (wrong) {
      throw new Refused(by);
    }
  }

  private long millis() {
    return clock.instant().toEpochMilli();
  }

  private long leaseEnd() {
    return clock.instant().plus(Installation.LEASE.promised()).toEpochMilli();
  }

  void upload(RepositoryName to, Digest blob) {
    Link link = state.place(to).links.computeIfAbsent(blob, _ -> new Link());
    long longer = link.perhaps ? 0 : link.keptUntil; // the lease of one that is gone went with it
    link.hidden = false;
    link.perhaps = false;
    link.keptUntil = state.named(to, blob) ? 0 : Math.max(longer, leaseEnd());
  }

  void append(UploadId id, Coming upload) {
    state.uploads.put(id, upload);
  }

  void end(UploadId id) {
    state.uploads.remove(id);
  }

  boolean mount(RepositoryName to, Digest blob, Optional<RepositoryName> from) {
    boolean there =
        from.isPresent()
            ? state.visible(from.get(), blob)
            : state.places.keySet().stream().anyMatch(name -> state.visible(name, blob));
    if (there) {
      upload(to, blob);
    }
    return there;
  }

  long promise(RepositoryName repository, Digest blob) {
    refuseIf(!state.visible(repository, blob), RegistryException.BlobUnknown.class);
    upload(repository, blob);
    return state.universe.bytes(blob).length;
  }

  void deleteBlob(RepositoryName repository, Digest blob) {
    refuseIf(!state.visible(repository, blob), RegistryException.BlobUnknown.class);
    refuseIf(state.namedByLive(repository, blob), RegistryException.StillReferenced.class);
    Link link = state.place(repository).links.get(blob);
    if (link != null) {
      link.hidden = true;
    }
  }

  Digest push(RepositoryName repository, Doc doc, Set<Tag> tags) {
    refuseIf(
        !doc.blobs().stream().allMatch(blob -> state.visible(repository, blob)),
        RegistryException.ManifestBlobsUnknown.class);
    takeOutOfTrash(repository, doc.digest());
    state.place(repository).live.add(doc.digest());
    state.pushes.put(new Named(repository, doc.digest()), millis());
    tags.forEach(tag -> point(repository, tag, doc.digest()));
    for (Digest blob : doc.blobs()) {
      held(repository, blob);
    }
    return doc.digest();
  }

  /** A manifest keeps it from now on; its lease is over, and another begins when none does. */
  private void held(RepositoryName repository, Digest blob) {
    Link link = state.place(repository).links.get(blob);
    if (link != null) {
      link.keptUntil = 0;
    }
  }

  private void takeOutOfTrash(RepositoryName repository, Digest digest) {
    state.trash.values().stream()
        .filter(deleted -> deleted.repository.equals(repository))
        .forEach(deleted -> deleted.manifests.remove(digest));
  }

  private void point(RepositoryName repository, Tag tag, Digest digest) {
    Digest before = state.place(repository).tags.put(tag, digest);
    if (!digest.equals(before)) {
      remember(repository, tag, Optional.ofNullable(before), Optional.of(digest), ACTOR);
    }
  }

  private void remember(
      RepositoryName repository,
      Tag tag,
      Optional<Digest> from,
      Optional<Digest> to,
      String actor) {
    List<TagMove> moves = moves(repository, tag);
    moves.addFirst(move(tag, from, to, actor));
    while (moves.size() > Installation.MOVES_KEPT) {
      moves.removeLast();
    }
  }

  private TagMove move(Tag tag, Optional<Digest> from, Optional<Digest> to, String actor) {
    return new TagMove(tag, from, to, clock.instant(), actor);
  }

  private List<TagMove> moves(RepositoryName repository, Tag tag) {
    return state.place(repository).moves.computeIfAbsent(tag, _ -> new ArrayList<>());
  }

  private long trash(RepositoryName repository, String reference) {
    long id = ++state.lastDeletion;
    state.trash.put(id, new Deleted(repository, reference, millis()));
    return id;
  }

  private Deleted deletion(long id) {
    Deleted deleted = state.trash.get(id);
    if (deleted == null) {
      throw new Refused(RegistryException.DeletionUnknown.class);
    }
    return deleted;
  }

  long deleteTag(RepositoryName repository, Tag tag) {
    Digest digest = state.place(repository).tags.get(tag);
    if (digest == null) {
      throw new Refused(RegistryException.ManifestUnknown.class);
    }
    long id = trash(repository, tag.value());
    removeTag(repository, tag, digest, id, ACTOR);
    return id;
  }

  private void removeTag(
      RepositoryName repository, Tag tag, Digest digest, long deletion, String actor) {
    state.place(repository).tags.remove(tag);
    deletion(deletion).tags.put(tag, digest);
    remember(repository, tag, Optional.of(digest), Optional.empty(), actor);
  }

  long deleteManifest(RepositoryName repository, Digest digest) {
    Place place = state.place(repository);
    if (!place.live.contains(digest)) {
      return deleteOnItsOwn(repository, digest);
    }
    refuseIf(state.namedByLive(repository, digest), RegistryException.StillReferenced.class);
    long id = trash(repository, digest.toString());
    trashWithDependents(repository, digest, id, place);
    for (Tag tag : tagsOf(repository, digest)) {
      removeTag(repository, tag, digest, id, ACTOR);
    }
    return id;
  }

  private List<Tag> tagsOf(RepositoryName repository, Digest digest) {
    return state.place(repository).tags.entrySet().stream()
        .filter(tag -> tag.getValue().equals(digest))
        .map(Map.Entry::getKey)
        .toList();
  }

  private void trashWithDependents(
      RepositoryName repository, Digest digest, long deletion, Place place) {
    place.live.remove(digest);
    deletion(deletion).manifests.add(digest);
    List<Digest> dependents =
        state
            .live(repository)
            .filter(doc -> doc.subject().equals(Optional.of(digest)))
            .map(Doc::digest)
            .filter(d -> tagsOf(repository, d).isEmpty() && !state.namedByLive(repository, d))
            .toList();
    dependents.forEach(d -> trashWithDependents(repository, d, deletion, place));
  }

  /** What went away with something else, and is now asked to go. */
  private long deleteOnItsOwn(RepositoryName repository, Digest digest) {
    long with =
        state
            .deletionOf(repository, digest)
            .orElseThrow(() -> new Refused(RegistryException.ManifestUnknown.class));
    refuseIf(
        deletion(with).reference.equals(digest.toString()),
        RegistryException.ManifestUnknown.class);
    takeOutOfTrash(repository, digest);
    long id = trash(repository, digest.toString());
    deletion(id).manifests.add(digest);
    return id;
  }

  long deleteRepository(RepositoryName repository) {
    Place place = state.place(repository);
    refuseIf(place.live.isEmpty(), RegistryException.RepositoryUnknown.class);
    long id = trash(repository, Repositories.ALL);
    deletion(id).manifests.addAll(place.live);
    place.live.clear();
    deletion(id).tags.putAll(place.tags);
    place.tags.forEach(
        (tag, digest) -> { // all at once, so the oldest move stays until the next one
          moves(repository, tag).addFirst(move(tag, Optional.of(digest), Optional.empty(), ACTOR));
        });
    place.tags.clear();
    return id;
  }

  /** What a deletion gave back. */
  record Restored(Set<Digest> manifests, Set<Tag> tags, Set<Tag> tagsKept) {}

  Restored restore(long id) {
    Deleted deleted = deletion(id);
    Set<Digest> back = new TreeSet<>();
    for (Digest digest : List.copyOf(deleted.manifests)) {
      bringBack(deleted.repository, digest, back);
    }
    Set<Tag> pointed = new LinkedHashSet<>();
    Set<Tag> kept = new LinkedHashSet<>();
    deleted.tags.forEach((tag, digest) -> {
      Place place = state.place(deleted.repository);
      boolean there =
          place.live.contains(digest) || state.deletionOf(deleted.repository, digest).isPresent();
      if (there && !place.tags.containsKey(tag)) {
        bringBack(deleted.repository, digest, back);
        point(deleted.repository, tag, digest);
        pointed.add(tag);
      } else {
        kept.add(tag);
      }
    });
    state.trash.remove(id);
    return new Restored(back, pointed, kept);
  }

  private void bringBack(RepositoryName repository, Digest digest, Set<Digest> back) {
    if (state.deletionOf(repository, digest).isEmpty()) {
      return;
    }
    takeOutOfTrash(repository, digest);
    back.add(digest);
    Doc doc = state.universe.doc(digest);
    Place place = state.place(repository);
    place.live.add(digest);
    for (Digest blob : doc.blobs()) {
      Link link = place.links.get(blob);
      if (link == null) {
        throw new IllegalStateException("the model lost a blob of " + doc.number());
      }
      link.hidden = false;
    }
    doc.children().forEach(child -> bringBack(repository, child, back));
  }

  Set<Digest> rewind(RepositoryName repository, Tag tag, Instant at) {
    Digest then =
        moves(repository, tag).stream()
            .filter(move -> !move.at().isAfter(at))
            .findFirst()
            .flatMap(TagMove::to)
            .orElseThrow(() -> new Refused(RegistryException.NotRewindable.class));
    Optional<Long> deletion = state.deletionOf(repository, then);
    refuseIf(
        deletion.isEmpty() && !state.place(repository).live.contains(then),
        RegistryException.NotRewindable.class);
    Set<Digest> back = new TreeSet<>();
    bringBackWithReferrers(repository, then, back);
    point(repository, tag, then);
    state
        .trash
        .values()
        .removeIf(deleted ->
            deleted.repository.equals(repository)
                && deleted.tags.remove(tag, then)
                && deleted.manifests.isEmpty()
                && deleted.tags.isEmpty());
    deletion.ifPresent(this::dropIfEmpty);
    return back;
  }

  private void dropIfEmpty(long id) {
    Deleted deleted = state.trash.get(id);
    if (deleted != null && deleted.manifests.isEmpty() && deleted.tags.isEmpty()) {
      state.trash.remove(id);
    }
  }

  private void bringBackWithReferrers(RepositoryName repository, Digest digest, Set<Digest> back) {
    Optional<Long> deletion = state.deletionOf(repository, digest);
    bringBack(repository, digest, back);
    if (deletion.isPresent()) {
      for (Digest about : List.copyOf(deletion(deletion.get()).manifests)) {
        if (state.universe.doc(about).subject().equals(Optional.of(digest))) {
          bringBackWithReferrers(repository, about, back);
        }
      }
    }
  }

  void purge(long id) {
    Deleted deleted = deletion(id);
    refuseIf(state.held(deleted), RegistryException.Held.class);
    purge(id, deleted);
  }

  private void purge(long id, Deleted deleted) {
    Set<Digest> named = new LinkedHashSet<>();
    deleted.manifests.forEach(digest -> named.addAll(state.universe.doc(digest).blobs()));
    state.trash.remove(id);
    for (Digest blob : named) {
      Link link = state.place(deleted.repository).links.get(blob);
      if (link != null && !state.named(deleted.repository, blob)) {
        link.keptUntil = Math.max(link.keptUntil, leaseEnd());
      }
    }
  }

  /** How far a run of the collector's can come, the last being its end. */
  static List<State> collect(State from, Clock clock, Mode mode, Set<Phase> phases) {
    List<State> reached = new ArrayList<>();
    State state = from.copy();
    if (phases.contains(Phase.PURGE)) {
      long limit =
          mode == Mode.NOW
              ? clock.millis()
              : clock.instant().minus(Installation.POLICY.trashKeptFor()).toEpochMilli();
      int seen;
      do {
        reached.add(state.copy());
        seen = new Model(state, clock).purgeDue(limit);
      } while (seen == Installation.BATCH_MAX);
    }
    reached.add(state);
    if (phases.contains(Phase.UNLINK)) {
      reached.forEach(each -> new Model(each, clock).doubtUnheld(mode));
    }
    return reached;
  }

  private int purgeDue(long limit) {
    List<Map.Entry<Long, Deleted>> due =
        state.trash.entrySet().stream()
            .filter(entry -> entry.getValue().keptFrom <= limit)
            .sorted(
                Comparator.<Map.Entry<Long, Deleted>>comparingLong(
                        entry -> entry.getValue().keptFrom)
                    .thenComparing(Map.Entry::getKey))
            .limit(Installation.BATCH_MAX)
            .toList();
    for (Map.Entry<Long, Deleted> entry : due) {
      if (state.held(entry.getValue())) {
        entry.getValue().keptFrom = limit + 1;
      } else {
        purge(entry.getKey(), entry.getValue());
      }
    }
    return due.size();
  }

  private void doubtUnheld(Mode mode) {
    state.places.forEach((repository, place) ->
        place.links.forEach((blob, link) -> {
          boolean over = mode == Mode.NOW || link.keptUntil <= millis();
          if (over && !state.named(repository, blob)) {
            link.perhaps = true;
          }
        }));
  }

  /** What retention did, as it was found in the trash. */
  void retained(Map<Long, Found> found) {
    found.forEach((id, deleted) -> {
      state.lastDeletion = Math.max(state.lastDeletion, id);
      state.trash.put(id, new Deleted(deleted.repository(), deleted.reference(), millis()));
      deleted
          .tags()
          .forEach((tag, digest) -> {
            removeTag(
                deleted.repository(),
                tag,
                digest,
                id,
                "retention (%s)".formatted(deleted.reason()));
          });
      for (Digest digest : deleted.manifests()) {
        if (!state.place(deleted.repository()).live.remove(digest)) {
          throw new Violation("retention deleted " + digest + ", which was not there");
        }
        deletion(id).manifests.add(digest);
      }
    });
  }

  /** A deletion that the trash shows. */
  record Found(
      RepositoryName repository,
      String reference,
      String reason,
      Set<Digest> manifests,
      Map<Tag, Digest> tags) {}

  boolean pin(RepositoryName repository, String reference, boolean there) {
    refuseIf(!there, RegistryException.ManifestUnknown.class);
    return state.place(repository).pins.add(reference);
  }

  boolean unpin(RepositoryName repository, String reference) {
    return state.place(repository).pins.remove(reference);
  }

  void report(String reporter, Set<Named> used) {
    state.reports.put(reporter, used);
  }

  /** The registry looks at the clock: time that nobody lived through makes nothing older. */
  void look() {
    long now = millis();
    long lived = Duration.ofNanos(clock.nanos() - state.lookedAtNanos).toMillis();
    long unseen = state.seenAt < 0 ? 0 : now - state.seenAt - lived;
    state.seenAt = now;
    state.lookedAtNanos = clock.nanos();
    if (unseen > UNSEEN_MIN.toMillis()) {
      state.trash.values().forEach(deleted -> deleted.keptFrom += unseen);
      state
          .places
          .values()
          .forEach(place -> place.links.values().forEach(link -> link.keptUntil += unseen));
    }
  }

  /** A process begins after a power cut. */
  void began() {
    beganAgain();
    state.uploads.replaceAll((id, upload) -> upload.sent() > 0 ? upload : upload.perhapsGone());
  }

  /** A process begins after one that ended as it should. */
  void beganAgain() {
    state.lookedAtNanos = clock.nanos();
  }

  /** Nobody may have touched them for too long. */
  void doubtUploads() {
    state.uploads.replaceAll((id, upload) -> upload.perhapsGone());
  }
}
