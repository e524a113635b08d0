package dev.plimsoll.registry.mirror;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.plimsoll.foundation.NoSpaceException;
import dev.plimsoll.oci.Descriptor;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.Reference;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.oci.Tag;
import dev.plimsoll.registry.mirror.UpstreamTrouble.Kind;
import dev.plimsoll.registry.repository.Blobs;
import dev.plimsoll.registry.repository.Manifests;
import dev.plimsoll.registry.repository.RegistryException.ManifestUnknown;
import dev.plimsoll.registry.repository.RegistryException.QuotaExceeded;
import dev.plimsoll.registry.repository.RegistryException.RepositoryUnknown;
import dev.plimsoll.registry.repository.RegistryException.TagImmutable;
import dev.plimsoll.registry.repository.RegistryException.UpstreamUnavailable;
import dev.plimsoll.registry.repository.Space;
import dev.plimsoll.registry.repository.StoredManifest;
import dev.plimsoll.registry.repository.Tags;
import dev.plimsoll.registry.repository.Uploads;
import dev.plimsoll.transfer.ManifestContent;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One upstream's manifests and tags, and what was pulled of them. Safe for many threads. */
public final class Mirror {
  private static final Logger log = LoggerFactory.getLogger(Mirror.class);
  private static final int REMEMBERED_MAX = 100_000;

  /**
   * The registry that keeps what is pulled.
   *
   * @param frozen says why nothing may be kept now
   */
  public record Store(
      Manifests manifests, Blobs blobs, Uploads uploads, Tags tags, Space space, Frozen frozen) {}

  /** Says why nothing may change; empty if it may. */
  public interface Frozen {
    Optional<String> reason() throws IOException;
  }

  /**
   * A manifest to be served.
   *
   * @param stale why it may not be what the upstream would say now; empty if it is
   * @param unkept why it is not in the store, such as a full disk or a quota; empty if it is
   */
  public record Served(StoredManifest manifest, Optional<String> stale, Optional<String> unkept) {}

  /**
   * What refers to a manifest.
   *
   * @param stale why the upstream may name others now; empty if it does not
   */
  public record Referrers(List<StoredManifest> manifests, Optional<String> stale) {}

  /** What became of the last question about a tag. */
  private record Check(Instant at, Optional<String> trouble) {}

  private record Tagged(RepositoryName repository, Tag tag) {}

  private final UpstreamLine line;
  private final MirrorSettings settings;
  private final Store store;
  private final WholeImages images;
  private final MirroredBlobs blobs;
  private final MirrorCounts counts;
  private final InstantSource clock;
  private final SingleFlight<Tagged, Served> flights = new SingleFlight<>();
  private final Cache<Tagged, Check> checks =
      Caffeine.newBuilder().maximumSize(REMEMBERED_MAX).build();
  private final Absences absent;

  Mirror(
      UpstreamLine line,
      MirrorSettings settings,
      Store store,
      BlobFetches fetches,
      MirrorCounts counts,
      InstantSource clock) {
    this.line = line;
    this.settings = settings;
    this.store = store;
    this.images = new WholeImages(store);
    this.blobs = new MirroredBlobs(line, store, fetches, new Absences(settings.absentFor(), clock));
    this.counts = counts;
    this.clock = clock;
    this.absent = new Absences(settings.absentFor(), clock);
  }

  public Upstream upstream() {
    return line.upstream();
  }

  /** What is asked of the upstream, and whether it may be. */
  UpstreamLine line() {
    return line;
  }

  /** The blobs that are not here yet. */
  public MirroredBlobs blobs() {
    return blobs;
  }

  /** Whether the upstream answered when it was last asked. */
  public boolean isUp() {
    return line.isUp();
  }

  /** How long the upstream still wants to be left alone; zero if it does not. */
  public Duration pause() {
    return line.pause();
  }

  /**
   * The manifest as the upstream has it; or as it was when it was last pulled, if the upstream has no
   * good answer.
   *
   * @param repository by its name here
   * @throws ManifestUnknown if the upstream has none, and it was never pulled
   * @throws UpstreamUnavailable if nobody can tell
   */
  public Served manifest(RepositoryName repository, Reference reference) throws IOException {
    return switch (reference) {
      case Digest digest -> byDigest(repository, digest);
      case Tag tag -> flights.run(new Tagged(repository, tag), () -> byTag(repository, tag));
    };
  }

