package dev.plimsoll.registry.api;

import dev.plimsoll.http.Request;
import dev.plimsoll.http.Response;
import dev.plimsoll.registry.job.Jobs;
import dev.plimsoll.registry.moving.Newcomer;
import dev.plimsoll.registry.moving.Rebuild;
import dev.plimsoll.registry.moving.RemoteImport;
import dev.plimsoll.registry.moving.TreeImport;
import dev.plimsoll.transfer.RegistrySettings;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** {@code /plimsoll/v1/import} and {@code /rebuild}: moving in, and coming back after a loss. */
public final class ImportApi implements AdminResource {
  private final Jobs jobs;
  private final Newcomer newcomer;
  private final Rebuild rebuild;
  private final RegistrySettings transfer;
  private final InstantSource clock;

  /**
   * Offers both.
   *
   * @param transfer how other registries are reached
   */
  public ImportApi(
      Jobs jobs,
      Newcomer newcomer,
      Rebuild rebuild,
      RegistrySettings transfer,
      InstantSource clock) {
    this.jobs = jobs;
    this.newcomer = newcomer;
    this.rebuild = rebuild;
    this.transfer = transfer;
    this.clock = clock;
  }

  @Override
  public boolean rehearses(String method, String path) {
    return method.equals("POST") && path.equals(ROOT + "/import");
  }

  @Override
  public Set<String> parameters(String path) {
    return path.equals(ROOT + "/import") ? Set.of("from", "insecure") : Set.of();
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

  private Jobs.Work work(Request request) throws IOException {
    TreeImport.Mode mode =
        Parameters.dryRun(request) ? TreeImport.Mode.DRY : TreeImport.Mode.IMPORT;
    String from = Parameters.required(request, "from");
    return RemoteParameters.isUrl(from) ? remote(from, mode, request) : tree(mode, request);
  }

  private Jobs.Work remote(String from, TreeImport.Mode mode, Request request) throws IOException {
    JsonNode document = RemoteParameters.document(request, "repositories", "tags");
    RemoteImport.Wanted wanted =
        new RemoteImport.Wanted(
            RemoteParameters.login(from, request, document),
            RemoteParameters.patterns(document, "repositories"),
            RemoteParameters.patterns(document, "tags"));
    return new RemoteImport(newcomer, transfer, clock, wanted, mode)::run;
  }

  private Jobs.Work tree(TreeImport.Mode mode, Request request) {
    TreeImport tree = new TreeImport(newcomer, Parameters.directory(request, "from"), mode);
    return tree::run;
  }
}
