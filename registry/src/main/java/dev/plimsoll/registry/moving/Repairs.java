package dev.plimsoll.registry.moving;

import dev.plimsoll.foundation.Durations;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.registry.check.RepairSource;
import dev.plimsoll.registry.job.Progress;
import dev.plimsoll.registry.mirror.Mirrors;
import dev.plimsoll.registry.repository.RegistryException.UpstreamBusy;
import dev.plimsoll.transfer.Pause;
import dev.plimsoll.transfer.RegistrySettings;
import java.io.IOException;
import java.time.InstantSource;

/** Opens what a check repairs from, for as long as it runs. */
public final class Repairs {
  private final Newcomer newcomer;
  private final Mirrors mirrors;
  private final RegistrySettings settings;
  private final InstantSource clock;

  public Repairs(
      Newcomer newcomer, Mirrors mirrors, RegistrySettings settings, InstantSource clock) {
    this.newcomer = newcomer;
    this.mirrors = mirrors;
    this.settings = settings;
    this.clock = clock;
  }

  /** A check that can be repaired from somewhere. */
  public interface Checking {
    void run(RepairSource source) throws IOException, InterruptedException;
  }

  /**
   * Repairs from a second registry, which has our repositories under their names.
   *
   * @throws IOException with a sentence if it cannot be reached; nothing was checked then
   */
  public void from(
      RegistryLogin login, RepairSource.Mode mode, Progress progress, Checking checking)
      throws IOException, InterruptedException {
    try (OtherRegistry other = OtherRegistry.open(login, settings, clock, progress);
        Repair repair = new Repair(newcomer, other::origin, mode, progress)) {
      checking.run(repair);
    }
  }

  /** Repairs what mirrors show from their upstreams, and nothing else. */
  public void fromMirrors(RepairSource.Mode mode, Progress progress, Checking checking)
      throws IOException, InterruptedException {
    Pause pause = OtherRegistry.pause(progress);
    Repair.Places upstreams = repository -> origin(repository, pause);
    try (Repair repair = new Repair(newcomer, upstreams, mode, progress)) {
      checking.run(repair);
    }
  }

  private Origin origin(RepositoryName repository, Pause pause) throws IOException {
    try {
      return mirrors
          .shown(repository)
          .map(shown -> new Origin(shown.remote().patient(pause), shown.name(), shown.place()))
          .orElseThrow(() ->
              new IOException("no mirror shows it; name a registry that has it with --from URL"));
    } catch (UpstreamBusy e) {
      throw new IOException(
          "%s; repair again when the %s that are left of it are over"
              .formatted(e.getMessage(), Durations.format(e.pause())),
          e);
    }
  }
}
