package dev.plimsoll.registry.mirror;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.plimsoll.oci.Descriptor;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.registry.repository.Manifests;
import dev.plimsoll.registry.repository.RegistryException.ManifestUnknown;
import dev.plimsoll.registry.repository.RegistryException.UpstreamBusy;
import dev.plimsoll.registry.repository.RegistryException.UpstreamUnavailable;
import dev.plimsoll.registry.repository.StoredManifest;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signatures and whatever else refers to an upstream's manifests. The list is the upstream's, and
 * believed for as long as a tag is; what it names is brought here at once, so that the store can
 * give a list when the upstream cannot. Safe for many threads.
 */
final class MirroredReferrers {
  private static final Logger log = LoggerFactory.getLogger(MirroredReferrers.class);
  private static final int REFERRERS_MAX = 1000;
  private static final int REFERRERS_BYTES_MAX = 16 << 20;
  private static final int REMEMBERED_MAX = 1_000_000; // digests, over all lists

  private record Subject(RepositoryName repository, Digest digest) {}

  /** What became of the last question. */
  private record Known(Instant at, List<Digest> named, Optional<String> trouble) {}

  private final Mirror mirror;
  private final Manifests store;
  private final MirrorSettings settings;
  private final InstantSource clock;
  private final SingleFlight<Subject, Mirror.Referrers> flights = new SingleFlight<>();
  private final Cache<Subject, Known> known =
      Caffeine.newBuilder()
          .maximumWeight(REMEMBERED_MAX)
          .weigher((Subject _, Known list) -> 1 + list.named().size())
          .build();

  MirroredReferrers(Mirror mirror, Manifests store, MirrorSettings settings, InstantSource clock) {
    this.mirror = mirror;
    this.store = store;
    this.settings = settings;
    this.clock = clock;
  }

  /**
   * What refers to a manifest, in the order of digests.
   *
   * @throws UpstreamUnavailable if the upstream cannot tell, and never told
   */
  Mirror.Referrers of(RepositoryName repository, Digest digest) throws IOException {
    Subject subject = new Subject(repository, digest);
    return flights.run(subject, () -> find(subject));
  }

  private Mirror.Referrers find(Subject subject) throws IOException {
    Optional<Known> last = Optional.ofNullable(known.getIfPresent(subject));
    try {
      Known list = last.isPresent() && !isOld(last.get()) ? last.get() : ask(subject);
      last = Optional.of(list);
      return list.trouble().isPresent()
          ? new Mirror.Referrers(here(subject), list.trouble())
          : new Mirror.Referrers(brought(subject, list.named()), Optional.empty());
    } catch (UpstreamTrouble trouble) {
      return stale(subject, last, UpstreamLine.refusal(trouble));
    } catch (UpstreamBusy | UpstreamUnavailable e) {
      return stale(subject, last, e);
    }
  }

  private boolean isOld(Known list) {
    Duration limit = list.trouble().isPresent() ? settings.outage() : settings.revalidateAfter();
    return !clock.instant().isBefore(list.at().plus(limit));
  }

  private Known ask(Subject subject) throws UpstreamTrouble, IOException {
    Optional<String> leftAlone = mirror.line().leftAlone();
    if (leftAlone.isPresent() && !here(subject).isEmpty()) {
      throw new UpstreamUnavailable(leftAlone.get());
    }
    List<Descriptor> list = mirror.referrersThere(subject.repository(), subject.digest());
    if (list.size() > REFERRERS_MAX) {
      log.warn(
          "list of referrers cut repository={} subject={} referrers={} shown={}",
          subject.repository(),
          subject.digest(),
          list.size(),
          REFERRERS_MAX);
    }
    Known now =
        new Known(
            clock.instant(),
            list.stream().map(Descriptor::digest).distinct().limit(REFERRERS_MAX).toList(),
            Optional.empty());
    known.put(subject, now);
    return now;
  }

  /** The manifests themselves, those that are not here yet fetched. */
  private List<StoredManifest> brought(Subject subject, List<Digest> named) throws IOException {
    List<StoredManifest> all = new ArrayList<>();
    long sizeBytes = 0;
    for (Digest digest : named) {
      try {
        StoredManifest manifest = mirror.manifest(subject.repository(), digest).manifest();
        sizeBytes += manifest.bytes().length;
        if (sizeBytes > REFERRERS_BYTES_MAX) {
          break;
        }
        all.add(manifest);
      } catch (ManifestUnknown e) {
        log.warn(
            "referrer is listed and not there repository={} digest={}",
            subject.repository(),
            digest);
      }
    }
    return all;
  }

  private Mirror.Referrers stale(Subject subject, Optional<Known> last, RuntimeException refusal)
      throws IOException {
    List<StoredManifest> here = here(subject);
    boolean toldThatNone = last.isPresent() && last.get().named().isEmpty();
    if (here.isEmpty() && !toldThatNone) {
      throw refusal;
    }
    String reason = String.valueOf(refusal.getMessage());
    log.warn(
        "stale list of referrers served repository={} subject={} reason={}",
        subject.repository(),
        subject.digest(),
        reason);
    List<Digest> named = last.map(Known::named).orElse(List.of());
    known.put(subject, new Known(clock.instant(), named, Optional.of(reason)));
    return new Mirror.Referrers(here, Optional.of(reason));
  }

  private List<StoredManifest> here(Subject subject) throws IOException {
    return store.referrers(
        subject.repository(), subject.digest(), Optional.empty(), "", REFERRERS_MAX);
  }
}
