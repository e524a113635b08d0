package dev.plimsoll.engine.report;

import dev.plimsoll.engine.image.Image;
import dev.plimsoll.engine.image.ImageStore;
import dev.plimsoll.engine.image.ImageUsers;
import dev.plimsoll.transfer.Credentials;
import dev.plimsoll.transfer.DeployedReport;
import dev.plimsoll.transfer.DeployedReport.Use;
import dev.plimsoll.transfer.Registries;
import dev.plimsoll.transfer.TransferException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports every so often, and within seconds of a change: the images of containers that run, and of
 * those that could be started again.
 */
public final class DeployedReports implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(DeployedReports.class);
  private static final Duration LOOK_EVERY_MAX = Duration.ofSeconds(5);

  private final ReportSettings settings;
  private final URI registry;
  private final ImageStore images;
  private final ImageUsers users;
  private final Registries registries;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final Thread thread;
  private byte[] told = new byte[0]; // of the thread, as all below
  private List<String> toldInTrash = List.of();
  private long toldAtNanos;
  private boolean failing;

  private DeployedReports(
      ReportSettings settings,
      URI registry,
      ImageStore images,
      ImageUsers users,
      Registries registries) {
    this.settings = settings;
    this.registry = registry;
    this.images = images;
    this.users = users;
    this.registries = registries;
    this.thread = Thread.ofVirtual().name("engine-report").unstarted(this::turns);
  }

  /** Begins to report, where a registry is named. */
  public static Optional<DeployedReports> start(
      ReportSettings settings, ImageStore images, ImageUsers users, Registries registries) {
    Optional<DeployedReports> reports =
        settings
            .registry()
            .map(registry -> new DeployedReports(settings, registry, images, users, registries));
    reports.ifPresent(r -> r.thread.start());
    return reports;
  }

  private void turns() {
    Duration look =
        settings.every().compareTo(LOOK_EVERY_MAX) < 0 ? settings.every() : LOOK_EVERY_MAX;
    try {
      do {
        turn();
      } while (!stopping.await(look.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void turn() throws InterruptedException {
    try {
      DeployedReport report = report();
      byte[] said = report.json();
      long now = System.nanoTime();
      if (Arrays.equals(said, told) && now - toldAtNanos < settings.every().toNanos()) {
        return;
      }
      List<String> inTrash = registries.report(registry, name(), report, credentials());
      if (!inTrash.isEmpty() && !inTrash.equals(toldInTrash)) {
        log.warn(
            "deployed images are in the registry's trash and cannot be pulled registry={} images={};"
                + " plimsoll registry restore brings them back",
            registry,
            inTrash);
      }
      toldInTrash = inTrash;
      if (failing || !Arrays.equals(said, told)) {
        log.info("deployed images reported registry={} images={}", registry, report.size());
      }
      told = said;
      toldAtNanos = now;
      failing = false;
    } catch (IOException | TransferException | IllegalArgumentException e) {
      if (!failing) {
        log.warn(
            "deployed images not reported registry={} reason={}; it is tried again until it works",
            registry,
            e.getMessage());
      }
      failing = true;
    }
  }

  private DeployedReport report() throws IOException {
    DeployedReport report = new DeployedReport(registry);
    for (Image image : images.all()) {
      List<ImageUsers.User> containers = users.containersUsing(image.id());
      if (!containers.isEmpty()) {
        boolean running =
            containers.stream().anyMatch(c -> c.state() == ImageUsers.User.State.RUNNING);
        report.add(image.digests(), running ? Use.RUNNING : Use.ROLLBACK);
      }
    }
    return report;
  }

  private String name() throws UnknownHostException {
    return settings.name().isEmpty()
        ? DeployedReport.reporterName(InetAddress.getLocalHost().getHostName())
        : settings.name();
  }

  /** Read each time, so that a password can be changed without a restart. */
  private Credentials credentials() throws IOException {
    if (settings.credentials().isEmpty()) {
      return Credentials.anonymous();
    }
    Path file = settings.credentials().get();
    String text = Files.readString(file).strip();
    int colon = text.indexOf(':');
    if (colon < 1) {
      throw new IOException("%s must hold user:password".formatted(file));
    }
    return new Credentials.Password(text.substring(0, colon), text.substring(colon + 1));
  }

  @Override
  public void close() {
    stopping.countDown();
    thread.interrupt();
  }
}
