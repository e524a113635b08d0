package dev.plimsoll.engine.volume;

import dev.plimsoll.linux.Device;
import dev.plimsoll.linux.Directory;
import dev.plimsoll.linux.DirectoryEntry;
import dev.plimsoll.linux.Errno;
import dev.plimsoll.linux.FileDescriptor;
import dev.plimsoll.linux.FileStatus;
import dev.plimsoll.linux.LinuxException;
import dev.plimsoll.linux.OpenFlag;
import dev.plimsoll.linux.Resolution;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Copies a tree as it is: owners, permissions, times, extended attributes, symbolic and hard links,
 * device nodes and FIFOs. Links are copied, never followed. Sockets are left out: nobody listens on
 * a copy.
 */
final class TreeCopy {
  /** Each level holds two descriptors open. */
  private static final int DEPTH_MAX = 256;

  /** Overlayfs' own marks, which mean nothing outside the layer they are in. */
  private static final String OVERLAY_ATTRIBUTES = "trusted.overlay.";

  private record Inode(Device device, long number) {}

  private final Map<Inode, String> firstPaths = new HashMap<>();
  private final Directory target;

  private TreeCopy(Directory target) {
    this.target = target;
  }

  /** Copies what is in {@code source} into {@code target}, and makes the two look alike. */
  static void copy(Directory source, Directory target) throws IOException {
    new TreeCopy(target).copyInto(source, target, "", 0);
  }

  private void copyInto(Directory source, Directory into, String path, int depth)
      throws IOException {
    if (depth > DEPTH_MAX) {
      throw new IOException("%s is deeper than %d directories".formatted(path, DEPTH_MAX));
    }
    for (DirectoryEntry entry : source.list()) {
      copyOne(source, into, entry.name(), path + entry.name(), depth);
    }
    dress(source.descriptor(), into.descriptor());
  }

  private void copyOne(Directory source, Directory into, String name, String path, int depth)
      throws IOException {
    FileStatus status = source.status(name);
    switch (status.type()) {
      case DIRECTORY -> {
        into.makeDirectory(name, 0700);
        try (Directory from = source.directory(name);
            Directory to = into.directory(name)) {
          copyInto(from, to, path + "/", depth + 1);
        }
      }
      case REGULAR -> {
        if (!linked(status, into, name, path)) {
          copyFile(source, into, name);
        }
      }
      case SYMLINK -> {
        into.makeSymlink(name, source.readLink(name));
        into.setOwner(name, status.uid(), status.gid());
        copyAttributes(source, into, name);
        into.setTimes(name, status.accessed(), status.modified());
      }
      case FIFO, CHARACTER_DEVICE, BLOCK_DEVICE -> {
        if (!linked(status, into, name, path)) {
          into.makeNode(name, status.type(), status.permissions(), status.special());
          into.setOwner(name, status.uid(), status.gid());
          into.setPermissions(name, status.permissions());
          copyAttributes(source, into, name);
          into.setTimes(name, status.accessed(), status.modified());
        }
      }
      case SOCKET, UNKNOWN -> {
        // left out
      }
    }
  }

  /** Makes a hard link where another name of the same file was copied before. */
  private boolean linked(FileStatus status, Directory into, String name, String path)
      throws IOException {
    if (status.links() < 2) {
      return false;
    }
    String first = firstPaths.putIfAbsent(new Inode(status.device(), status.inode()), path);
    if (first == null) {
      return false;
    }
    int slash = first.lastIndexOf('/');
    String parent = slash < 0 ? "." : first.substring(0, slash);
    try (Directory from = target.directory(parent, Resolution.BENEATH_NO_SYMLINKS)) {
      into.makeLink(name, from, first.substring(slash + 1));
    }
    return true;
  }

  private static void copyFile(Directory source, Directory into, String name) throws IOException {
    try (FileDescriptor from = source.open(name, 0, OpenFlag.NON_BLOCKING);
        FileDescriptor to = into.create(name, 0600)) {
      try (FileChannel in = FileChannel.open(from.link(), StandardOpenOption.READ);
          FileChannel out = FileChannel.open(to.link(), StandardOpenOption.WRITE)) {
        long size = in.size();
        for (long at = 0; at < size; ) {
          long copied = in.transferTo(at, size - at, out);
          if (copied <= 0) {
            break; // it was cut shorter meanwhile; what there was is copied
          }
          at += copied;
        }
      }
      dress(from, to);
    }
  }

  /** Owner first: changing it takes set-uid bits and capabilities away. Times last. */
  private static void dress(FileDescriptor from, FileDescriptor to) throws IOException {
    FileStatus status = from.status();
    to.setOwner(status.uid(), status.gid());
    to.setPermissions(status.permissions());
    for (String attribute : from.attributes()) {
      if (!attribute.startsWith(OVERLAY_ATTRIBUTES)) {
        Optional<byte[]> value = from.attribute(attribute);
        if (value.isPresent()) {
          ignoringUnsupported(attribute, () -> to.setAttribute(attribute, value.get()));
        }
      }
    }
    to.setTimes(status.accessed(), status.modified());
  }

  private static void copyAttributes(Directory source, Directory into, String name)
      throws IOException {
    for (String attribute : source.attributes(name)) {
      if (!attribute.startsWith(OVERLAY_ATTRIBUTES)) {
        Optional<byte[]> value = source.attribute(name, attribute);
        if (value.isPresent()) {
          ignoringUnsupported(attribute, () -> into.setAttribute(name, attribute, value.get()));
        }
      }
    }
  }

  private interface Step {
    void run() throws IOException;
  }

  /** A file system without extended attributes, or with labels of its own, takes what it can. */
  private static void ignoringUnsupported(String attribute, Step step) throws IOException {
    try {
      step.run();
    } catch (LinuxException e) {
      boolean label = attribute.equals("security.selinux");
      if (!e.is(Errno.EOPNOTSUPP) && !label) {
        throw e;
      }
    }
  }
}
