package dev.plimsoll.engine.image;

import dev.plimsoll.engine.event.Event;
import dev.plimsoll.engine.filter.Filters;
import dev.plimsoll.engine.refusal.EngineException.BadParameter;
import dev.plimsoll.engine.refusal.EngineException.Conflict;
import dev.plimsoll.engine.refusal.EngineException.NotFound;
import dev.plimsoll.foundation.Durations;
import dev.plimsoll.oci.ImageName;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * {@code docker image prune}: dockerd's filters, and {@code unused-for}, which asks when an image was
 * last pulled, tagged, built from, or a container of it started or stopped. Safe for many threads;
 * one prune at a time.
 */
public final class ImagePrunes {
  private static final Set<String> KNOWN =
      Set.of("dangling", "label", "label!", "until", "unused-for");

  private final ImageStore store;
  private final ImageRemovals removals;
  private final ReentrantLock running = new ReentrantLock();

  public ImagePrunes(ImageStore store, ImageRemovals removals) {
    this.store = store;
    this.removals = removals;
  }

  /** What a prune has done, and how many bytes it freed. */
  public record Pruned(List<Removed> removed, long freedBytes) {}

  /**
   * Removes what the filters leave and nobody uses: images without a name, or with {@code
   * dangling=false} all.
   *
   * @throws Conflict if another prune is running
   */
  public Pruned prune(Filters filters) throws IOException {
    if (!running.tryLock()) {
      throw new Conflict("a prune operation is already running");
    }
    try {
      List<Removed> removed = new ArrayList<>();
      for (Image image : candidates(filters)) {
        removed.addAll(remove(image));
      }
      long freed = store.collect();
      store
          .events()
          .publish(Event.Type.IMAGE, "prune", "", Map.of("reclaimed", String.valueOf(freed)));
      return new Pruned(removed, freed);
    } finally {
      running.unlock();
    }
  }

  /** What {@link #prune} would try to remove, for a dry run. */
  public List<Image> candidates(Filters filters) throws IOException {
    filters.allowOnly(KNOWN);
    boolean danglingOnly = filters.flag("dangling").orElse(true);
    Instant now = store.clock().instant();
    Optional<Instant> until = Moments.until(filters, now);
    Optional<Instant> unusedSince = unusedFor(filters).map(now::minus);
    List<Image> all = store.all();
    Set<ImageId> parents = new HashSet<>();
    all.forEach(image -> image.parent().ifPresent(parents::add));
    return all.stream()
        .filter(image -> !danglingOnly || image.dangling())
        .filter(image -> !(image.dangling() && parents.contains(image.id())))
        .filter(image -> until.map(t -> isBefore(image.created(), t)).orElse(true))
        .filter(image -> unusedSince.map(image.lastUsedAt()::isBefore).orElse(true))
        .filter(image -> filters.matchesLabels(ImageQuery.labels(image)))
        .filter(image -> store.users().containersUsing(image.id()).isEmpty())
        .toList();
  }

  private static boolean isBefore(Optional<Instant> time, Instant limit) {
    return time.map(t -> !t.isAfter(limit)).orElse(false);
  }

  private static Optional<Duration> unusedFor(Filters filters) {
    List<String> values = filters.all("unused-for");
    if (values.size() > 1) {
      throw new BadParameter("more than one unused-for filter specified");
    }
    try {
      return values.stream().findFirst().map(Durations::parse);
    } catch (IllegalArgumentException e) {
      throw new BadParameter("invalid filter 'unused-for=" + values.getFirst() + "'", e);
    }
  }

  private List<Removed> remove(Image image) throws IOException {
    List<String> names = new ArrayList<>();
    image.names().forEach(name -> names.add(name.toString()));
    image.digests().stream().map(ImageName::toString).forEach(names::add);
    if (names.isEmpty()) {
      names.add(image.id().toString());
    }
    List<Removed> removed = new ArrayList<>();
    for (String name : names) {
      try {
        removed.addAll(removals.removeRows(name, RemoveOptions.DEFAULT));
      } catch (Conflict | NotFound e) {
        // Somebody has begun to use it, or its last tag has taken its digests with it.
      }
    }
    return removed;
  }
}
