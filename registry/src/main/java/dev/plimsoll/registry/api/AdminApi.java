package dev.plimsoll.registry.api;

import dev.plimsoll.http.Request;
import dev.plimsoll.http.Response;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.Tag;
import dev.plimsoll.registry.auth.Need;
import dev.plimsoll.registry.check.Orphans;
import dev.plimsoll.registry.gc.Collector;
import dev.plimsoll.registry.gc.Deadlines;
import dev.plimsoll.registry.gc.GcReport;
import dev.plimsoll.registry.gc.GcStatus;
import dev.plimsoll.registry.repository.Deletion;
import dev.plimsoll.registry.repository.Trash;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * {@code /plimsoll/v1/…}: what the command line asks of a running registry. Described in
 * docs/registry/api.md.
 */
public final class AdminApi implements AdminResource {
  private static final int TRASH_PAGE_MAX = 1000;
  private static final Set<String> REHEARSED =
      Set.of(ROOT + "/gc", ROOT + "/trash/restore", ROOT + "/trash/purge");

  private final Collector collector;
  private final Deadlines deadlines;
  private final Trash trash;
  private final Orphans orphans;
  private final Supplier<Optional<Instant>> nextGc;

  /**
   * Serves these.
   *
   * @param nextGc when the collector is to run next, if anybody knows
   */
  public AdminApi(
      Collector collector,
      Deadlines deadlines,
      Trash trash,
      Orphans orphans,
      Supplier<Optional<Instant>> nextGc) {
    this.collector = collector;
    this.deadlines = deadlines;
    this.trash = trash;
    this.orphans = orphans;
    this.nextGc = nextGc;
  }

  private record Gc(
      boolean dryRun,
      int purged,
      int unlinked,
      int condemned,
      int deletedBlobs,
      long freedBytes,
      int failed,
      Optional<List<String>> deleted) {

    static Gc of(GcReport report, Run run) {
      return of(report, run, Optional.of(report.deleted().stream().map(Digest::toString).toList()));
    }

    /** For who asks again and again. */
    static Gc unnamed(GcReport report) {
      return of(report, Run.REAL, Optional.empty());
    }

    private static Gc of(GcReport report, Run run, Optional<List<String>> deleted) {
      return new Gc(
          run == Run.DRY,
          report.purged(),
          report.unlinked(),
          report.condemned(),
          report.deletedBlobs(),
          report.freedBytes(),
          report.failed(),
          deleted);
    }
  }

  private record Status(
      Optional<String> off,
      boolean inProgress,
      Optional<Progress> progress,
      Collector.Waiting queued,
      Orphans.Waiting orphans,
      long runs,
      long freedBytes,
      Optional<LastRun> last,
      Optional<Instant> next) {}

  /** Of the blobs that it deletes; told as jobs tell theirs. */
  private record Progress(
      Instant began, String stage, long done, long total, long bytes, int purged, int unlinked) {

    static Progress of(GcStatus.Progress now) {
      return new Progress(
          now.began(),
          now.phase().name().toLowerCase(Locale.ROOT),
          now.deletedBlobs(),
          now.left() == 0 ? 0 : now.deletedBlobs() + now.left(),
          now.freedBytes(),
          now.purged(),
          now.unlinked());
    }
  }

  private record LastRun(Instant began, Instant ended, Gc report) {}

  private enum Run {
    REAL,
    DRY
  }

  private record TrashList(List<Item> deletions) {}

  private record Item(
      long id,
      String repository,
      String reference,
      Instant deletedAt,
      String actor,
      String reason,
      int manifests,
      int tags,
      long sizeBytes) {

    static Item of(Deletion d) {
      return new Item(
          d.id(),
          d.repository().value(),
          d.reference(),
          d.deletedAt(),
          d.actor(),
          d.reason(),
          d.manifests(),
          d.tags(),
          d.sizeBytes());
    }
  }

  private record Restored(
      String repository, List<String> manifests, List<String> tags, List<String> tagsKept) {

    static Restored of(Trash.Restored restored) {
      return new Restored(
          restored.repository().value(),
          restored.manifests().stream().map(Digest::toString).toList(),
          restored.tags().stream().map(Tag::value).toList(),
          restored.tagsKept().stream().map(Tag::value).toList());
    }
  }