  /** What a digest stands for never changes: the upstream is asked for what is not here alone. */
  private Served byDigest(RepositoryName repository, Digest digest) throws IOException {
    Optional<StoredManifest> here = stored(repository, digest);
    if (here.isPresent()) {
      counts.served(upstream(), MirrorCounts.Result.KEPT);
      return new Served(here.get(), Optional.empty(), Optional.empty());
    }
    refuseIfAbsent(repository, digest);
    try {
      return fetched(repository, digest, Set.of(), UpstreamLine.PATIENCE_WITHOUT_OLDER);
    } catch (UpstreamTrouble trouble) {
      throw refusal(repository, digest, trouble);
    }
  }

  private Served byTag(RepositoryName repository, Tag tag) throws IOException {
    Tagged key = new Tagged(repository, tag);
    Optional<StoredManifest> older = stored(repository, tag);
    Optional<Check> believed = believed(key);
    if (older.isPresent() && believed.isPresent()) {
      Optional<String> trouble = believed.get().trouble().or(line::leftAlone);
      return trouble.isPresent()
          ? stale(repository, tag, older.get(), trouble.get())
          : kept(older.get());
    }
    if (older.isEmpty()) {
      refuseIfAbsent(repository, tag);
    }
    Duration patience =
        older.isPresent() ? settings.patience() : UpstreamLine.PATIENCE_WITHOUT_OLDER;
    try {
      Served served = asked(repository, tag, older, patience);
      if (served.unkept().isEmpty()) {
        checks.put(key, new Check(clock.instant(), Optional.empty()));
      }
      return served;
    } catch (TagImmutable e) {
      // The rules of this registry hold for what it mirrors too: the tag stays where it was.
      String reason = "the upstream has moved it, and %s".formatted(e.getMessage());
      checks.put(key, new Check(clock.instant(), Optional.of(reason)));
      return stale(repository, tag, older.orElseThrow(() -> e), reason);
    } catch (UpstreamTrouble trouble) {
      checks.put(key, new Check(clock.instant(), Optional.of(UpstreamLine.text(trouble))));
      if (older.isPresent()) {
        return stale(repository, tag, older.get(), UpstreamLine.text(trouble));
      }
      throw refusal(repository, tag, trouble);
    }
  }

  private void refuseIfAbsent(RepositoryName repository, Reference reference) {
    if (absent.has(repository, reference)) {
      throw new ManifestUnknown(repository, reference);
    }
  }

  private Served asked(
      RepositoryName repository, Tag tag, Optional<StoredManifest> older, Duration patience)
      throws UpstreamTrouble, IOException {
    RepositoryName there = upstream().remote(repository);
    Descriptor now = line.ask(patience, remote -> remote.resolve(there, tag));
    return older.isPresent() && older.get().digest().equals(now.digest())
        ? kept(older.get())
        : fetched(repository, now.digest(), Set.of(tag), patience);
  }

  private Served kept(StoredManifest manifest) {
    counts.served(upstream(), MirrorCounts.Result.KEPT);
    return new Served(manifest, Optional.empty(), Optional.empty());
  }

  /** What the tag meant when an image that it meant was pulled whole. */
  private Served stale(RepositoryName repository, Tag tag, StoredManifest present, String reason)
      throws IOException {
    StoredManifest manifest = images.best(repository, tag, present);
    counts.served(upstream(), MirrorCounts.Result.STALE);
    log.warn(
        "stale manifest served repository={} tag={} digest={} reason={}",
        repository,
        tag,
        manifest.digest(),
        reason);
    boolean isOlder = !manifest.digest().equals(present.digest());
    String whole = isOlder ? "; of %s not all is here".formatted(present.digest()) : "";
    return new Served(manifest, Optional.of(reason + whole), Optional.empty());
  }

  /** An answer, or a failure, that is young enough not to ask again. */
  private Optional<Check> believed(Tagged key) {
    Instant now = clock.instant();
    Optional<Check> own =
        Optional.ofNullable(checks.getIfPresent(key))
            .filter(check -> {
              Duration limit =
                  check.trouble().isPresent() ? settings.outage() : settings.revalidateAfter();
              return now.isBefore(check.at().plus(limit));
            });
    return own.isPresent()
        ? own
        : line.leftAlone().map(reason -> new Check(now, Optional.of(reason)));
  }

