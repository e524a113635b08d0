package dev.plimsoll.registry.mirror;

import dev.plimsoll.foundation.Durations;
import dev.plimsoll.registry.mirror.UpstreamTrouble.Kind;
import dev.plimsoll.registry.repository.RegistryException;
import dev.plimsoll.registry.repository.RegistryException.UpstreamBusy;
import dev.plimsoll.registry.repository.RegistryException.UpstreamUnavailable;
import dev.plimsoll.transfer.RemoteRegistry;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The line to one upstream: everything that a pull asks of it goes this way, so that what it answers,
 * and how long it wants to be left alone, is known to all. Safe for many threads.
 */
final class UpstreamLine {
  private static final Logger log = LoggerFactory.getLogger(UpstreamLine.class);

  /** How long a client waits that cannot be served from what was pulled before. */
  static final Duration PATIENCE_WITHOUT_OLDER = Duration.ofSeconds(60);

  /** How long an upstream is left alone at most, whatever it asks for. */
  private static final Duration PAUSE_MAX = Duration.ofHours(1);

  private final Upstream upstream;
  private final RemoteRegistry remote;
  private final Duration outage;
  private final Asking asking;
  private final MirrorCounts counts;
  private final InstantSource clock;
  private final Outages outages = new Outages();

  /**
   * Asks nothing yet.
   *
   * @param outage how long the upstream is left alone after a failure, if there is something to serve
   */
  UpstreamLine(
      Upstream upstream,
      RemoteRegistry remote,
      Duration outage,
      Asking asking,
      MirrorCounts counts,
      InstantSource clock) {
    this.upstream = upstream;
    this.remote = remote;
    this.outage = outage;
    this.asking = asking;
    this.counts = counts;
    this.clock = clock;
  }

  Upstream upstream() {
    return upstream;
  }

  /** The upstream, to be asked in another way than for pulls. */
  RemoteRegistry remote() {
    return remote;
  }

  /** What is asked. */
  interface Question<T> {
    T ask(RemoteRegistry remote) throws IOException, InterruptedException;
  }

  /** Asks, unless the upstream wants to be left alone, and waits no longer than {@code patience}. */
  <T> T ask(Duration patience, Question<T> question) throws UpstreamTrouble, IOException {
    refuseInPause();
    try {
      T answer = asking.within(upstream, patience, () -> question.ask(remote));
      if (outages.answered(clock.instant())) {
        log.info("upstream answers again upstream={}", upstream);
      }
      return answer;
    } catch (UpstreamTrouble trouble) {
      throw noted(trouble);
    }
  }

  /** To be asked before each request: the pause may have begun while the request waited its turn. */
  void refuseInPause() throws UpstreamTrouble {
    Duration pause = pause();
    if (pause.isPositive()) {
      throw new UpstreamTrouble(leftAlone().orElse("it asks us to wait"), pause);
    }
  }

  /** The trouble, after taking note of what it means for everything else. */
  UpstreamTrouble noted(UpstreamTrouble trouble) {
    if (trouble.kind() != Kind.ABSENT) {
      counts.failed(upstream);
    }
    if (trouble.concernsAll()) {
      Duration asked = shorter(trouble.pause(), PAUSE_MAX);
      boolean asksForMore = asked.compareTo(outage) > 0;
      String reason =
          asksForMore
              ? "%s; it is asked again in %s".formatted(text(trouble), Durations.format(asked))
              : text(trouble);
      Instant now = clock.instant();
      outages.failed(
          new Outages.Outage(now.plus(asksForMore ? asked : outage), now.plus(asked), reason), now);
      log.warn("upstream gives no answer upstream={} reason={}", upstream, reason);
    }
    return trouble;
  }

  /** Whether the upstream answered when it was last asked. */
  boolean isUp() {
    return outages.isUp();
  }

  /** How long the upstream still wants to be left alone; zero if it does not. */
  Duration pause() {
    return outages.pause(clock.instant());
  }

  /** Why the upstream is not asked at present if there is something to serve. */
  Optional<String> leftAlone() {
    return outages.reason(clock.instant());
  }

  /** For the client that cannot be served. */
  static RegistryException refusal(UpstreamTrouble trouble) {
    RegistryException refusal =
        trouble.kind() == Kind.BUSY
            ? new UpstreamBusy(text(trouble), shorter(trouble.pause(), PAUSE_MAX))
            : new UpstreamUnavailable(text(trouble));
    refusal.initCause(trouble);
    return refusal;
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  static String text(UpstreamTrouble trouble) {
    return String.valueOf(trouble.getMessage());
  }
}
