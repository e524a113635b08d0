package dev.plimsoll.engine.archive;

import dev.plimsoll.engine.archive.ContainerTree.Last;
import dev.plimsoll.engine.refusal.EngineException.Failed;
import dev.plimsoll.engine.tar.TarEntry;
import dev.plimsoll.engine.tar.TarReader;
import dev.plimsoll.engine.tar.TarType;
import dev.plimsoll.linux.Device;
import dev.plimsoll.linux.Directory;
import dev.plimsoll.linux.Errno;
import dev.plimsoll.linux.FileDescriptor;
import dev.plimsoll.linux.FileType;
import dev.plimsoll.linux.LinuxException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Unpacks an archive below a directory of a container. Links on the way lead to where they lead in
 * the container; a name that climbs out of the directory by {@code ..} is refused. After a failure what
 * was unpacked before it stays. For one thread, once.
 */
final class TreeExtraction {
  private static final int DIRECTORY_MODE = 0755;
  private static final int BUFFER_BYTES = 64 << 10;
  private static final long ID_MAX = 0xffff_fffeL;

  /** Whether a directory may take the place of something else, and the other way round. */
  enum Overwrite {
    ANYTHING,
    SAME_KIND
  }

  /** Refuses to change what is mounted read-only. */
  interface Writable {
    void check(String path);
  }

  /** Whom what is unpacked belongs to, if not to whom the archive says. */
  record Owner(long uid, long gid) {}

  private record Times(String path, Instant modified) {}

  private final ContainerTree tree;
  private final String target;
  private final Overwrite overwrite;
  private final Optional<Owner> owner;
  private final Writable writable;
  private final Deque<Times> directories = new ArrayDeque<>();
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private List<String> lastParts = List.of();
  private @Nullable Place last;

  /** @param target a directory without links in its path, as a {@link Spot} tells it */
  TreeExtraction(
      ContainerTree tree,
      String target,
      Overwrite overwrite,
      Optional<Owner> owner,
      Writable writable) {
    this.tree = tree;
    this.target = target;
    this.overwrite = overwrite;
    this.owner = owner;
    this.writable = writable;
  }

  void unpack(InputStream archive) throws IOException {
    try {
      members(new TarReader(archive));
    } finally {
      forget();
    }
    // Last: each file that is made in a directory changes the directory's time.
    for (Times times : directories) {
      try (Spot spot = tree.find(times.path(), Last.KEPT)) {
        if (spot.status().type() == FileType.DIRECTORY) {
          try (Directory directory = spot.open()) {
            directory.descriptor().setTimes(times.modified(), times.modified());
          }
        }
      }
    }
  }

  private void members(TarReader reader) throws IOException {
    for (Optional<TarEntry> entry = reader.next(); entry.isPresent(); entry = reader.next()) {
      try {
        apply(entry.get(), reader.body());
      } catch (LinuxException | IllegalArgumentException e) {
        throw new IOException("unpacking \"%s\" in %s".formatted(entry.get().name(), target), e);
      }
    }
  }

  /** The parts of a member's name, without {@code ..}. */
  private List<String> inside(String name) {
    Deque<String> parts = new ArrayDeque<>();
    for (String part : ContainerTree.parts(name)) {
      if (!part.equals("..")) {
        parts.addLast(part);
      } else if (parts.pollLast() == null) {
        throw new Failed("\"%s\" is outside of \"%s\"".formatted(name, target));
      }
    }
    return List.copyOf(parts);
  }

  private void apply(TarEntry entry, InputStream body) throws IOException {
    List<String> parts = inside(entry.name());
    if (parts.isEmpty()) {
      return; // the directory itself stays as it is
    }
    Place place = place(parts.subList(0, parts.size() - 1));
    String name = parts.getLast();
    String path = ContainerTree.below(place.path(), name);
    Optional<Spot> existing = tree.child(place.directory(), place.path(), name);
    if (existing.isPresent()) {
      try (Spot old = existing.get()) {
        if (entry.type() == TarType.DIRECTORY && old.status().type() == FileType.DIRECTORY) {
          writable.check(path);
          try (Directory merged = old.open()) {
            finish(merged.descriptor(), entry);
          }
          directories.push(new Times(path, entry.modified()));
          return;
        }
        makeRoom(place.directory(), old, name, entry);
      }
    }
    create(place.directory(), name, entry, body, path);
  }

  /** An open directory, and where it is without links. */
  private record Place(Directory directory, String path) {}

  /** The directory that a member goes into, made if need be; it stays open until the next one. */
  private Place place(List<String> parts) throws IOException {
    if (last != null && parts.equals(lastParts)) {
      return last;
    }
    Place found = look(parts);
    forget();
    last = found;
    lastParts = parts;
    return found;
  }

  private void forget() {
    if (last != null) {
      last.directory().close();
      last = null;
    }
  }

