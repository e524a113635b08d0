package dev.plimsoll.registry.api;

import dev.plimsoll.http.Request;
import dev.plimsoll.http.Response;
import dev.plimsoll.registry.job.Jobs;
import dev.plimsoll.registry.job.Progress;
import dev.plimsoll.registry.repository.RegistryException.JobInProgress;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** How jobs are told and asked for, alike for all of them. */
record JobView(
    long id,
    boolean inProgress,
    Instant began,
    Optional<Instant> ended,
    Optional<String> failure,
    String stage,
    long done,
    long total,
    long bytes,
    long found,
    List<Progress.Finding> findings) {

  private record NoJob(boolean inProgress) {}

  private static JobView of(Jobs.Status status) {
    Progress.Snapshot progress = status.progress();
    return new JobView(
        status.id(),
        status.inProgress(),
        status.began(),
        status.ended(),
        status.failure(),
        progress.stage(),
        progress.done(),
        progress.total(),
        progress.bytes(),
        progress.found(),
        status.inProgress() ? List.of() : progress.findings());
  }

  /** Work as a request asks for it. */
  interface Asked {
    Jobs.Work work() throws IOException;
  }

  /** GET tells, POST begins, DELETE cancels. */
  static void handle(Jobs jobs, Jobs.Kind kind, Request request, Response response, Asked asked)
      throws IOException {
    switch (request.method()) {
      case "GET" -> tell(jobs, kind, response);
      case "DELETE" -> {
        jobs.cancel(kind);
        tell(jobs, kind, response);
      }
      case "POST" -> {
        Jobs.Status begun =
            jobs.begin(kind, asked.work())
                .orElseThrow(() -> new JobInProgress(kind.name().toLowerCase(Locale.ROOT)));
        Parameters.json(response.status(202), of(begun));
      }
      default -> Methods.refuse(response, "GET, POST, DELETE");
    }
  }

  private static void tell(Jobs jobs, Jobs.Kind kind, Response response) throws IOException {
    Optional<Jobs.Status> status = jobs.status(kind);
    Parameters.json(response, status.isPresent() ? of(status.get()) : new NoJob(false));
  }
}
