package dev.plimsoll.engine;

import dev.plimsoll.content.DurableFile;
import dev.plimsoll.content.FileContentStore;
import dev.plimsoll.content.LocalDisk;
import dev.plimsoll.database.Database;
import dev.plimsoll.engine.container.ContainerPlaces;
import dev.plimsoll.engine.container.Containers;
import dev.plimsoll.engine.event.Events;
import dev.plimsoll.engine.image.ImageStore;
import dev.plimsoll.engine.image.LayerHealing;
import dev.plimsoll.engine.layer.LayerLimits;
import dev.plimsoll.engine.layer.Layers;
import dev.plimsoll.engine.network.BridgeNetworks;
import dev.plimsoll.engine.network.BridgeSettings;
import dev.plimsoll.engine.network.ContainerNetworks;
import dev.plimsoll.engine.network.LocalNetworks;
import dev.plimsoll.engine.runtime.OciRuntime;
import dev.plimsoll.engine.runtime.RuntimeProbe;
import dev.plimsoll.engine.volume.Volumes;
import dev.plimsoll.foundation.DataDirectoryLock;
import dev.plimsoll.linux.MountTable;
import dev.plimsoll.linux.Processes;
import dev.plimsoll.transfer.Registries;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The parts of one engine below its API, opened in the order in which they need each other. Opening
 * is recovery: each part finishes what a crash has left of it.
 *
 * @param bridge the default network, empty where this machine does not allow one
 */
record EngineParts(
    DurableFile files,
    Database database,
    Events events,
    Volumes volumes,
    ImageStore images,
    Registries registries,
    Optional<BridgeNetworks> bridge,
    OciRuntime runtime,
    Containers containers,
    InstantSource clock,
    Closers closers)
    implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(EngineParts.class);

  /** One keeps a core and a disk busy; a machine of many cores gains by more. */
  private static final int LAYERS_AT_ONCE =
      Math.clamp(Runtime.getRuntime().availableProcessors(), 2, 8);

  /** What has been opened, closed the other way round. */
  static final class Closers implements AutoCloseable {
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    <T extends AutoCloseable> T add(T part) {
      opened.push(part);
      return part;
    }

    @Override
    public void close() throws IOException {
      IOException failure = new IOException("closing the engine");
      while (!opened.isEmpty()) {
        try {
          opened.pop().close();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt(); // the rest still has to be closed
        } catch (Exception e) {
          failure.addSuppressed(e);
        }
      }
      if (failure.getSuppressed().length > 0) {
        throw failure;
      }
    }
  }

  /** Opens everything; after a failure nothing stays open. */
  static EngineParts open(EngineSettings settings) throws IOException, InterruptedException {
    Closers closers = new Closers();
    try {
      return open(settings, closers);
    } catch (IOException | InterruptedException | RuntimeException e) {
      try {
        closers.close();
      } catch (IOException secondary) {
        e.addSuppressed(secondary);
      }
      throw e;
    }
  }

  private static EngineParts open(EngineSettings settings, Closers closers)
      throws IOException, InterruptedException {
    var clock = InstantSource.system();
    var installation = Installation.of(settings.data());
    Path root = settings.root();
    closers.add(DataDirectoryLock.acquire(root));
    // A user of this machine who can walk in here could run a container's setuid programs.
    Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwx--x---"));
    Files.createDirectories(settings.run());
    // Before anything is recovered: an engine that cannot run containers should touch none.
    OciRuntime runtime = runtime(settings.run(), installation);
    Path conmon = conmon();

    var files = new DurableFile(new LocalDisk());
    files.removeDrafts(root);
    var database = closers.add(StoredDatabase.in(root).open());
    closers.add(DatabaseCopying.start(database, root, clock));
    var events = new Events(clock);
    Volumes volumes = Volumes.open(root.resolve("volumes"), database, events, clock);
    Layers layers =
        closers.add(
            Layers.open(
                root.resolve("layers"),
                database,
                LayerLimits.DEFAULT,
                clock,
                LAYERS_AT_ONCE,
                EngineParts::isMounted));
    // Images ask who uses them, and containers are made from images: the users come later.
    var users = new LateUsers();
    ImageStore images =
        ImageStore.open(
            root.resolve("images"),
            database,
            FileContentStore.open(root.resolve("content"), new LocalDisk()),
            layers,
            events,
            users,
            clock);
    Registries registries = closers.add(new Registries(settings.registries()));
    Optional<BridgeNetworks> bridge = bridge(settings, installation, database, files);
    bridge.ifPresent(closers::add);
    Containers containers =
        Containers.open(
            new ContainerPlaces(
                root.resolve("containers"), settings.run(), installation.cgroupParent(), conmon),
            database,
            images,
            volumes,
            bridge.<ContainerNetworks>map(network -> network).orElseGet(LocalNetworks::new),
            events,
            runtime,
            settings.logs(),
            clock);
    closers.add(() -> {
      containers.close();
      HostTraces.removeUnlessNeeded(containers, bridge, installation);
    });
    users.set(containers);
    images.collectAfterStart();
    String boot = Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
    closers.add(LayerHealing.start(images, root.resolve("layers-verified-boot"), boot));
    return new EngineParts(
        files,
        database,
        events,
        volumes,
        images,
        registries,
        bridge,
        runtime,
        containers,
        clock,
        closers);
  }

  private static OciRuntime runtime(Path run, Installation installation)
      throws IOException, InterruptedException {
    RuntimeProbe.Found found = RuntimeProbe.find(run, installation.cgroupParent());
    return found
        .runtime()
        .orElseThrow(() ->
            new IOException(
                "no container runtime works here: %s. Install one: apt-get install crun runc"
                    .formatted(
                        found.refused().entrySet().stream()
                            .map(refused -> refused.getKey() + ": " + refused.getValue())
                            .collect(Collectors.joining("; ")))));
  }

  private static Path conmon() throws IOException {
    return Processes.find("conmon")
        .orElseThrow(() ->
            new IOException(
                "conmon, which watches over each container, is not installed: apt-get install"
                    + " conmon"));
  }

  /** Without a bridge containers still run, with {@code --network none} or {@code host}. */
  private static Optional<BridgeNetworks> bridge(
      EngineSettings settings, Installation installation, Database database, DurableFile files) {
    try {
      return Optional.of(
          BridgeNetworks.open(
              BridgeSettings.named(
                  installation.suffix(),
                  settings.subnet(),
                  settings.foreignFirewall(),
                  settings.run()),
              settings.root().resolve("networks"),
              database,
              files));
    } catch (IOException | RuntimeException e) {
      log.error("default network not available: only --network none and host are", e);
      return Optional.empty();
    }
  }

  private static boolean isMounted(Path directory) {
    try {
      String wanted = directory.toString();
      return MountTable.read().entries().stream()
          .anyMatch(mount ->
              mount.superOptions().stream()
                  .filter(option -> option.startsWith("lowerdir"))
                  .flatMap(option -> List.of(option.replaceFirst("[^=]*=", "").split(":")).stream())
                  .anyMatch(wanted::equals));
    } catch (IOException e) {
      return true; // not known, so left alone
    }
  }

  @Override
  public void close() throws IOException {
    closers.close();
  }
}
