package dev.plimsoll.engine.layer;

import dev.plimsoll.engine.layer.LowerLayers.Found;
import dev.plimsoll.engine.layer.UnpackTree.Missing;
import dev.plimsoll.engine.layer.UnpackTree.Place;
import dev.plimsoll.engine.tar.TarEntry;
import dev.plimsoll.engine.tar.TarReader;
import dev.plimsoll.engine.tar.TarType;
import dev.plimsoll.foundation.NoSpaceException;
import dev.plimsoll.linux.Device;
import dev.plimsoll.linux.Directory;
import dev.plimsoll.linux.Errno;
import dev.plimsoll.linux.FileDescriptor;
import dev.plimsoll.linux.FileStatus;
import dev.plimsoll.linux.FileSystems;
import dev.plimsoll.linux.FileType;
import dev.plimsoll.linux.LinuxException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * Unpacks one archive into one empty directory, with whiteouts in overlay form. For one thread, once.
 *
 * <p>After a failure the directory holds part of the layer and is only good for deletion.
 *
 * @see <a href="https://github.com/opencontainers/image-spec/blob/v1.1.1/layer.md">OCI image-spec
 *     1.1.1, Image Layer Filesystem Changeset</a>
 */
final class LayerUnpacker implements AutoCloseable {
  private static final String WHITEOUT = ".wh.";
  private static final String OPAQUE_WHITEOUT = ".wh..wh..opq";
  private static final String RESERVED = ".wh..wh."; // of aufs, which Docker once wrote
  private static final byte[] YES = {'y'};
  private static final long ID_MAX = 0xffff_fffeL; // 2^32 - 1 means "unchanged" to chown(2)
  private static final int ROOM_CHECK_BYTES = 64 << 20;

  // Permissions that open(2) may not give: what the umask takes, set-uid, set-gid and sticky.
  private static final int NOT_BY_OPEN = 07000 | umask();

  private final Directory root;
  private final LayerLimits limits;
  private final DirectoryLog directories = new DirectoryLog();
  private final UnpackTree tree;
  private final FileContent content = new FileContent();
  private LayerSum sum = new LayerSum();
  private boolean replaced;
  private boolean rootListed;
  private long entries;
  private long bytes;
  private long bytesAtRoomCheck;

  LayerUnpacker(Directory root, LowerLayers lower, Missing missing, LayerLimits limits) {
    this.root = root;
    this.limits = limits;
    this.tree = new UnpackTree(root, lower, missing, directories);
  }

  /** What was unpacked. */
  record Unpacked(LayerSum.Total total, boolean leans, boolean rootListed) {}

  /** Reads the archive to the end mark. */
  Unpacked unpack(InputStream archive) throws IOException {
    directories.note(EntryPath.ROOT, root.status().permissions(), Instant.EPOCH);
    var reader = new TarReader(archive);
    for (Optional<TarEntry> entry = reader.next(); entry.isPresent(); entry = reader.next()) {
      try {
        apply(entry.get(), reader.body());
      } catch (LinuxException | IllegalArgumentException e) {
        throw new IOException("unpacking \"" + entry.get().name() + "\"", e);
      }
      tree.trim();
    }
    directories.setTimes(root);
    return new Unpacked(total(), tree.leans(), rootListed);
  }

  /** Names that came twice spoil a running sum, and directories change until the end. */
  private LayerSum.Total total() throws IOException {
    if (replaced || tree.replaced()) {
      sum = new LayerSum();
      sum.addTree(EntryPath.ROOT, root);
    } else {
      directories.addTo(sum, root);
    }
    return sum.total();
  }

  private void apply(TarEntry entry, InputStream body) throws IOException {
    limit(entry);
    EntryPath path = EntryPath.parse(entry.name());
    if (path.isRoot()) {
      applyRoot(entry);
      return;
    }
    Place place = tree.directory(path.parent());
    String name = path.name();
    if (name.startsWith(WHITEOUT)) {
      whiteout(place, name);
      return;
    }
    EntryPath real = place.path().child(name);
    switch (entry.type()) {
      case DIRECTORY -> directory(place.directory(), real, entry);
      case FILE -> file(place.directory(), real, entry, body);
      case HARD_LINK -> hardLink(place, real, entry);
      case SYMBOLIC_LINK -> {
        create(
            place.directory(), name, () -> place.directory().makeSymlink(name, entry.linkName()));
        finishNamed(place.directory(), real, entry);
      }
      case CHARACTER_DEVICE -> node(place.directory(), real, entry, FileType.CHARACTER_DEVICE);
      case BLOCK_DEVICE -> node(place.directory(), real, entry, FileType.BLOCK_DEVICE);
      case FIFO -> node(place.directory(), real, entry, FileType.FIFO);
    }
  }

