package dev.plimsoll.registry.api;

import dev.plimsoll.http.Request;
import dev.plimsoll.http.Response;
import dev.plimsoll.registry.check.Checks;
import dev.plimsoll.registry.job.Jobs;
import java.io.IOException;
import java.util.Optional;

/** {@code /plimsoll/v1/check}: is everything there, and is it right. */
public final class CheckApi implements AdminResource {
  private final Jobs jobs;
  private final Checks checks;
  private final long bytesPerSecondMax;

  public CheckApi(Jobs jobs, Checks checks, long bytesPerSecondMax) {
    this.jobs = jobs;
    this.checks = checks;
    this.bytesPerSecondMax = bytesPerSecondMax;
  }

  @Override
  public boolean handle(String path, Request request, Response response) throws IOException {
    if (!path.equals(ROOT + "/check")) {
      return false;
    }
    JobView.handle(jobs, Jobs.Kind.CHECK, request, response, () -> work(request));
    return true;
  }

  private Jobs.Work work(Request request) {
    Checks.Depth depth =
        Parameters.flag(request, "audit") ? Checks.Depth.AUDIT : Checks.Depth.EVERYTHING;
    long rate = request.query("rate").map(Parameters::number).orElse(bytesPerSecondMax);
    return progress -> checks.run(new Checks.Plan(depth, Optional.empty(), rate), progress);
  }
}