  private Place look(List<String> parts) throws IOException {
    String asked = parts.isEmpty() ? target : ContainerTree.below(target, String.join("/", parts));
    try (Spot spot = tree.find(asked, Last.FOLLOWED)) {
      writable.check(spot.path());
      return new Place(spot.open(), spot.path());
    } catch (LinuxException e) {
      if (!e.is(Errno.ENOENT) || parts.isEmpty()) {
        throw e;
      }
    }
    Place parent = look(parts.subList(0, parts.size() - 1));
    try (Directory in = parent.directory()) {
      in.makeDirectory(parts.getLast(), DIRECTORY_MODE);
      Directory made = in.directory(parts.getLast());
      made.descriptor().setPermissions(DIRECTORY_MODE);
      return new Place(made, ContainerTree.below(parent.path(), parts.getLast()));
    }
  }

  private void makeRoom(Directory in, Spot old, String name, TarEntry entry) throws IOException {
    boolean wasDirectory = old.status().type() == FileType.DIRECTORY;
    boolean isDirectory = entry.type() == TarType.DIRECTORY;
    if (overwrite == Overwrite.SAME_KIND && wasDirectory != isDirectory) {
      throw new Failed(
          wasDirectory
              ? "cannot overwrite directory \"%s\" with non-directory \"%s\""
                  .formatted(old.path(), target)
              : "cannot overwrite non-directory \"%s\" with directory \"%s\""
                  .formatted(old.path(), target));
    }
    if (old.mounted()) {
      throw new Failed("unlinkat %s: device or resource busy".formatted(old.path()));
    }
    if (wasDirectory) {
      in.removeTree(name);
    } else {
      in.remove(name);
    }
    lastParts = List.of("/"); // what was known of paths may be wrong now
  }

  private void create(Directory in, String name, TarEntry entry, InputStream body, String path)
      throws IOException {
    switch (entry.type()) {
      case DIRECTORY -> {
        in.makeDirectory(name, entry.mode());
        try (Directory made = in.directory(name)) {
          finish(made.descriptor(), entry);
        }
        directories.push(new Times(path, entry.modified()));
      }
      case FILE -> {
        try (FileDescriptor file = in.create(name, entry.mode())) {
          fill(file, entry, body);
          finish(file, entry);
          file.setTimes(entry.modified(), entry.modified());
        }
      }
      case HARD_LINK -> link(in, name, entry);
      case SYMBOLIC_LINK -> {
        in.makeSymlink(name, entry.linkName());
        in.setOwner(name, uid(entry), gid(entry));
        in.setTimes(name, entry.modified(), entry.modified());
      }
      case CHARACTER_DEVICE -> node(in, name, entry, FileType.CHARACTER_DEVICE);
      case BLOCK_DEVICE -> node(in, name, entry, FileType.BLOCK_DEVICE);
      case FIFO -> node(in, name, entry, FileType.FIFO);
    }
  }

  private void fill(FileDescriptor file, TarEntry entry, InputStream body) throws IOException {
    long left = entry.sizeBytes();
    while (left > 0) {
      int read = body.read(buffer, 0, (int) Math.min(buffer.length, left));
      if (read < 0) {
        throw new IOException("the archive ends inside \"%s\"".formatted(entry.name()));
      }
      file.write(buffer, 0, read);
      left -= read;
    }
  }

  private void link(Directory in, String name, TarEntry entry) throws IOException {
    String first = ContainerTree.below(target, String.join("/", inside(entry.linkName())));
    try (Spot existing = tree.find(first, Last.KEPT)) {
      in.makeLink(name, existing.directory(), existing.name());
    }
  }

  private void node(Directory in, String name, TarEntry entry, FileType type) throws IOException {
    var device =
        type == FileType.FIFO
            ? new Device(0, 0)
            : new Device(entry.deviceMajor(), entry.deviceMinor());
    in.makeNode(name, type, entry.mode(), device);
    in.setOwner(name, uid(entry), gid(entry));
    in.setPermissions(name, entry.mode());
    in.setTimes(name, entry.modified(), entry.modified());
  }

  /** Owner, then mode, then attributes: each of them can undo a later one. */
  private void finish(FileDescriptor file, TarEntry entry) throws IOException {
    file.setOwner(uid(entry), gid(entry));
    file.setPermissions(entry.mode());
    for (Map.Entry<String, byte[]> each : entry.xattrs().entrySet()) {
      attribute(file, each.getKey(), each.getValue());
    }
  }

  /** Overlayfs' own marks never: they could show a container any directory of the layers. */
  private static void attribute(FileDescriptor file, String name, byte[] value) throws IOException {
    if (name.startsWith("trusted.overlay.") || name.startsWith("user.overlay.")) {
      return;
    }
    try {
      file.setAttribute(name, value);
    } catch (LinuxException e) {
      if (!e.is(Errno.EOPNOTSUPP) && !e.is(Errno.EPERM)) {
        throw e;
      }
    }
  }

  private int uid(TarEntry entry) {
    return id(owner.map(Owner::uid).orElse(entry.uid()), entry);
  }

  private int gid(TarEntry entry) {
    return id(owner.map(Owner::gid).orElse(entry.gid()), entry);
  }

  private static int id(long id, TarEntry entry) {
    if (id < 0 || id > ID_MAX) {
      throw new Failed(
          "\"%s\" belongs to %d, which Linux does not have".formatted(entry.name(), id));
    }
    return (int) id;
  }
}