  private record Purged(
      boolean dryRun, long purged, String repository, List<String> manifests, List<String> tags) {

    static Purged of(long deletion, Trash.Purged purged, Run run) {
      return new Purged(
          run == Run.DRY,
          deletion,
          purged.repository().value(),
          purged.manifests().stream().map(Digest::toString).toList(),
          purged.tags().stream().map(Tag::value).toList());
    }
  }

  /** An id may be of any repository; where one is given, the repository beside it says nothing. */
  @Override
  public Optional<Need> need(String path, Request request) {
    return path.startsWith(ROOT + "/trash") && request.query("id").isEmpty()
        ? Parameters.toAdministerOne(request)
        : Optional.empty();
  }

  @Override
  public boolean rehearses(String method, String path) {
    return method.equals("POST") && REHEARSED.contains(path);
  }

  @Override
  public Set<String> parameters(String path) {
    return switch (path) {
      case ROOT + "/gc" -> Set.of("now");
      case ROOT + "/trash" -> Set.of("repository", "n", "last");
      case ROOT + "/trash/restore", ROOT + "/trash/purge" ->
          Set.of("id", "repository", "reference");
      default -> Set.of();
    };
  }

  @Override
  public boolean handle(String path, Request request, Response response) throws IOException {
    switch (path) {
      case ROOT + "/gc" -> gc(request, response);
      case ROOT + "/trash" -> trash(request, response);
      case ROOT + "/trash/restore" -> restore(request, response);
      case ROOT + "/trash/purge" -> purge(request, response);
      default -> {
        return false;
      }
    }
    return true;
  }

  private void gc(Request request, Response response) throws IOException {
    if (request.method().equals("GET")) {
      Parameters.json(response, status());
      return;
    }
    if (!request.method().equals("POST")) {
      Methods.refuse(response, "GET, POST");
      return;
    }
    Collector.Mode mode =
        Parameters.flag(request, "now") ? Collector.Mode.NOW : Collector.Mode.WHEN_DUE;
    deadlines.look(); // the clock may have jumped since the last turn
    if (Parameters.dryRun(request)) {
      Parameters.json(response, Gc.of(collector.dryRun(mode), Run.DRY));
    } else {
      Parameters.json(response, Gc.of(collector.run(mode), Run.REAL));
    }
  }

  private Status status() throws IOException {
    GcStatus status = collector.status();
    return new Status(
        collector.off(),
        status.inProgress(),
        status.progress().map(Progress::of),
        collector.waiting(),
        orphans.waiting(),
        status.runs(),
        status.freedBytes(),
        status.last().map(run -> new LastRun(run.began(), run.ended(), Gc.unnamed(run.report()))),
        nextGc.get());
  }

  private void trash(Request request, Response response) throws IOException {
    if (Parameters.refused("GET", request, response)) {
      return;
    }
    Page page = Page.of(request, TRASH_PAGE_MAX);
    long before = page.before();
    Parameters.json(
        response,
        new TrashList(
            trash
                .list(request.query("repository").map(Endpoint::name), before, page.size())
                .stream()
                .map(Item::of)
                .toList()));
  }

  private void restore(Request request, Response response) throws IOException {
    if (!Parameters.refused("POST", request, response)) {
      long id = deletion(request);
      String actor = Callers.of(request);
      Parameters.json(
          response,
          Restored.of(
              Parameters.dryRun(request) ? trash.rehearse(id, actor) : trash.restore(id, actor)));
    }
  }

  private void purge(Request request, Response response) throws IOException {
    if (!Parameters.refused("POST", request, response)) {
      long id = deletion(request);
      Parameters.json(
          response,
          Parameters.dryRun(request)
              ? Purged.of(id, trash.rehearsePurge(id), Run.DRY)
              : Purged.of(id, trash.purge(id), Run.REAL));
    }
  }

  /** A deletion by its id, or the newest of a tag or digest. */
  private long deletion(Request request) throws IOException {
    Optional<String> id = request.query("id");
    return id.isPresent()
        ? Parameters.number("id", id.get())
        : trash.find(
            Endpoint.name(Parameters.required(request, "repository")),
            Parameters.required(request, "reference"));
  }
}
