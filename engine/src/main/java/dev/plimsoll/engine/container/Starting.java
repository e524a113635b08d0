package dev.plimsoll.engine.container;

import dev.plimsoll.engine.image.ImageId;
import dev.plimsoll.engine.network.NetworkSandbox;
import dev.plimsoll.engine.refusal.EngineException;
import dev.plimsoll.engine.runtime.Bundle;
import dev.plimsoll.engine.runtime.ConmonRequest;
import dev.plimsoll.engine.runtime.HostProcess;
import dev.plimsoll.engine.runtime.RuntimeFailure;
import dev.plimsoll.engine.runtime.SpecMount;
import dev.plimsoll.linux.Mounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings a container to life. Callers hold its lock. */
final class Starting {
  private static final Logger log = LoggerFactory.getLogger(Starting.class);

  private final ContainerParts parts;
  private final RootFilesystem filesystem;
  private final ContainerMounts mounts;
  private final BundleWriter bundles;
  private final Attachments attachments;
  private final CleanUp cleanUp;
  private final Healthchecks health;

  Starting(
      ContainerParts parts,
      RootFilesystem filesystem,
      ContainerMounts mounts,
      Attachments attachments,
      CleanUp cleanUp,
      Healthchecks health) {
    this.health = health;
    this.parts = parts;
    this.filesystem = filesystem;
    this.mounts = mounts;
    this.bundles = new BundleWriter(parts.facts(), parts.cgroupParent());
    this.attachments = attachments;
    this.cleanUp = cleanUp;
  }

  /**
   * Starts a container that does not run. After a failure it is where it was, with the reason and an
   * exit code noted as dockerd does, and nothing of the attempt is left.
   *
   * @throws EngineException in dockerd's words
   */
  void start(Container container) throws IOException, InterruptedException {
    ContainerSnapshot before = container.snapshot();
    try {
      Started started = attempt(before);
      var running = new ContainerState.Running(started.process(), parts.clock().instant());
      ContainerSnapshot after = container.update(s -> s.started(running, started.sandbox()));
      parts.rows().saveState(after);
      parts.images().markUsed(ImageId.parse(after.settings().image()));
      log.info("container started id={} name={}", after.id(), after.name());
      parts.publishNetworks(after, "connect");
      parts.publish(after, "start");
      health.begin(container);
    } catch (IOException | InterruptedException | RuntimeException e) {
      failed(container, e);
      throw refusal(before, e);
    }
  }

  private record Started(HostProcess process, NetworkSandbox sandbox) {}

  private Started attempt(ContainerSnapshot container) throws IOException, InterruptedException {
    ContainerSettings settings = container.settings();
    ContainerDirectory directory = parts.directory(settings.id());
    Bundle bundle = parts.bundle(settings.id());
    cleanUp.runtimeLeftovers(settings.id());
    Path rootfs = filesystem.mount(directory, ImageId.parse(settings.image()));
    InitFiles.add(rootfs);
    NetworkSandbox sandbox = network(container);
    List<SpecMount> prepared = mounts.prepare(settings, rootfs);
    if (settings.host().ipcMode().equals("shareable")) {
      shareMemory(settings, directory);
    }
    NetworkFiles.write(directory, settings.config().hostname(), settings.host(), sandbox);
    bundles.write(
        bundle,
        settings,
        directory,
        settings.config().hostname(),
        sandbox,
        prepared,
        name -> neighbour(name, "container %s is not running"::formatted));
    HostProcess process = parts.conmon().create(request(container, bundle, directory));
    // Listeners first: a command that ends at once has said everything before it is heard of.
    attachments.connectWaiting(settings.id(), bundle);
    parts.runtime().start(settings.id().value());
    return new Started(process, sandbox);
  }

  private static ConmonRequest request(
      ContainerSnapshot container, Bundle bundle, ContainerDirectory directory) {
    ContainerSettings settings = container.settings();
    boolean logged = !settings.host().logConfig().type().equals("none");
    return new ConmonRequest(
        settings.id().value(),
        container.name().value(),
        bundle,
        logged ? Optional.of(directory.log()) : Optional.empty(),
        settings.config().tty(),
        settings.config().openStdin(),
        // A terminal that its user leaves, by the detach keys, can be come back to.
        settings.config().tty() || !settings.config().stdinOnce());
  }

  private NetworkSandbox network(ContainerSnapshot container) throws IOException {
    String mode = container.settings().networkMode();
    if (!mode.startsWith("container:")) {
      return parts
          .networks()
          .attach(Creation.networkRequest(container.settings(), container.name()));
    }
    String other = mode.substring("container:".length());
    long pid =
        neighbour(other, id -> "cannot join network of a non running container: " + id).pid();
    return new NetworkSandbox(
        new NetworkSandbox.Namespace.At(Path.of("/proc", Long.toString(pid), "ns", "net")),
        Map.of(),
        Map.of(),
        List.of(),
        List.of());
  }

  private BundleWriter.Neighbour neighbour(String name, Function<ContainerId, String> refusal) {
    ContainerSnapshot other = parts.names().find(name).snapshot();
    ContainerState.Running running =
        other.running().orElseThrow(() -> new EngineException.Conflict(refusal.apply(other.id())));
    return new BundleWriter.Neighbour(
        running.process().pid(), parts.directory(other.id()), other.settings().host().ipcMode());
  }

  private static void shareMemory(ContainerSettings settings, ContainerDirectory directory)
      throws IOException {
    Files.createDirectories(directory.sharedMemory());
    Mounts.release(directory.sharedMemory());
    Mounts.tmpfs(
        directory.sharedMemory(),
        "mode=1777,size=" + BundleWriter.shmBytes(settings.host()),
        dev.plimsoll.linux.MountFlag.NO_SUID,
        dev.plimsoll.linux.MountFlag.NO_DEVICES,
        dev.plimsoll.linux.MountFlag.NO_EXEC);
  }

  private void failed(Container container, Exception cause) {
    try {
      cleanUp.afterEnd(container.snapshot());
    } catch (IOException | RuntimeException e) {
      cause.addSuppressed(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    int code = cause instanceof RuntimeFailure failure ? failure.exitCode() : 128;
    Instant now = parts.clock().instant();
    var ending = new Ending(code, Instant.EPOCH, now, false, message(cause));
    ContainerSnapshot after =
        container.update(s ->
            s.state() instanceof ContainerState.Created
                ? s.ended(s.state(), ending)
                : s.ended(new ContainerState.Exited(ending), ending));
    try {
      parts.rows().saveState(after);
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
    attachments.abandon(container.id());
    log.warn("container failed to start id={} cause={}", container.id(), cause.getMessage());
  }

  private static String message(Exception cause) {
    String text = String.valueOf(cause.getMessage());
    return cause instanceof RuntimeFailure
        ? "failed to create task for container: failed to create shim task: " + text
        : text;
  }

  private static RuntimeException refusal(ContainerSnapshot container, Exception cause)
      throws IOException, InterruptedException {
    switch (cause) {
      case RuntimeFailure failure ->
          throw new EngineException.BadParameter(message(failure), failure);
      case EngineException refused -> throw refused;
      case InterruptedException interrupted -> throw interrupted;
      case IOException trouble ->
          throw new IOException("starting container " + container.name(), trouble);
      case RuntimeException other -> throw other;
      default -> throw new IllegalStateException(cause);
    }
  }
}
