package dev.plimsoll.registry.moving;

import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.registry.job.Progress;
import dev.plimsoll.transfer.Pause;
import dev.plimsoll.transfer.Registries;
import dev.plimsoll.transfer.RegistryAddress;
import dev.plimsoll.transfer.RegistrySettings;
import dev.plimsoll.transfer.RemoteRegistry;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** Another registry, asked patiently on behalf of one job. Whoever opened it closes it. */
final class OtherRegistry implements AutoCloseable {
  private static final Duration WAIT_MAX = Duration.ofMinutes(15);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);

  private final Registries registries;
  private final RemoteRegistry remote;
  private final RegistryAddress address;

  private OtherRegistry(Registries registries, RemoteRegistry remote, RegistryAddress address) {
    this.registries = registries;
    this.remote = remote;
    this.address = address;
  }

  /**
   * Opens it, and tries once whether it answers: who has mistyped its name hears of it now, and not
   * after all attempts.
   *
   * @throws IOException with a sentence if it cannot be reached
   */
  static OtherRegistry open(
      RegistryLogin login, RegistrySettings settings, InstantSource clock, Progress progress)
      throws IOException, InterruptedException {
    List<String> insecure = new ArrayList<>(settings.insecureRegistries());
    if (login.proof() == RegistryLogin.Proof.ANY) {
      insecure.add(login.address().registry());
    }
    var registries = new Registries(settings.withInsecureRegistries(insecure), clock);
    try {
      RemoteRegistry remote = registries.remote(login.address(), login.credentials());
      remote.reach();
      return new OtherRegistry(registries, remote.patient(pause(progress)), login.address());
    } catch (IOException | InterruptedException | RuntimeException e) {
      registries.close();
      throw e;
    }
  }

  /** Waits as long as the registry wants, shows it, and ends the wait with the job. */
  static Pause pause(Progress progress) {
    return (wait, because) -> {
      if (wait.compareTo(WAIT_MAX) > 0) {
        throw new IOException(
            "it wants to be left alone for %s; run this again then, it goes on: %s"
                .formatted(wait, because.getMessage()),
            because);
      }
      progress.waits(wait, String.valueOf(because.getMessage()));
      long until = System.nanoTime() + wait.toNanos();
      for (long left = wait.toNanos(); left > 0; left = until - System.nanoTime()) {
        progress.goOn();
        Thread.sleep(Math.min(BETWEEN_LOOKS.toMillis(), Duration.ofNanos(left).toMillis() + 1));
      }
      progress.waits(Duration.ZERO, "");
    };
  }

  RemoteRegistry remote() {
    return remote;
  }

  RegistryAddress address() {
    return address;
  }

  Origin origin(RepositoryName here) {
    return new Origin(remote, address.there(here.value()), address.toString());
  }

  @Override
  public void close() {
    registries.close();
  }
}
