package dev.plimsoll.registry.mirror;

import static java.util.Objects.requireNonNull;

import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.registry.repository.RegistryException.UpstreamBusy;
import dev.plimsoll.transfer.Credentials;
import dev.plimsoll.transfer.CredentialsSource;
import dev.plimsoll.transfer.Registries;
import dev.plimsoll.transfer.RemoteRegistry;
import dev.plimsoll.transfer.WatchedCredentials;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** All upstreams. Safe for many threads. Whoever opened them closes them. */
public final class Mirrors implements AutoCloseable {
  private final List<Mirror> mirrors;
  private final Map<Mirror, MirroredReferrers> referrers;
  private final Optional<Mirror> fallback;
  private final @Nullable BlobFetches fetches;
  private final @Nullable Asking asking;
  private final @Nullable Registries registries;

  private Mirrors(
      Map<Mirror, MirroredReferrers> referrers,
      List<Mirror> mirrors,
      Optional<Mirror> fallback,
      @Nullable BlobFetches fetches,
      @Nullable Asking asking,
      @Nullable Registries registries) {
    this.mirrors = List.copyOf(mirrors);
    this.referrers = Map.copyOf(referrers);
    this.fallback = fallback;
    this.fetches = fetches;
    this.asking = asking;
    this.registries = registries;
  }

  /** No upstream at all. */
  public static Mirrors none() {
    return new Mirrors(Map.of(), List.of(), Optional.empty(), null, null, null);
  }

  /**
   * Makes ready; no upstream is asked yet.
   *
   * @param directory for what is on its way; emptied
   * @param environment names the HTTP proxies
   * @throws IOException with a sentence if the file of credentials cannot be used
   */
  public static Mirrors open(
      MirrorSettings settings,
      Path directory,
      Mirror.Store store,
      MirrorCounts counts,
      Map<String, String> environment,
      InstantSource clock)
      throws IOException {
    if (settings.upstreams().isEmpty()) {
      return none();
    }
    Function<String, CredentialsSource> credentials = _ -> Credentials::anonymous;
    if (settings.credentialsFile().isPresent()) {
      credentials = WatchedCredentials.of(settings.credentialsFile().get())::source;
    }
    var asking = new Asking();
    var registries = new Registries(settings.transfer(environment), clock);
    try {
      var fetches =
          new BlobFetches(directory, store.uploads(), asking, counts, settings.fetchesMax());
      List<Mirror> mirrors = new ArrayList<>();
      for (Upstream upstream : settings.upstreams()) {
        var remote =
            registries.remote(
                upstream.registry(), upstream.plain(), credentials.apply(upstream.registry()));
        var line = new UpstreamLine(upstream, remote, settings.outage(), asking, counts, clock);
        counts.begun(upstream);
        mirrors.add(new Mirror(line, settings, store, fetches, counts, clock));
      }
      Map<Mirror, MirroredReferrers> referrers =
          mirrors.stream()
              .collect(
                  Collectors.toMap(
                      mirror -> mirror,
                      mirror -> new MirroredReferrers(mirror, store.manifests(), settings, clock)));
      Optional<Mirror> fallback =
          settings
              .fallback()
              .flatMap(prefix ->
                  mirrors.stream()
                      .filter(m -> m.upstream().prefix().value().equals(prefix))
                      .findFirst());
      return new Mirrors(referrers, mirrors, fallback, fetches, asking, registries);
    } catch (IOException e) {
      registries.close();
      asking.close();
      throw e;
    }
  }

  public List<Mirror> all() {
    return mirrors;
  }

  /** How many clients are being served blobs that are still coming. */
  public int followers() {
    return fetches == null ? 0 : fetches.followers();
  }

  /** The mirror that a repository here belongs to. */
  public Optional<Mirror> holding(RepositoryName repository) {
    return mirrors.stream().filter(m -> m.upstream().holds(repository)).findFirst();
  }

  /**
   * What refers to a manifest, as its upstream tells or told it; empty if the repository belongs to
   * none.
   */
  public Optional<Mirror.Referrers> referrers(RepositoryName repository, Digest subject)
      throws IOException {
    Optional<Mirror> mirror = holding(repository);
    return mirror.isEmpty()
        ? Optional.empty()
        : Optional.of(requireNonNull(referrers.get(mirror.get())).of(repository, subject));
  }

  /**
   * The upstream that a repository here shows, and what it is called there.
   *
   * @throws UpstreamBusy if the upstream wants to be left alone
   */
  public Optional<Shown> shown(RepositoryName repository) {
    Optional<Mirror> holding = holding(repository);
    if (holding.isEmpty()) {
      return Optional.empty();
    }
    Mirror mirror = holding.get();
    try {
      mirror.line().refuseInPause();
    } catch (UpstreamTrouble trouble) {
      throw UpstreamLine.refusal(trouble);
    }
    return Optional.of(
        new Shown(
            mirror.line().remote(),
            mirror.upstream().remote(repository),
            mirror.upstream().url().toString()));
  }

  /**
   * A repository as its upstream has it.
   *
   * @param place where that is, for messages
   */
  public record Shown(RemoteRegistry remote, RepositoryName name, String place) {}

  /** The mirror of a registry that goes by this name, such as {@code docker.io}. */
  public Optional<Mirror> named(String registry) {
    return mirrors.stream().filter(m -> m.upstream().isNamed(registry)).findFirst();
  }

  /** The fallback's repository that is meant too by a name that says nothing about where it is. */
  public Optional<RepositoryName> meantToo(RepositoryName named) {
    return holding(named).isPresent()
        ? Optional.empty()
        : fallback.map(mirror -> mirror.upstream().shown(named));
  }

  /** Takes back what was asked of upstreams. */
  @Override
  public void close() {
    if (asking != null) {
      asking.close();
    }
    if (registries != null) {
      registries.close();
    }
  }
}