  private void limit(TarEntry entry) throws IOException {
    entries++;
    bytes += Math.min(entry.sizeBytes(), Long.MAX_VALUE - bytes);
    if (entries > limits.entriesMax() || bytes > limits.unpackedBytesMax()) {
      throw new LayerFormatException(
          "the layer is too large: more than %d bytes or %d files"
              .formatted(limits.unpackedBytesMax(), limits.entriesMax()));
    }
    if (bytes - bytesAtRoomCheck >= ROOM_CHECK_BYTES) {
      bytesAtRoomCheck = bytes;
      long free = FileSystems.usage(root.descriptor()).availableBytes();
      if (free - entry.sizeBytes() < limits.freeBytesMin()) {
        throw new NoSpaceException(
            "no space left to unpack \"%s\" of %d bytes: %d bytes are free, %d stay in reserve"
                .formatted(entry.name(), entry.sizeBytes(), free, limits.freeBytesMin()));
      }
    }
    if (entry.uid() < 0 || entry.uid() > ID_MAX || entry.gid() < 0 || entry.gid() > ID_MAX) {
      throw new LayerFormatException(
          "\"%s\" belongs to %d:%d, which Linux does not have"
              .formatted(entry.name(), entry.uid(), entry.gid()));
    }
  }

  private void applyRoot(TarEntry entry) throws IOException {
    if (entry.type() != TarType.DIRECTORY) {
      throw new LayerFormatException(
          "\"%s\" would replace the root of the layer".formatted(entry.name()));
    }
    rootListed = true;
    finishOpen(root.descriptor(), entry);
    directories.note(EntryPath.ROOT, entry.mode(), entry.modified());
  }

  private void whiteout(Place place, String name) throws IOException {
    Directory directory = place.directory();
    if (name.equals(OPAQUE_WHITEOUT)) {
      directory.descriptor().setAttribute(LowerLayers.OPAQUE, YES);
      return;
    }
    if (name.startsWith(RESERVED)) {
      return;
    }
    String hidden = name.substring(WHITEOUT.length());
    if (hidden.isEmpty() || hidden.equals(".") || hidden.equals("..")) {
      throw new LayerFormatException(
          "\"%s\" hides nothing that has a name".formatted(place.path().child(name)));
    }
    var existing = directory.find(hidden);
    if (existing.isEmpty()) {
      directory.makeWhiteout(hidden);
      sum.addNamed(place.path().child(hidden), directory, hidden);
    } else if (existing.get().type() == FileType.DIRECTORY) {
      // A whiteout speaks of the layers below: what this layer has itself stays.
      try (Directory own = directory.directory(hidden)) {
        own.descriptor().setAttribute(LowerLayers.OPAQUE, YES);
      }
    }
  }

  private void directory(Directory in, EntryPath path, TarEntry entry) throws IOException {
    String name = path.name();
    Optional<FileStatus> existing = Optional.empty();
    try {
      in.makeDirectory(name, entry.mode());
    } catch (LinuxException e) {
      if (!e.is(Errno.EEXIST)) {
        throw e;
      }
      existing = Optional.of(in.status(name));
      if (existing.get().type() != FileType.DIRECTORY) {
        remove(in, name);
        in.makeDirectory(name, entry.mode());
      }
    }
    try (Directory made = in.directory(name)) {
      if (existing.isPresent() && existing.get().isWhiteout()) {
        made.descriptor().setAttribute(LowerLayers.OPAQUE, YES);
      }
      finishOpen(made.descriptor(), entry);
    }
    directories.note(path, entry.mode(), entry.modified());
  }

  private void file(Directory in, EntryPath path, TarEntry entry, InputStream body)
      throws IOException {
    try (FileDescriptor file = create(in, path.name(), entry.mode())) {
      long crc = content.write(file, entry, body);
      byte[] caps = finishNew(file, entry);
      file.setTimes(entry.modified(), entry.modified());
      sum.addFile(
          path, entry.mode(), (int) entry.uid(), (int) entry.gid(), entry.sizeBytes(), crc, caps);
    }
  }

  private FileDescriptor create(Directory in, String name, int permissions) throws IOException {
    try {
      return in.create(name, permissions);
    } catch (LinuxException e) {
      if (!e.is(Errno.EEXIST)) {
        throw e;
      }
      remove(in, name);
      return in.create(name, permissions);
    }
  }

