package dev.plimsoll.registry.repository;

import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.oci.Tag;
import dev.plimsoll.registry.repository.RegistryException.NotRewindable;
import dev.plimsoll.registry.repository.RegistryException.RepositoryUnknown;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a tag back to what it was at some time, out of its history: what it pointed at then is still
 * there, or comes out of the trash for it. Safe for many threads.
 */
public final class TagRewind {
  private static final Logger log = LoggerFactory.getLogger(TagRewind.class);

  private final Transactions transactions;
  private final BlobRows blobs;
  private final RepositoryRows repositories = new RepositoryRows();
  private final ManifestRows manifests = new ManifestRows();
  private final TrashRows trash = new TrashRows();
  private final TagRows tags;
  private final ReadCache cache;
  private final InstantSource clock;

  public TagRewind(
      Transactions transactions,
      BlobRows blobs,
      ReadCache cache,
      int tagMovesKept,
      InstantSource clock) {
    this.transactions = transactions;
    this.blobs = blobs;
    this.cache = cache;
    this.tags = new TagRows(tagMovesKept);
    this.clock = clock;
  }

  /**
   * What happened.
   *
   * @param from where the tag pointed before; empty when it was not there
   * @param to where it points now
   * @param outOfTrash manifests that came back for it
   */
  public record Rewound(
      RepositoryName repository,
      Tag tag,
      Optional<Digest> from,
      Digest to,
      List<Digest> outOfTrash) {}

  /**
   * Points the tag at what it pointed at then.
   *
   * @throws NotRewindable if it was not there at that time, if its history does not reach back so
   *     far, or if what it pointed at is gone for good
   */
  public Rewound rewind(RepositoryName repository, Tag tag, Instant at, String actor)
      throws IOException {
    Rewound rewound = transactions.free(h -> rewind(h, repository, tag, at, actor));
    rewound.outOfTrash().forEach(digest -> cache.manifestChanged(repository, digest));
    cache.tagChanged(repository, tag);
    log.info(
        "tag rewound repository={} tag={} at={} from={} to={} by={}",
        repository,
        tag,
        at,
        rewound.from(),
        rewound.to(),
        actor);
    return rewound;
  }

  /** What that would do; nothing is changed. */
  public Rewound rehearse(RepositoryName repository, Tag tag, Instant at, String actor)
      throws IOException {
    return Rehearsal.of(transactions, h -> rewind(h, repository, tag, at, actor));
  }

  private Rewound rewind(Handle h, RepositoryName repository, Tag tag, Instant at, String actor) {
    long id = repositories.find(h, repository).orElseThrow(() -> new RepositoryUnknown(repository));
    Digest then = pointedAt(repository, tag, at, tags.history(h, id, tag));
    Optional<Digest> before = tags.find(h, id, tag);
    ManifestRows.Found target =
        manifests
            .find(h, id, then)
            .orElseThrow(() ->
                new NotRewindable(
                    repository,
                    tag,
                    "at %s it pointed at %s, which is gone for good: the trash has it no more"
                        .formatted(at, then)));
    Instant now = clock.instant();
    Revival revival = new Revival(blobs, now);
    revival.bringBackWithReferrers(h, id, target);
    revival.bringBackForTag(h, id, target);
    tags.point(h, id, tag, then, now, actor);
    trash.settle(h, id, tag, then);
    target.deletionId().ifPresent(deletion -> trash.dropIfEmpty(h, deletion));
    return new Rewound(repository, tag, before, then, revival.back());
  }

  /** Reads a history, newest first, as of a time. */
  private static Digest pointedAt(
      RepositoryName repository, Tag tag, Instant at, List<TagMove> history) {
    if (history.isEmpty()) {
      throw new NotRewindable(repository, tag, "nothing is remembered of it");
    }
    for (TagMove move : history) {
      if (!move.at().isAfter(at)) {
        return move.to()
            .orElseThrow(() ->
                new NotRewindable(
                    repository,
                    tag,
                    "it was not there at %s: %s had deleted it at %s"
                        .formatted(at, move.actor(), move.at())));
      }
    }
    TagMove oldest = history.getLast();
    throw new NotRewindable(
        repository,
        tag,
        oldest.from().isEmpty()
            ? "it was not there yet at %s: %s made it at %s"
                .formatted(at, oldest.actor(), oldest.at())
            : "its history begins at %s; registry.tag-moves-kept says how long it gets"
                .formatted(oldest.at()));
  }
}
