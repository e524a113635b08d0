package dev.plimsoll.registry.api;

import dev.plimsoll.http.Request;
import dev.plimsoll.http.Response;
import dev.plimsoll.registry.job.Jobs;
import dev.plimsoll.registry.moving.Newcomer;
import dev.plimsoll.registry.moving.Rebuild;
import dev.plimsoll.registry.moving.TreeImport;
import java.io.IOException;

/** {@code /plimsoll/v1/import} and {@code /rebuild}: moving in, and coming back after a loss. */
public final class ImportApi implements AdminResource {
  private final Jobs jobs;
  private final Newcomer newcomer;
  private final Rebuild rebuild;

  public ImportApi(Jobs jobs, Newcomer newcomer, Rebuild rebuild) {
    this.jobs = jobs;
    this.newcomer = newcomer;
    this.rebuild = rebuild;
  }

  @Override
  public boolean handle(String path, Request request, Response response) throws IOException {
    if (path.equals(ROOT + "/rebuild")) {
      JobView.handle(jobs, Jobs.Kind.REBUILD, request, response, () -> rebuild::run);
      return true;
    }
    if (!path.equals(ROOT + "/import")) {
      return false;
    }
    JobView.handle(jobs, Jobs.Kind.IMPORT, request, response, () -> work(request));
    return true;
  }

  private Jobs.Work work(Request request) {
    TreeImport.Mode mode =
        Parameters.flag(request, "dry-run") ? TreeImport.Mode.DRY : TreeImport.Mode.IMPORT;
    TreeImport tree = new TreeImport(newcomer, Parameters.directory(request, "from"), mode);
    return tree::run;
  }
}