  private Served fetched(RepositoryName repository, Digest digest, Set<Tag> tags, Duration patience)
      throws UpstreamTrouble, IOException {
    RepositoryName there = upstream().remote(repository);
    Optional<StoredManifest> here = stored(repository, digest);
    StoredManifest manifest;
    if (here.isPresent()) {
      manifest = here.get();
    } else {
      ManifestContent content = line.ask(patience, remote -> remote.manifest(there, digest));
      manifest = new StoredManifest(digest, content.manifest().mediaType(), content.bytes());
    }
    counts.served(upstream(), MirrorCounts.Result.FETCHED);
    return new Served(manifest, Optional.empty(), keep(repository, manifest, tags));
  }

  /**
   * Stores a manifest; where it cannot be stored it is served all the same.
   *
   * @return why it was not stored
   * @throws TagImmutable if the rules say that one of the tags stays where it is
   */
  private Optional<String> keep(RepositoryName repository, StoredManifest manifest, Set<Tag> tags)
      throws IOException {
    Optional<String> frozen = store.frozen().reason();
    if (frozen.isPresent()) {
      return frozen;
    }
    try {
      store.space().refuseIfLow();
      store
          .manifests()
          .putSparse(
              repository,
              new Manifests.Pushed(
                  manifest.digest(), tags, manifest.mediaType(), manifest.bytes(), actor()));
      return Optional.empty();
    } catch (NoSpaceException | QuotaExceeded e) {
      String reason = String.valueOf(e.getMessage());
      log.warn(
          "manifest not kept repository={} digest={}: {}", repository, manifest.digest(), reason);
      return Optional.of(reason);
    }
  }

  /** Who moved the tag, for its history. */
  private String actor() {
    return "mirror " + upstream().prefix();
  }

  private Optional<StoredManifest> stored(RepositoryName repository, Reference reference)
      throws IOException {
    try {
      return Optional.of(store.manifests().get(repository, reference));
    } catch (ManifestUnknown e) {
      return Optional.empty();
    }
  }

  /** What the upstream says refers to a manifest. */
  List<Descriptor> referrersThere(RepositoryName repository, Digest subject)
      throws UpstreamTrouble, IOException {
    RepositoryName there = line.upstream().remote(repository);
    return line.ask(settings.patience(), remote -> remote.referrers(there, subject));
  }

  /**
   * The tags that an upstream has.
   *
   * @param trouble why it could not tell; it has none then
   */
  public record Listed(List<Tag> tags, Optional<String> trouble) {}

  /**
   * All tags the upstream has; none and the reason if it cannot tell, and some are here to be told
   * instead.
   *
   * @throws RepositoryUnknown if the upstream has no such repository, and nothing of it is here
   * @throws UpstreamUnavailable if nobody can tell
   */
  public Listed tags(RepositoryName repository) throws IOException {
    boolean someHere = hasTags(repository);
    Optional<String> leftAlone = someHere ? line.leftAlone() : Optional.empty();
    if (leftAlone.isPresent()) {
      return new Listed(List.of(), leftAlone);
    }
    Duration patience = someHere ? settings.patience() : UpstreamLine.PATIENCE_WITHOUT_OLDER;
    try {
      RepositoryName there = line.upstream().remote(repository);
      return new Listed(line.ask(patience, remote -> remote.tags(there)), Optional.empty());
    } catch (UpstreamTrouble trouble) {
      if (!someHere) {
        throw trouble.kind() == Kind.ABSENT
            ? new RepositoryUnknown(repository)
            : UpstreamLine.refusal(trouble);
      }
      String reason = UpstreamLine.text(trouble);
      log.warn("tags told from what was pulled repository={} reason={}", repository, reason);
      return new Listed(List.of(), Optional.of(reason));
    }
  }

  private boolean hasTags(RepositoryName repository) throws IOException {
    try {
      return !store.tags().page(repository, "", 1).isEmpty();
    } catch (RepositoryUnknown e) {
      return false;
    }
  }

  private RuntimeException refusal(
      RepositoryName repository, Reference reference, UpstreamTrouble trouble) {
    if (trouble.kind() != Kind.ABSENT) {
      return UpstreamLine.refusal(trouble);
    }
    absent.note(repository, reference);
    ManifestUnknown refusal = new ManifestUnknown(repository, reference);
    refusal.initCause(trouble);
    return refusal;
  }
}
