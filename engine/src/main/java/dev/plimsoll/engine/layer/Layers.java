package dev.plimsoll.engine.layer;

import dev.plimsoll.database.Database;
import dev.plimsoll.engine.layer.LayerDirectories.Staged;
import dev.plimsoll.engine.layer.LayerUnpacker.Unpacked;
import dev.plimsoll.engine.layer.UnpackTree.Missing;
import dev.plimsoll.foundation.NoSpaceException;
import dev.plimsoll.foundation.thread.PlatformThreads;
import dev.plimsoll.linux.Directory;
import dev.plimsoll.oci.Digest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The unpacked layers of this machine. Safe for many threads, virtual ones too: unpacking runs on
 * platform threads of its own, {@code layersAtOnce} at a time.
 */
public final class Layers implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Layers.class);

  private final LayerDirectories directories;
  private final Database database;
  private final LayerLimits limits;
  private final InstantSource clock;
  private final PlatformThreads unpacking;
  private final ExecutorService decoding;
  private final ExecutorService cleaning =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("layer-trash").factory());
  private final ConcurrentHashMap<Digest, ReentrantLock> locks = new ConcurrentHashMap<>();

  private Layers(
      LayerDirectories directories,
      Database database,
      LayerLimits limits,
      InstantSource clock,
      int layersAtOnce) {
    this.directories = directories;
    this.database = database;
    this.limits = limits;
    this.clock = clock;
    this.unpacking = new PlatformThreads("layer-unpack", layersAtOnce);
    this.decoding =
        Executors.newFixedThreadPool(
            layersAtOnce, Thread.ofPlatform().daemon().name("layer-decode-", 1).factory());
  }

  /**
   * Opens the layers in {@code root}, or makes the place for them, and takes away what a crash has
   * left: staging, and directories that no row names.
   *
   * @param layersAtOnce how many are unpacked side by side; each keeps two threads busy
   * @param mounted whether a directory is part of a mount right now; such ones are left alone
   */
  public static Layers open(
      Path root,
      Database database,
      LayerLimits limits,
      InstantSource clock,
      int layersAtOnce,
      Predicate<Path> mounted)
      throws IOException {
    LayerDirectories directories = LayerDirectories.open(root.toAbsolutePath());
    Layers layers = new Layers(directories, database, limits, clock, layersAtOnce);
    layers.recover(mounted);
    return layers;
  }

  /** Opens the layers as they are: nothing is taken away. For looking through them. */
  public static Layers openAsTheyAre(
      Path root, Database database, InstantSource clock, int layersAtOnce) throws IOException {
    return new Layers(
        LayerDirectories.open(root.toAbsolutePath()),
        database,
        LayerLimits.DEFAULT,
        clock,
        layersAtOnce);
  }

  private void recover(Predicate<Path> mounted) throws IOException {
    directories.clearStaging();
    Set<String> known = new HashSet<>();
    database.read(LayerRows::all).forEach(layer -> known.add(layer.directory()));
    List<String> strangers =
        directories.names().stream().filter(name -> !known.contains(name)).toList();
    if (known.isEmpty() && !strangers.isEmpty()) {
      // Every directory a stranger: more likely the database was lost than that all are left-overs.
      log.warn("layers without rows left alone count={}", strangers.size());
    } else {
      for (String name : strangers) {
        if (!mounted.test(directories.fs(name))) {
          directories.trash(name);
        }
      }
    }
    emptyTrash();
  }

  /** The whole layer of that id, if it is here. */
  public Optional<Layer> find(Digest id) throws IOException {
    return database.read(handle -> LayerRows.find(handle, id));
  }

  /** What overlayfs mounts as one lower directory. */
  public Path path(Layer layer) {
    return directories.fs(layer.directory());
  }

  /** The lower directory of an image that has no layers: overlayfs wants one. Nothing is in it. */
  public Path empty() {
    return directories.empty();
  }

  /**
   * A layer that is here, kept from now on for {@code holder}: nothing takes it away until the
   * lease is given back or 24 hours have passed.
   */
  Optional<Layer> take(Digest id, String holder) throws IOException {
    Optional<Layer> found = find(id);
    if (found.isEmpty()) {
      return found;
    }
    return database.write(handle -> {
      Optional<Layer> still = LayerRows.find(handle, id);
      still.ifPresent(layer -> LayerRows.lease(handle, holder, id, clock.instant()));
      return still;
    });
  }

  /**
   * Unpacks an archive under the id it gets, unless it is here by now; two at a time for one id
   * share the work.
   *
   * @param below the directories of the layers below, the topmost first
   * @throws LeansOnLowerException if it leans and {@code missing} says to give up
   * @throws LayerFormatException if the bytes are no layer or not the one of that diffID
   */
  Layer unpack(
      Digest id,
      Digest diffId,
      LayerSource source,
      List<Path> below,
      Missing missing,
      String holder)
      throws IOException, InterruptedException {
    ReentrantLock lock = locks.computeIfAbsent(id, _ -> new ReentrantLock());
    lock.lockInterruptibly();
    try {
      Optional<Layer> here = take(id, holder);
      if (here.isPresent()) {
        return here.get();
      }
      return unpacking.call(() -> unpackNow(id, diffId, source, below, missing, holder));
    } finally {
      lock.unlock();
      if (!lock.hasQueuedThreads()) {
        locks.remove(id, lock);
      }
    }
  }

  private Layer unpackNow(
      Digest id,
      Digest diffId,
      LayerSource source,
      List<Path> below,
      Missing missing,
      String holder)
      throws IOException {
    Staged staged = directories.stage(id);
    try {
      Unpacked unpacked = fill(staged, diffId, source, below, missing);
      Layer layer =
          new Layer(
              id,
              diffId,
              staged.name(),
              unpacked.total().entries(),
              unpacked.total().bytes(),
              unpacked.total().sum(),
              unpacked.leans(),
              unpacked.rootListed());
      directories.publish(staged, layer);
      // The row only after the directory. A crash between the two leaves a directory that nobody
      // names, and the next start takes it away.
      database.write(handle -> {
        LayerRows.put(handle, layer, clock.instant());
        LayerRows.lease(handle, holder, id, clock.instant());
        return layer;
      });
      log.info(
          "layer unpacked id={} directory={} entries={} bytes={}",
          id,
          layer.directory(),
          layer.entries(),
          layer.sizeBytes());
      return layer;
    } catch (IOException e) {
      discard(staged, e);
      throw NoSpaceException.orElse(e, staged.path());
    } catch (RuntimeException e) {
      discard(staged, e);
      throw e;
    }
  }

  private Unpacked fill(
      Staged staged, Digest diffId, LayerSource source, List<Path> below, Missing missing)
      throws IOException {
    try (DecodedLayer archive = DecodedLayer.start(source, decoding);
        Directory root = Directory.open(staged.fs());
        LowerLayers lower = LowerLayers.open(below);
        LayerUnpacker unpacker = new LayerUnpacker(root, lower, missing, limits)) {
      Unpacked unpacked = unpacker.unpack(archive);
      Digest received = archive.digest();
      if (!received.equals(diffId)) {
        throw new LayerFormatException(
            "layer verification failed: promised %s, received %s".formatted(diffId, received));
      }
      return unpacked;
    }
  }

  private void discard(Staged staged, Exception cause) {
    try {
      directories.discard(staged);
    } catch (IOException secondary) {
      cause.addSuppressed(secondary); // the next start clears staging
    }
  }

  /**
   * Deletes the layers that no image has and no lease holds: rows first, directories out of the way
   * next, bytes in the background. Returns how many bytes that frees.
   */
  public long collect() throws IOException {
    List<Layer> gone = database.free(handle -> LayerRows.takeUnreferenced(handle, clock.instant()));
    for (Layer layer : gone) {
      directories.trash(layer.directory());
      log.info("layer removed id={} directory={}", layer.id(), layer.directory());
    }
    if (!gone.isEmpty()) {
      emptyTrash();
    }
    return gone.stream().mapToLong(Layer::sizeBytes).sum();
  }

  private void emptyTrash() {
    cleaning.execute(() -> {
      try {
        directories.emptyTrash();
      } catch (IOException e) {
        log.warn("trash of layers not emptied, tried again later cause={}", e.getMessage());
      }
    });
  }

  /**
   * Whether a layer's directory still holds the names and the bytes it was committed with. Contents
   * are read with {@link Depth#CONTENT}, lengths suffice for what a power cut tears.
   */
  public enum Depth {
    LENGTHS,
    CONTENT
  }

  /** Looks a layer through; one that is not whole is marked, and made anew by the next unpack. */
  public boolean verify(Layer layer, Depth depth) throws IOException, InterruptedException {
    boolean whole = unpacking.call(() -> LayerCheck.whole(layer, path(layer), depth));
    database.write(handle -> {
      if (!whole) {
        LayerRows.damaged(handle, layer);
      } else if (depth == Depth.CONTENT) {
        LayerRows.verified(handle, layer, clock.instant());
      }
      return whole;
    });
    if (!whole) {
      log.warn("layer damaged id={} directory={}", layer.id(), layer.directory());
    }
    return whole;
  }

  /** Whether the layer's content is what was committed; it is not marked if not. */
  public boolean whole(Layer layer) throws IOException, InterruptedException {
    return unpacking.call(() -> LayerCheck.whole(layer, path(layer), Depth.CONTENT));
  }

  /** Every layer that has a row, also those that are marked as damaged. */
  public List<Layer> all() throws IOException {
    return database.read(LayerRows::all);
  }

  /** The directories that no row names. */
  public List<String> strangers() throws IOException {
    Set<String> known = new HashSet<>();
    all().forEach(layer -> known.add(layer.directory()));
    return directories.names().stream().filter(name -> !known.contains(name)).toList();
  }

  /**
   * Gives a directory that no row names its row again, from its own description: empty if it has none
   * that can be read, if its content is not what that says, or if a row has its layer already.
   */
  public Optional<Layer> takeUp(String directory) throws IOException, InterruptedException {
    Optional<Layer> described = directories.describe(directory);
    if (described.isEmpty() || !whole(described.get())) {
      return Optional.empty();
    }
    Layer layer = described.get();
    return database.write(handle -> {
      if (LayerRows.find(handle, layer.id()).isPresent()) {
        return Optional.empty();
      }
      LayerRows.put(handle, layer, clock.instant());
      return described;
    });
  }

  /** The newest layers whose content was not looked through since they were committed. */
  public List<Layer> unverified(int max) throws IOException {
    return database.read(handle -> LayerRows.unverified(handle, max));
  }

  /** Ends the threads; what is being unpacked is finished first. */
  @Override
  public void close() {
    unpacking.close();
    decoding.close();
    cleaning.close();
  }
}
