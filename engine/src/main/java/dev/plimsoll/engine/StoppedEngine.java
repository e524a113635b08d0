package dev.plimsoll.engine;

import dev.plimsoll.content.FileContentStore;
import dev.plimsoll.content.LocalDisk;
import dev.plimsoll.database.Database;
import dev.plimsoll.database.DatabaseCopies;
import dev.plimsoll.database.DatabaseFile;
import dev.plimsoll.engine.check.DatabaseInspection;
import dev.plimsoll.engine.check.Finding.Kind;
import dev.plimsoll.engine.check.Finding.Outcome;
import dev.plimsoll.engine.check.Findings;
import dev.plimsoll.engine.check.Inspection;
import dev.plimsoll.engine.check.Inspection.Mode;
import dev.plimsoll.engine.container.ContainerInspection;
import dev.plimsoll.engine.event.Events;
import dev.plimsoll.engine.image.ImageInspection;
import dev.plimsoll.engine.image.ImageStore;
import dev.plimsoll.engine.layer.Layers;
import dev.plimsoll.engine.volume.VolumeInspection;
import dev.plimsoll.foundation.DataDirectoryLock;
import dev.plimsoll.linux.Directory;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * The data directory of an engine that does not run, for {@code plimsoll engine check}. Holds the
 * directory's lock until it is closed, so that no engine starts meanwhile. Its containers may run.
 */
public final class StoppedEngine implements AutoCloseable {
  private static final int LAYERS_AT_ONCE = 1;

  private final EngineSettings settings;
  private final StoredDatabase stored;
  private final InstantSource clock = InstantSource.system();
  private final DataDirectoryLock lock;

  private StoppedEngine(EngineSettings settings, DataDirectoryLock lock) {
    this.settings = settings;
    this.stored = StoredDatabase.in(settings.root());
    this.lock = lock;
  }

  /**
   * Takes the directory.
   *
   * @throws IOException with a sentence if an engine runs on it, or if there never was one
   */
  public static StoppedEngine open(EngineSettings settings) throws IOException {
    if (!Files.isDirectory(settings.root())) {
      throw new IOException(
          "%s is no engine's data directory: it has no engine/".formatted(settings.data()));
    }
    return new StoppedEngine(settings, DataDirectoryLock.acquire(settings.root()));
  }

  /** Looks through everything, and mends what can be mended. */
  public Findings check(Mode mode) throws IOException, InterruptedException {
    Optional<String> problem = problem();
    if (problem.isPresent()) {
      var findings = new Findings();
      findings.add(
          Kind.DATABASE,
          stored.file().toString(),
          "%s; %s".formatted(problem.get(), stored.advice()),
          Outcome.DAMAGED);
      return findings;
    }
    try (Opened opened = open(stored.file())) {
      return Findings.of(opened.inspections, mode);
    }
  }

  /** What is wrong with the database; one that was never made is not wrong. */
  private Optional<String> problem() throws IOException {
    return !Files.exists(stored.file()) && !stored.holdsSomething()
        ? Optional.empty()
        : DatabaseFile.problem(stored.file());
  }

  /**
   * Makes a lost or damaged database anew: from its newest copy that is whole, and from what layers,
   * images, containers and volumes say of themselves. The damaged one is kept beside it. Without
   * {@link Mode#MEND} the new one is thrown away, so that only the findings are left. A database that
   * is whole is left alone, and looked through as {@link #check} does.
   */
  public Findings rebuild(Mode mode) throws IOException, InterruptedException {
    Optional<String> problem = problem();
    if (problem.isEmpty()) {
      return check(mode);
    }
    Path draft = stored.root().resolve("db/rebuilding");
    remove(draft);
    Files.createDirectories(draft);
    Path file = draft.resolve("engine.db");
    var findings = new Findings();
    Optional<Path> copy = newestCopy();
    if (copy.isPresent()) {
      Files.copy(copy.get(), file);
    }
    findings.add(
        Kind.DATABASE,
        stored.file().toString(),
        "%s; made anew from %s"
            .formatted(
                problem.get(),
                copy.map(c -> "the copy " + c.getFileName())
                    .orElse(
                        "descriptions alone, for there is no copy: tags, networks' addresses"
                            + " and changed limits are not known")),
        Outcome.RESTORED);
    try (Opened opened = open(file)) {
      for (Inspection each : opened.inspections) {
        each.rebuild(findings);
      }
    }
    if (mode == Mode.MEND) {
      putInPlace(file);
    }
    remove(draft);
    return findings;
  }

  private Optional<Path> newestCopy() throws IOException {
    for (Path copy : DatabaseCopies.newestFirst(stored.copies())) {
      if (DatabaseFile.problem(copy).isEmpty()) {
        return Optional.of(copy);
      }
    }
    return Optional.empty();
  }

  private void putInPlace(Path made) throws IOException {
    Path directory = stored.root().resolve("db");
    Path lost = directory.resolve("lost-" + clock.instant().getEpochSecond());
    for (String end : List.of("", "-wal", "-shm")) {
      Path part = Path.of(stored.file() + end);
      if (Files.exists(part)) {
        Files.createDirectories(lost);
        Files.move(part, lost.resolve(part.getFileName()), StandardCopyOption.REPLACE_EXISTING);
      }
    }
    Files.move(made, stored.file(), StandardCopyOption.ATOMIC_MOVE);
    try (Directory opened = Directory.open(directory)) {
      opened.sync();
    }
  }

  private static void remove(Path directory) throws IOException {
    if (Files.isDirectory(directory)) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
        for (Path file : files) {
          Files.delete(file);
        }
      }
      Files.delete(directory);
    }
  }

  /** Everything, opened as it is. */
  private record Opened(Database database, Layers layers, List<Inspection> inspections)
      implements AutoCloseable {
    @Override
    public void close() throws IOException {
      layers.close();
      database.close();
    }
  }

  private Opened open(Path file) throws IOException {
    Path root = stored.root();
    Database database = Database.open(file, StoredDatabase.MIGRATIONS);
    try {
      Layers layers = Layers.openAsTheyAre(root.resolve("layers"), database, clock, LAYERS_AT_ONCE);
      ImageStore images =
          ImageStore.openAsTheyAre(
              root.resolve("images"),
              database,
              FileContentStore.open(root.resolve("content"), new LocalDisk()),
              layers,
              new Events(clock),
              clock);
      return new Opened(database, layers, inspections(settings, database, images, clock));
    } catch (IOException | RuntimeException e) {
      database.close();
      throw e;
    }
  }

  /** Those of an engine, whether it runs or not; each leans on those before it. */
  static List<Inspection> inspections(
      EngineSettings settings, Database database, ImageStore images, InstantSource clock)
      throws IOException {
    Path root = settings.root();
    var volumes = new VolumeInspection(root.resolve("volumes"), database, clock);
    return List.of(
        new DatabaseInspection(database),
        new ImageInspection(images),
        volumes,
        new ContainerInspection(
            root.resolve("containers"), settings.run(), database, images, volumes));
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }
}