  private void node(Directory in, EntryPath path, TarEntry entry, FileType type)
      throws IOException {
    var device =
        type == FileType.FIFO
            ? new Device(0, 0)
            : new Device(entry.deviceMajor(), entry.deviceMinor());
    create(in, path.name(), () -> in.makeNode(path.name(), type, entry.mode(), device));
    finishNamed(in, path, entry);
  }

  private void hardLink(Place to, EntryPath path, TarEntry entry) throws IOException {
    EntryPath target = EntryPath.parse(entry.linkName());
    if (target.isRoot()) {
      throw new LayerFormatException("\"%s\" is a hard link to the root".formatted(path));
    }
    if (target.equals(path)) {
      return;
    }
    Place from = tree.directory(target.parent());
    if (from.directory().find(target.name()).filter(s -> !s.isWhiteout()).isEmpty()) {
      copyUp(from, target);
    }
    Directory source = from.directory();
    create(
        to.directory(),
        path.name(),
        () -> to.directory().makeLink(path.name(), source, target.name()));
    sum.addNamed(path, to.directory(), path.name());
  }

  /** Brings a file of a lower layer into this one: overlayfs has no hard links between layers. */
  private void copyUp(Place to, EntryPath target) throws IOException {
    EntryPath real = to.path().child(target.name());
    try (Found found =
        tree.below(real)
            .orElseThrow(() ->
                new LayerFormatException(
                    "there is no \"%s\" for a hard link to it".formatted(target)))) {
      if (found.status().type() != FileType.REGULAR) {
        throw new LayerFormatException(
            "\"%s\" of a lower layer is no file, and a hard link to it was asked for"
                .formatted(target));
      }
      content.copy(found, to.directory(), real.name());
      sum.addNamed(real, to.directory(), real.name());
    }
  }

  private interface Creation {
    void run() throws IOException;
  }

  private void create(Directory in, String name, Creation creation) throws IOException {
    try {
      creation.run();
    } catch (LinuxException e) {
      if (!e.is(Errno.EEXIST)) {
        throw e;
      }
      remove(in, name);
      creation.run();
    }
  }

  /** A later member takes an earlier one's name. */
  private void remove(Directory in, String name) throws IOException {
    replaced = true;
    var status = in.status(name);
    switch (status.type()) {
      case DIRECTORY -> in.removeTree(name);
      case SYMLINK, REGULAR, CHARACTER_DEVICE, BLOCK_DEVICE, FIFO, SOCKET, UNKNOWN ->
          in.remove(name);
    }
    if (status.type() == FileType.DIRECTORY || status.type() == FileType.SYMLINK) {
      tree.forget();
    }
  }

  /** Owner, then mode, then attributes: each of them can undo a later one. */
  private byte[] finishOpen(FileDescriptor file, TarEntry entry) throws IOException {
    file.setOwner((int) entry.uid(), (int) entry.gid());
    file.setPermissions(entry.mode());
    return EntryAttributes.set(entry, file::setAttribute);
  }

  /** As {@link #finishOpen}, without the calls that would change nothing: most files need none. */
  private byte[] finishNew(FileDescriptor file, TarEntry entry) throws IOException {
    if (entry.uid() != 0 || entry.gid() != 0 || directories.groupsAreInherited()) {
      file.setOwner((int) entry.uid(), (int) entry.gid());
    }
    if ((entry.mode() & NOT_BY_OPEN) != 0) {
      file.setPermissions(entry.mode());
    }
    return EntryAttributes.set(entry, file::setAttribute);
  }

  private void finishNamed(Directory in, EntryPath path, TarEntry entry) throws IOException {
    String name = path.name();
    in.setOwner(name, (int) entry.uid(), (int) entry.gid());
    if (entry.type() != TarType.SYMBOLIC_LINK) {
      in.setPermissions(name, entry.mode());
    }
    EntryAttributes.set(entry, (key, value) -> in.setAttribute(name, key, value));
    in.setTimes(name, entry.modified(), entry.modified());
    sum.addNamed(path, in, name);
  }

  private static int umask() {
    try {
      return Files.readAllLines(Path.of("/proc/self/status")).stream()
          .filter(line -> line.startsWith("Umask:"))
          .mapToInt(line -> Integer.parseInt(line.substring("Umask:".length()).strip(), 8))
          .findFirst()
          .orElse(0777);
    } catch (IOException e) {
      return 0777; // then every mode is set anew
    }
  }

  @Override
  public void close() {
    tree.close();
  }
}
