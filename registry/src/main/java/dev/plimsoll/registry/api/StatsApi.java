package dev.plimsoll.registry.api;

import dev.plimsoll.http.Request;
import dev.plimsoll.http.Response;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.registry.stats.Stats;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** {@code GET /plimsoll/v1/stats}: what takes the space. Described in docs/registry/api.md. */
public final class StatsApi implements AdminResource {
  private static final int LINES = 100;
  private static final int WEEKS = 12;

  private final Stats stats;
  private final InstantSource clock;

  public StatsApi(Stats stats, InstantSource clock) {
    this.stats = stats;
    this.clock = clock;
  }

  private record Overview(List<RepositoryLine> repositories, List<WeekLine> weeks) {}

  private record RepositoryLine(
      String repository, long tags, long manifests, long blobs, long bytes, long ownBytes) {}

  private record WeekLine(
      Instant from,
      long blobs,
      long bytes,
      Optional<Long> storedBytes,
      Optional<Long> grownBytes) {}

  private record OfRepository(String repository, List<TagLine> tags) {}

  private record TagLine(
      String tag,
      String digest,
      long blobs,
      long bytes,
      long ownBytes,
      Optional<Instant> pulledAt) {}

  @Override
  public Set<String> parameters(String path) {
    return path.equals(ROOT + "/stats") ? Set.of("repository", "n") : Set.of();
  }

  @Override
  public boolean handle(String path, Request request, Response response) throws IOException {
    if (!path.equals(ROOT + "/stats")) {
      return false;
    }
    if (Parameters.refused("GET", request, response)) {
      return true;
    }
    int most = Page.of(request, LINES).size();
    var repository = request.query("repository").map(Endpoint::name);
    Parameters.json(
        response, repository.isPresent() ? tags(repository.get(), most) : overview(most));
    return true;
  }

  private Overview overview(int most) throws IOException {
    return new Overview(
        stats.repositories(most).stream()
            .map(r ->
                new RepositoryLine(
                    r.repository().value(),
                    r.tags(),
                    r.manifests(),
                    r.blobs(),
                    r.bytes(),
                    r.ownBytes()))
            .toList(),
        stats.weeks(clock.instant(), WEEKS).stream()
            .map(w -> new WeekLine(w.from(), w.blobs(), w.bytes(), w.storedBytes(), w.grownBytes()))
            .toList());
  }

  private OfRepository tags(RepositoryName repository, int most) throws IOException {
    return new OfRepository(
        repository.value(),
        stats.tags(repository, most).stream()
            .map(t ->
                new TagLine(
                    t.tag().value(),
                    t.digest().toString(),
                    t.blobs(),
                    t.bytes(),
                    t.ownBytes(),
                    t.pulledAt()))
            .toList());
  }
}
