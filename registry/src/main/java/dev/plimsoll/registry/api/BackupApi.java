package dev.plimsoll.registry.api;

import dev.plimsoll.http.Request;
import dev.plimsoll.http.Response;
import dev.plimsoll.registry.job.Jobs;
import dev.plimsoll.registry.moving.Backup;
import dev.plimsoll.registry.moving.BackupReturn;
import dev.plimsoll.registry.repository.RegistryException.JobRefused;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;

/**
 * {@code /plimsoll/v1/backup} and {@code /restore}: a copy of everything, to a directory of the
 * registry's machine, and back from there what the registry lacks.
 */
public final class BackupApi implements AdminResource {
  static final String PATH = ROOT + "/backup";
  private static final int GENERATIONS_MAX = 10_000;

  private final Jobs jobs;
  private final Backup backup;
  private final BackupReturn back;

  public BackupApi(Jobs jobs, Backup backup, BackupReturn back) {
    this.jobs = jobs;
    this.backup = backup;
    this.back = back;
  }

  @Override
  public boolean rehearses(String method, String path) {
    return method.equals("POST") && (path.equals(PATH) || path.equals(ROOT + "/restore"));
  }

  @Override
  public Set<String> parameters(String path) {
    return switch (path) {
      case PATH -> Set.of("to", "keep", "prune", "verify");
      case ROOT + "/restore" -> Set.of("from", "generation");
      default -> Set.of();
    };
  }

  @Override
  public boolean handle(String path, Request request, Response response) throws IOException {
    if (path.equals(ROOT + "/restore")) {
      JobView.handle(jobs, Jobs.Kind.RESTORE, request, response, () -> bringingBack(request));
      return true;
    }
    if (!path.equals(PATH)) {
      return false;
    }
    JobView.handle(jobs, Jobs.Kind.BACKUP, request, response, () -> work(request));
    return true;
  }

  private Jobs.Work bringingBack(Request request) {
    BackupReturn.Plan plan =
        new BackupReturn.Plan(
            Parameters.directory(request, "from"),
            request.query("generation"),
            Parameters.dryRun(request) ? BackupReturn.Mode.DRY : BackupReturn.Mode.BRING_BACK);
    return progress -> back.run(plan, progress);
  }

  private Jobs.Work work(Request request) {
    Path directory = Parameters.directory(request, "to");
    long keep = request.query("keep").map(text -> Parameters.number("keep", text)).orElse(0L);
    if (keep < 0 || keep > GENERATIONS_MAX) {
      throw new JobRefused("keep is %d; it must be 0 (all) to %d".formatted(keep, GENERATIONS_MAX));
    }
    Backup.Plan plan =
        new Backup.Plan(
            directory,
            Parameters.dryRun(request) ? Backup.Mode.DRY : Backup.Mode.BACK_UP,
            (int) keep,
            Parameters.flag(request, "verify") ? Backup.Present.VERIFIED : Backup.Present.TRUSTED,
            Parameters.flag(request, "prune") ? Backup.Unneeded.REMOVED : Backup.Unneeded.STAYS);
    return progress -> backup.run(plan, progress);
  }
}
