package dev.plimsoll.registry.api;

import dev.plimsoll.http.Request;
import dev.plimsoll.http.Response;
import dev.plimsoll.registry.check.Checks;
import dev.plimsoll.registry.check.RepairSource;
import dev.plimsoll.registry.job.Jobs;
import dev.plimsoll.registry.job.Progress;
import dev.plimsoll.registry.moving.RegistryLogin;
import dev.plimsoll.registry.moving.Repairs;
import dev.plimsoll.registry.repository.RegistryException.Malformed;
import dev.plimsoll.registry.repository.RegistryException.Malformed.Subject;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;

/** {@code /plimsoll/v1/check}: is everything there, and is it right. */
public final class CheckApi implements AdminResource {
  private final Jobs jobs;
  private final Checks checks;
  private final Repairs repairs;
  private final long bytesPerSecondMax;

  public CheckApi(Jobs jobs, Checks checks, Repairs repairs, long bytesPerSecondMax) {
    this.jobs = jobs;
    this.checks = checks;
    this.repairs = repairs;
    this.bytesPerSecondMax = bytesPerSecondMax;
  }

  @Override
  public boolean rehearses(String method, String path) {
    return method.equals("POST") && path.equals(ROOT + "/check");
  }

  @Override
  public Set<String> parameters(String path) {
    return path.equals(ROOT + "/check")
        ? Set.of("audit", "rate", "repair", "from", "insecure")
        : Set.of();
  }

  @Override
  public boolean handle(String path, Request request, Response response) throws IOException {
    if (!path.equals(ROOT + "/check")) {
      return false;
    }
    JobView.handle(jobs, Jobs.Kind.CHECK, request, response, () -> work(request));
    return true;
  }

  private Jobs.Work work(Request request) throws IOException {
    Checks.Depth depth =
        Parameters.flag(request, "audit") ? Checks.Depth.AUDIT : Checks.Depth.EVERYTHING;
    long rate =
        request
            .query("rate")
            .map(text -> Parameters.number("rate", text))
            .orElse(bytesPerSecondMax);
    Optional<String> from = request.query("from");
    if (!Parameters.flag(request, "repair")) {
      if (from.isPresent() || Parameters.dryRun(request)) {
        throw new Malformed(Subject.PARAMETER, "from and dry-run are about repair; ask for that");
      }
      return progress -> checks.run(new Checks.Plan(depth, Optional.empty(), rate), progress);
    }
    RepairSource.Mode mode =
        Parameters.dryRun(request) ? RepairSource.Mode.DRY : RepairSource.Mode.REPAIR;
    if (from.isEmpty()) {
      return progress ->
          repairs.fromMirrors(mode, progress, source -> run(depth, source, rate, progress));
    }
    RegistryLogin login =
        RemoteParameters.login(from.get(), request, RemoteParameters.document(request));
    return progress ->
        repairs.from(login, mode, progress, source -> run(depth, source, rate, progress));
  }

  private void run(Checks.Depth depth, RepairSource source, long rate, Progress progress)
      throws IOException, InterruptedException {
    checks.run(new Checks.Plan(depth, Optional.of(source), rate), progress);
  }
}
