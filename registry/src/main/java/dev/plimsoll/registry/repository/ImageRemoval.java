package dev.plimsoll.registry.repository;

import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.oci.Tag;
import dev.plimsoll.registry.repository.Removal.OfImage;
import dev.plimsoll.registry.repository.Removal.OfTag;
import dev.plimsoll.registry.repository.Removal.Outcome;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves into the trash what rules want deleted, unless something has happened to it since the
 * decision: pushed, moved, pulled, pinned, reported as deployed, named by an index. The look and the
 * deletion are one transaction. Safe for many threads.
 */
public final class ImageRemoval {
  private static final Logger log = LoggerFactory.getLogger(ImageRemoval.class);

  /** Who deletes, as the trash and the histories call it. */
  public static final String ACTOR = "retention";

  private final Transactions transactions;
  private final RepositoryRows repositories = new RepositoryRows();
  private final ManifestRows manifests = new ManifestRows();
  private final TrashRows trash = new TrashRows();
  private final TagRows tags;
  private final RemovalCheck check;
  private final ReadCache cache;
  private final InstantSource clock;

  public ImageRemoval(
      Transactions transactions,
      BlobRows blobs,
      ReadCache cache,
      int tagMovesKept,
      RemovalCheck.LatePulls latePulls,
      InstantSource clock) {
    this.transactions = transactions;
    this.tags = new TagRows(tagMovesKept);
    this.check = new RemovalCheck(blobs, tags, latePulls);
    this.cache = cache;
    this.clock = clock;
  }

  /**
   * Carries out some removals in one transaction. It is in the nature of a batch that pushes wait for
   * it, so keep it small.
   *
   * @param seenAt as of when it was decided
   * @return what became of each, in their order
   */
  public List<Outcome> carryOut(List<? extends Removal> removals, Instant seenAt)
      throws IOException {
    List<Outcome> outcomes =
        transactions.free(h -> {
          List<Outcome> each = new ArrayList<>();
          for (Removal removal : removals) {
            each.add(carryOut(h, removal, seenAt));
          }
          return each;
        });
    for (int i = 0; i < removals.size(); i++) {
      if (outcomes.get(i) instanceof Outcome.Gone gone) {
        tell(removals.get(i), gone);
      }
    }
    return outcomes;
  }

  private void tell(Removal removal, Outcome.Gone gone) {
    RepositoryName repository = removal.repository();
    gone.manifests().forEach(digest -> cache.manifestChanged(repository, digest));
    gone.tags().forEach(tag -> cache.tagChanged(repository, tag));
    log.info(
        "retention deleted repository={} tags={} manifests={} reason={}",
        repository,
        gone.tags(),
        gone.manifests(),
        removal.reason());
  }

  private Outcome carryOut(Handle h, Removal removal, Instant seenAt) {
    OptionalLong id = repositories.find(h, removal.repository());
    if (id.isEmpty()) {
      return new Outcome.Stays("the repository went away");
    }
    return switch (removal) {
      case OfTag tag -> remove(h, id.getAsLong(), tag, seenAt);
      case OfImage image -> remove(h, id.getAsLong(), image, seenAt);
    };
  }

  private Outcome remove(Handle h, long repositoryId, OfTag wanted, Instant seenAt) {
    Optional<String> change = check.changeOf(h, repositoryId, wanted, seenAt);
    if (change.isPresent()) {
      return new Outcome.Stays(change.get());
    }
    Instant now = clock.instant();
    long deletion =
        trash.insert(h, repositoryId, wanted.tag().value(), new Actor(ACTOR, wanted.reason(), now));
    remove(h, repositoryId, wanted.tag(), wanted.digest(), deletion, wanted, now);
    return new Outcome.Gone(List.of(), List.of(wanted.tag()));
  }

  private Outcome remove(Handle h, long repositoryId, OfImage wanted, Instant seenAt) {
    RemovalCheck.Whole whole = check.whole(h, repositoryId, wanted, seenAt);
    if (whole.change().isPresent()) {
      return new Outcome.Stays(whole.change().get());
    }
    Instant now = clock.instant();
    long deletion =
        trash.insert(
            h, repositoryId, wanted.digest().toString(), new Actor(ACTOR, wanted.reason(), now));
    for (Tag tag : wanted.tags().keySet()) {
      remove(h, repositoryId, tag, wanted.digest(), deletion, wanted, now);
    }
    for (ManifestRows.Found found : whole.going().values()) {
      manifests.trash(h, found.id(), deletion);
      Changes.tell(
          new Change.ManifestDeleted(
              repositoryId, found.digest(), deletion, ACTOR, wanted.reason()));
    }
    return new Outcome.Gone(
        List.copyOf(whole.going().keySet()), List.copyOf(wanted.tags().keySet()));
  }

  private void remove(
      Handle h,
      long repositoryId,
      Tag tag,
      Digest digest,
      long deletion,
      Removal wanted,
      Instant now) {
    tags.remove(h, repositoryId, tag, digest, now, "%s (%s)".formatted(ACTOR, wanted.reason()));
    trash.keepTag(h, deletion, tag, digest);
  }
}
