package dev.plimsoll.engine.archive;

import dev.plimsoll.engine.tar.TarEntry;
import dev.plimsoll.engine.tar.TarType;
import dev.plimsoll.engine.tar.TarWriter;
import dev.plimsoll.linux.Device;
import dev.plimsoll.linux.Directory;
import dev.plimsoll.linux.DirectoryEntry;
import dev.plimsoll.linux.Errno;
import dev.plimsoll.linux.FileDescriptor;
import dev.plimsoll.linux.FileStatus;
import dev.plimsoll.linux.FileType;
import dev.plimsoll.linux.LinuxException;
import dev.plimsoll.linux.OpenFlag;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Writes a part of a container's tree as an archive: what is there with owners, times, hard links and
 * capabilities. Sockets are left out, links never followed, and what vanishes meanwhile is passed
 * over. For one thread.
 */
final class TreeArchive {
  private static final int DEPTH_MAX = 1000; // each level holds two descriptors
  private static final String CAPABILITY = "security.capability";

  private record Inode(Device device, long number) {}

  private final ContainerTree tree;
  private final TarWriter tar;
  private final Map<Inode, String> written = new HashMap<>();

  TreeArchive(ContainerTree tree, OutputStream out) {
    this.tree = tree;
    this.tar = new TarWriter(out);
  }

  /** Writes one thing and all below it, under another name; the archive ends with it. */
  void write(Spot spot, String name) throws IOException {
    add(spot, name, 0);
    tar.finish();
  }

  /** Writes what is below a directory, by names relative to it. */
  void writeContent(Spot directory) throws IOException {
    addContent(directory, "", 0);
    tar.finish();
  }

  private void add(Spot spot, String name, int depth) throws IOException {
    FileStatus status = spot.status();
    switch (status.type()) {
      case DIRECTORY -> {
        String prefix = name.endsWith("/") ? name : name + "/";
        tar.add(entry(spot, prefix, TarType.DIRECTORY, 0, ""));
        addContent(spot, prefix, depth);
      }
      case REGULAR -> addFile(spot, name);
      case SYMLINK ->
          tar.add(
              entry(spot, name, TarType.SYMBOLIC_LINK, 0, spot.directory().readLink(spot.name())));
      case CHARACTER_DEVICE -> addNode(spot, name, TarType.CHARACTER_DEVICE);
      case BLOCK_DEVICE -> addNode(spot, name, TarType.BLOCK_DEVICE);
      case FIFO -> addNode(spot, name, TarType.FIFO);
      case SOCKET, UNKNOWN -> {
        // an archive has no word for it
      }
    }
  }

  private void addContent(Spot spot, String prefix, int depth) throws IOException {
    if (depth > DEPTH_MAX) {
      throw new IOException("%s is deeper than %d directories".formatted(spot.path(), DEPTH_MAX));
    }
    try (Directory directory = spot.open()) {
      List<DirectoryEntry> names = directory.list();
      names.sort(Comparator.comparing(DirectoryEntry::name));
      for (DirectoryEntry name : names) {
        Optional<Spot> child = tree.child(directory, spot.path(), name.name());
        if (child.isPresent()) {
          try (Spot found = child.get()) {
            add(found, prefix + name.name(), depth + 1);
          }
        }
      }
    }
  }

  private void addFile(Spot spot, String name) throws IOException {
    String first = firstName(spot.status(), name);
    if (first != null) {
      tar.add(entry(spot, name, TarType.HARD_LINK, 0, first));
      return;
    }
    // NON_BLOCKING: it may have become a fifo since it was looked at.
    try (FileDescriptor file =
        spot.directory().open(spot.name(), 0, OpenFlag.NON_BLOCKING, OpenFlag.NO_TTY)) {
      FileStatus now = file.status();
      if (now.type() != FileType.REGULAR) {
        return;
      }
      tar.add(
          entry(spot, name, TarType.FILE, now.sizeBytes(), ""), new Content(file, now.sizeBytes()));
    } catch (LinuxException e) {
      if (!e.is(Errno.ENOENT) && !e.is(Errno.ELOOP)) {
        throw e;
      }
    }
  }

  private void addNode(Spot spot, String name, TarType type) throws IOException {
    String first = firstName(spot.status(), name);
    tar.add(
        first == null
            ? entry(spot, name, type, 0, "")
            : entry(spot, name, TarType.HARD_LINK, 0, first));
  }

  private @org.jspecify.annotations.Nullable String firstName(FileStatus status, String name) {
    return status.links() < 2
        ? null
        : written.putIfAbsent(new Inode(status.device(), status.inode()), name);
  }

  private static TarEntry entry(Spot spot, String name, TarType type, long sizeBytes, String link)
      throws IOException {
    FileStatus status = spot.status();
    boolean node = type == TarType.CHARACTER_DEVICE || type == TarType.BLOCK_DEVICE;
    return new TarEntry(
        name,
        type,
        status.permissions(),
        Integer.toUnsignedLong(status.uid()),
        Integer.toUnsignedLong(status.gid()),
        sizeBytes,
        status.modified(),
        link,
        node ? status.special().major() : 0,
        node ? status.special().minor() : 0,
        type == TarType.FILE ? capabilities(spot) : Map.of(),
        false);
  }

  private static Map<String, byte[]> capabilities(Spot spot) throws IOException {
    try {
      return spot.directory()
          .attribute(spot.name(), CAPABILITY)
          .map(value -> Map.of(CAPABILITY, value))
          .orElse(Map.of());
    } catch (LinuxException e) {
      if (e.is(Errno.EOPNOTSUPP) || e.is(Errno.ENOENT)) {
        return Map.of();
      }
      throw e;
    }
  }

  /** A file as long as it was when it was looked at; if it is cut meanwhile, zeros follow, as in GNU tar. */
  private static final class Content extends InputStream {
    private final FileDescriptor file;
    private long left;

    Content(FileDescriptor file, long sizeBytes) {
      this.file = file;
      this.left = sizeBytes;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      if (left == 0) {
        return -1;
      }
      int wanted = (int) Math.min(length, left);
      int got = file.read(ByteBuffer.wrap(target, offset, wanted));
      if (got < 0) {
        java.util.Arrays.fill(target, offset, offset + wanted, (byte) 0);
        got = wanted;
      }
      left -= got;
      return got;
    }
  }
}
