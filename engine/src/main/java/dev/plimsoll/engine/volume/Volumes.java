package dev.plimsoll.engine.volume;

import dev.plimsoll.database.Database;
import dev.plimsoll.engine.event.Event;
import dev.plimsoll.engine.event.Events;
import dev.plimsoll.engine.filter.Filters;
import dev.plimsoll.engine.refusal.EngineException.BadParameter;
import dev.plimsoll.engine.refusal.EngineException.Conflict;
import dev.plimsoll.engine.refusal.EngineException.NotFound;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The volumes of this machine. Safe for many threads.
 *
 * <p>A container {@link #acquire}s its volumes when it is created, which also makes those that do
 * not exist yet, {@link #mount}s them when it starts, {@link #unmount}s them when it ends, and
 * {@link #release}s them when it is removed. Between acquire and release a volume cannot be removed.
 */
public final class Volumes {
  private static final Logger log = LoggerFactory.getLogger(Volumes.class);
  private static final Set<String> LIST_FILTERS = Set.of("dangling", "driver", "label", "name");
  private static final Set<String> PRUNE_FILTERS = Set.of("all", "label", "label!");
  private static final int LOCKS = 64;

  private final VolumeRows rows;
  private final VolumeDirectories directories;
  private final VolumeMounts mounts;
  private final Events events;
  private final InstantSource clock;
  private final Lock[] locks = new Lock[LOCKS];

  private Volumes(
      VolumeRows rows, VolumeDirectories directories, Events events, InstantSource clock) {
    this.rows = rows;
    this.directories = directories;
    this.mounts = new VolumeMounts(directories);
    this.events = events;
    this.clock = clock;
    for (int i = 0; i < LOCKS; i++) {
      locks[i] = new ReentrantLock();
    }
  }

  /**
   * Opens the volumes under {@code root}, ends removals that were begun, and takes up whole
   * directories that have no row.
   */
  public static Volumes open(Path root, Database database, Events events, InstantSource clock)
      throws IOException {
    var volumes = new Volumes(new VolumeRows(database), new VolumeDirectories(root), events, clock);
    volumes.recover();
    return volumes;
  }

  private void recover() throws IOException {
    for (String name : rows.removing()) {
      directories.unlink(name);
      rows.endRemoval(name);
      log.info("volume removal finished after restart volume={}", name);
    }
    directories.sweepAll();
    Set<String> whole = Set.copyOf(directories.names());
    List<VolumeRows.Row> known = rows.all();
    for (VolumeRows.Row row : known) {
      if (!whole.contains(row.name())) {
        log.warn("volume directory missing, made anew and empty volume={}", row.name());
        directories.make(description(row));
      }
    }
    Set<String> names = new HashSet<>();
    known.forEach(row -> names.add(row.name()));
    for (String name : whole) {
      if (!names.contains(name)) {
        takeUp(name);
      }
    }
  }

  private static VolumeDescription description(VolumeRows.Row row) {
    return VolumeDescription.of(
        new VolumeName(row.name()), new LocalOptions(row.options()), row.labels(), row.createdAt());
  }

  private void takeUp(String name) throws IOException {
    VolumeName legal;
    try {
      legal = new VolumeName(name);
    } catch (BadParameter e) {
      log.warn("directory among the volumes left alone name={} cause={}", name, e.getMessage());
      return;
    }
    Optional<VolumeDescription> described = directories.describe(name);
    if (described.isPresent()
        && described.get().labels().containsKey(Volume.ANONYMOUS)
        && directories.isEmpty(name)) {
      directories.unlink(name);
      directories.sweepRemoved();
      log.info("half-made volume removed volume={}", name);
      return;
    }
    rows.add(
        described.orElseGet(() ->
            VolumeDescription.of(legal, new LocalOptions(Map.of()), Map.of(), clock.instant())));
    log.warn("volume without a row taken up volume={}", name);
  }

  /**
   * Makes a volume, or returns the one of that name as it is, whatever its options.
   *
   * @param name empty for a name that nobody has chosen
   * @param driver {@code local}, or empty for it
   */
  public Volume create(
      String name, String driver, Map<String, String> options, Map<String, String> labels)
      throws IOException {
    if (name.isEmpty()) {
      Map<String, String> marked = new HashMap<>(labels);
      marked.put(Volume.ANONYMOUS, "");
      return make(VolumeName.anonymous(), driver, options, marked, Optional.empty());
    }
    return make(new VolumeName(name), driver, options, labels, Optional.empty());
  }

  private Volume make(
      VolumeName name,
      String driver,
      Map<String, String> options,
      Map<String, String> labels,
      Optional<String> holder)
      throws IOException {
    if (!driver.isEmpty() && !driver.equals(Volume.DRIVER)) {
      throw new NotFound(
          "create %s: error looking up volume plugin %s: plugin \"%s\" not found"
              .formatted(name, driver, driver));
    }
    LocalOptions local = checked(name, options);
    Lock lock = lock(name.value());
    lock.lock();
    try {
      Optional<VolumeRows.Row> found = rows.find(name.value());
      if (found.isPresent()) {
        return volume(found.get());
      }
      // The directory before the row: a crash between them leaves a directory that the next start
      // takes up. The other order could leave a row that points at nothing.
      VolumeDescription description = VolumeDescription.of(name, local, labels, clock.instant());
      directories.make(description);
      if (holder.isPresent()) {
        rows.addHeld(description, holder.get());
      } else {
        rows.add(description);
      }
    } finally {
      lock.unlock();
    }
    log.info("volume created volume={}", name);
    publish("create", name.value(), Map.of());
    return get(name.value());
  }

  private static LocalOptions checked(VolumeName name, Map<String, String> options) {
    try {
      return new LocalOptions(options);
    } catch (BadParameter e) {
      throw new BadParameter("create %s: %s".formatted(name, e.getMessage()), e);
    }
  }

  /** The volume of that name, or {@link NotFound}. */
  public Volume get(String name) throws IOException {
    return volume(
        rows.find(name).orElseThrow(() -> new NotFound("get %s: no such volume".formatted(name))));
  }

  /** By name, those that match the filters {@code dangling}, {@code driver}, label and name. */
  public List<Volume> list(Filters filters) throws IOException {
    filters.allowOnly(LIST_FILTERS);
    Optional<Boolean> dangling = filters.flag("dangling");
    Map<String, Integer> uses = rows.useCounts();
    return rows.all().stream()
        .filter(row -> filters.matchesExactly("driver", Volume.DRIVER))
        .filter(row -> filters.matchesPattern("name", row.name()))
        .filter(row -> filters.matchesPairs("label", row.labels()))
        .filter(row -> dangling.isEmpty() || dangling.get() != uses.containsKey(row.name()))
        .map(this::volume)
        .toList();
  }

  /** How many containers hold each volume that any holds, by name. */
  public Map<String, Integer> useCounts() throws IOException {
    return rows.useCounts();
  }

  /** What the volume's files occupy; empty where something else is mounted there. */
  public Optional<Long> sizeBytes(Volume volume) throws IOException {
    return volume.options().isEmpty()
        ? Optional.of(VolumeSize.bytes(volume.mountpoint()))
        : Optional.empty();
  }

  /**
   * Removes the volume and its bytes.
   *
   * @throws Conflict if a container holds it, running or not
   * @throws NotFound if there is none
   */
  public void remove(String name) throws IOException {
    remove(name, rows::beginRemoval);
  }

  /** Begins a removal; the containers that hold the volume, and then it has not begun. */
  private interface Beginning {
    List<String> of(String name) throws IOException;
  }

  private void remove(String name, Beginning beginning) throws IOException {
    get(name);
    Lock lock = lock(name);
    lock.lock();
    try {
      List<String> users = beginning.of(name);
      if (!users.isEmpty()) {
        throw new Conflict(
            "remove %s: volume is in use - [%s]".formatted(name, String.join(", ", users)));
      }
      mounts.forget(name);
      directories.unlink(name);
      rows.endRemoval(name);
    } finally {
      lock.unlock();
    }
    directories.sweepRemoved();
    log.info("volume removed volume={}", name);
    publish("destroy", name, Map.of());
  }

  /** What a prune has removed. */
  public record Pruned(List<String> names, long bytes) {}

  /**
   * Removes volumes that no container holds: those nobody has named, or every one with the filter
   * {@code all=true}.
   */
  public Pruned prune(Filters filters) throws IOException {
    filters.allowOnly(PRUNE_FILTERS);
    boolean all = filters.flag("all").orElse(false);
    List<String> removed = new ArrayList<>();
    long bytes = 0;
    Map<String, Integer> uses = rows.useCounts();
    for (VolumeRows.Row row : rows.all()) {
      Volume volume = volume(row);
      if ((all || volume.anonymous())
          && filters.matchesLabels(volume.labels())
          && !uses.containsKey(volume.name())) {
        long size = sizeBytes(volume).orElse(0L);
        if (removeIfUnused(volume.name(), rows::beginRemoval)) {
          removed.add(volume.name());
          bytes += size;
        }
      }
    }
    events.publish(Event.Type.VOLUME, "prune", "", Map.of("reclaimed", Long.toString(bytes)));
    return new Pruned(removed, bytes);
  }

  private boolean removeIfUnused(String name, Beginning beginning) throws IOException {
    try {
      remove(name, beginning);
      return true;
    } catch (Conflict | NotFound e) {
      log.debug("volume not pruned volume={} cause={}", name, e.getMessage());
      return false;
    }
  }

  /**
   * Gives a volume to a container for as long as the container exists, and makes it if there is
   * none. Doing it again changes nothing. Call it before the container's own row is written, and
   * {@link #release} after that is gone: a crash then leaves a use without a container, which {@link
   * #releaseAllExcept} takes back, and never a container without its volume.
   *
   * @param name empty for a volume that nobody has named
   */
  public Volume acquire(
      String containerId,
      String name,
      String driver,
      Map<String, String> options,
      Map<String, String> labels)
      throws IOException {
    if (name.isEmpty()) {
      return makeAnonymous(containerId, driver, options, labels);
    }
    String wanted = name;
    while (true) {
      Volume volume = create(wanted, driver, options, labels);
      wanted = volume.name();
      if (rows.addUse(volume.name(), containerId)) {
        return volume;
      }
      // It was removed between the two: make it again.
    }
  }

  /** Held from its first moment: one that was made for a container that never was has to go. */
  private Volume makeAnonymous(
      String containerId, String driver, Map<String, String> options, Map<String, String> labels)
      throws IOException {
    Map<String, String> marked = new HashMap<>(labels);
    marked.put(Volume.ANONYMOUS, "");
    return make(VolumeName.anonymous(), driver, options, marked, Optional.of(containerId));
  }

  /** Takes back all volumes of a container that is gone. The volumes stay. */
  public void release(String containerId) throws IOException {
    for (String name : rows.dropUses(containerId)) {
      unmount(name, containerId);
    }
  }

  /** As {@link #release}, and removes those that nobody has named and no other container holds. */
  public void releaseAndRemoveAnonymous(String containerId) throws IOException {
    for (String name : rows.usedBy(containerId)) {
      unmount(name, containerId);
      if (rows.find(name).map(this::volume).filter(Volume::anonymous).isPresent()) {
        // Let go of by the removal itself: a crash before it finds the volume by its use.
        removeIfUnused(name, unused -> rows.beginRemoval(unused, containerId));
      }
    }
    rows.dropUses(containerId);
  }

  /**
   * Takes back what containers held that do not exist any more, and mounts that no running container
   * uses: once, at the start, when those that run have been adopted and have mounted theirs.
   */
  public void releaseAllExcept(Collection<String> containerIds) throws IOException {
    rows.dropUsesExcept(containerIds);
    for (VolumeRows.Row row : rows.all()) {
      Volume volume = volume(row);
      Lock lock = lock(volume.name());
      lock.lock();
      try {
        mounts.releaseIfIdle(volume);
      } finally {
        lock.unlock();
      }
    }
  }

  /**
   * Makes a volume ready for a container that starts or is adopted, mounting what its options say;
   * the directory to bind into the container. Doing it again changes nothing.
   *
   * @throws IOException if what the options say cannot be mounted
   */
  public Path mount(String name, String containerId) throws IOException {
    return mount(name, containerId, Map.of());
  }

  /** As {@link #mount(String, String)}; {@code details} are told with the event. */
  public Path mount(String name, String containerId, Map<String, String> details)
      throws IOException {
    Volume volume = get(name);
    Lock lock = lock(name);
    Path mountpoint;
    lock.lock();
    try {
      if (mounts.isUsedBy(name, containerId)) {
        return volume.mountpoint();
      }
      mountpoint = mounts.begin(volume, containerId);
    } finally {
      lock.unlock();
    }
    Map<String, String> attributes = new HashMap<>(details);
    attributes.put("container", containerId);
    publish("mount", name, attributes);
    return mountpoint;
  }

  /** A container that used the volume has ended. The last one takes the mount away. */
  public void unmount(String name, String containerId) throws IOException {
    Lock lock = lock(name);
    lock.lock();
    try {
      Optional<VolumeRows.Row> row = rows.find(name);
      if (row.isEmpty() || !mounts.isUsedBy(name, containerId)) {
        return;
      }
      mounts.end(volume(row.get()), containerId);
    } finally {
      lock.unlock();
    }
    publish("unmount", name, Map.of("container", containerId));
  }

  /**
   * Copies what the image has at the volume's place into the volume, if that is empty and the image
   * has a directory there: its content, owner, permissions and attributes. After a crash the volume
   * has all of it or nothing, unless another container was using it meanwhile.
   *
   * @param rootfs the container's root file system, mounted
   * @param place absolute path inside it, followed as the container would
   */
  public void fill(String name, Path rootfs, String place) throws IOException {
    Volume volume = get(name);
    Lock lock = lock(name);
    lock.lock();
    try {
      new VolumeFilling(directories, mounts).fill(volume, rootfs, place);
    } finally {
      lock.unlock();
    }
  }

  private Volume volume(VolumeRows.Row row) {
    return new Volume(
        row.name(), row.options(), row.labels(), row.createdAt(), directories.data(row.name()));
  }

  private Lock lock(String name) {
    return locks[Math.floorMod(name.hashCode(), LOCKS)];
  }

  private void publish(String action, String name, Map<String, String> attributes) {
    Map<String, String> all = new HashMap<>(attributes);
    all.put("driver", Volume.DRIVER);
    events.publish(Event.Type.VOLUME, action, name, all);
  }
}
