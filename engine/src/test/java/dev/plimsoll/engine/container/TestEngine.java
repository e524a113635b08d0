package dev.plimsoll.engine.container;

import dev.plimsoll.database.Database;
import dev.plimsoll.engine.event.Events;
import dev.plimsoll.engine.network.LocalNetworks;
import dev.plimsoll.engine.runtime.RuntimeProbe;
import dev.plimsoll.engine.volume.Volumes;
import dev.plimsoll.linux.Command;
import dev.plimsoll.linux.MountTable;
import dev.plimsoll.linux.Mounts;
import dev.plimsoll.linux.Processes;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/**
 * The containers of an engine without its sockets: real runtime, conmon and overlay mounts below one
 * directory, and one image. {@link #restart} is what a new engine does; {@link #close} leaves
 * nothing on the host.
 */
public final class TestEngine implements AutoCloseable {
  static final LogLimits LOGS = new LogLimits(20_000, 3);

  public final Path root;
  public final Path run;
  final String cgroupParent;
  final BusyboxImages images;
  public final Events events = new Events(InstantSource.system());
  Database database;
  Volumes volumes;
  public Containers containers;

  public TestEngine(Path root) throws IOException, InterruptedException {
    this.root = root;
    this.run = Files.createTempDirectory(Path.of("/run"), "pl");
    this.cgroupParent = "/plimsoll-test-" + run.getFileName();
    this.images = new BusyboxImages(root.resolve("image"));
    open();
  }

  private void open() throws IOException, InterruptedException {
    Files.createDirectories(root.resolve("db"));
    database = Database.open(root.resolve("db/engine.db"), "db/engine");
    volumes = Volumes.open(root.resolve("volumes"), database, events, InstantSource.system());
    var found = RuntimeProbe.find(run, cgroupParent);
    containers =
        Containers.open(
            new ContainerPlaces(
                root.resolve("containers"),
                run,
                cgroupParent,
                Processes.find("conmon").orElseThrow()),
            database,
            images,
            volumes,
            new LocalNetworks(),
            events,
            found
                .runtime()
                .orElseThrow(() -> new AssertionError("no runtime works: " + found.refused())),
            LOGS,
            InstantSource.system());
  }

  /** What happens while no engine is there. */
  interface Meanwhile {
    void happen() throws IOException;
  }

  /** The engine goes and another comes; the containers stay. */
  void restart(Meanwhile meanwhile) throws IOException, InterruptedException {
    containers.close();
    database.close();
    meanwhile.happen();
    open();
  }

  @Override
  public void close() throws IOException {
    try {
      takeAway();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("taking the engine away", e);
    }
  }

  private void takeAway() throws IOException, InterruptedException {
    for (Container container : containers.all()) {
      containers.remove(container, Containers.Force.YES, Containers.Volume.REMOVE_ANONYMOUS);
    }
    containers.close();
    database.close();
    for (MountTable.Entry entry : MountTable.read().below(root).reversed()) {
      Mounts.release(Path.of(entry.target().toString()));
    }
    removeCgroups();
    Processes.run(
        Command.of(Processes.find("rm").orElseThrow(), "-rf", run.toString()),
        Duration.ofSeconds(20));
  }

  private void removeCgroups() throws IOException {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> hierarchies =
        Files.newDirectoryStream(Path.of("/sys/fs/cgroup"), Files::isDirectory)) {
      for (Path hierarchy : hierarchies) {
        found.add(hierarchy.resolve(cgroupParent.substring(1)));
      }
    }
    for (Path cgroup : found) {
      Files.deleteIfExists(cgroup);
    }
  }
}
