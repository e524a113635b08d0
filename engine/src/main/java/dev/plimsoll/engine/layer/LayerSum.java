package dev.plimsoll.engine.layer;

import dev.plimsoll.linux.Directory;
import dev.plimsoll.linux.DirectoryEntry;
import dev.plimsoll.linux.FileDescriptor;
import dev.plimsoll.linux.FileStatus;
import dev.plimsoll.linux.FileType;
import dev.plimsoll.linux.ffi.FileName;
import dev.plimsoll.oci.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/**
 * What a layer's directory holds, in three numbers: names, bytes, and a sum over all names with
 * type, owner, mode, target or content. The sum does not depend on the order, so it is made while
 * unpacking and checked by any walk. Times are left out: file systems keep them to different
 * precision. It finds what a disk has lost or torn, not what somebody has forged.
 *
 * <p>For one thread.
 */
final class LayerSum {
  private static final int BUFFER_BYTES = 64 << 10;
  private static final String CAPABILITY = "security.capability";
  private static final byte[] NONE = {};

  private final MessageDigest hash = Digest.Algorithm.SHA256.newHash();
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private long entries;
  private long bytes;
  private long sum;

  /** The result, as it stands in a layer's description. */
  record Total(long entries, long bytes, String sum) {}

  Total total() {
    return new Total(entries, bytes, HexFormat.of().toHexDigits(sum));
  }

  /** Adds a file whose content went by and is known by its CRC-32C. */
  void addFile(
      EntryPath path, int permissions, int uid, int gid, long sizeBytes, long crc, byte[] caps) {
    bytes += sizeBytes;
    add(path, FileType.REGULAR, permissions, uid, gid, sizeBytes, crc, caps);
  }

  /** Adds whatever has that name now, reading it if it is a file; directories without content. */
  void addNamed(EntryPath path, Directory in, String name) throws IOException {
    FileStatus status = in.status(name);
    switch (status.type()) {
      case REGULAR -> {
        byte[] caps = in.attribute(name, CAPABILITY).orElse(NONE);
        addFile(
            path,
            status.permissions(),
            status.uid(),
            status.gid(),
            status.sizeBytes(),
            crc(in, name),
            caps);
      }
      case SYMLINK -> {
        byte[] target = FileName.encode(in.readLink(name));
        add(path, FileType.SYMLINK, 0, status.uid(), status.gid(), target.length, 0, target);
      }
      case DIRECTORY -> {
        try (Directory directory = in.directory(name)) {
          addDirectory(path, directory.descriptor());
        }
      }
      case CHARACTER_DEVICE, BLOCK_DEVICE, FIFO, SOCKET, UNKNOWN -> {
        long device = (long) status.special().major() << 32 | status.special().minor();
        add(path, status.type(), status.permissions(), status.uid(), status.gid(), device, 0, NONE);
      }
    }
  }

  void addDirectory(EntryPath path, FileDescriptor directory) throws IOException {
    FileStatus status = directory.status();
    byte[] opaque = directory.attribute(LowerLayers.OPAQUE).orElse(NONE);
    add(path, FileType.DIRECTORY, status.permissions(), status.uid(), status.gid(), 0, 0, opaque);
  }

  /** Adds everything below {@code directory}, but not itself. */
  void addTree(EntryPath path, Directory directory) throws IOException {
    for (DirectoryEntry entry : directory.list()) {
      EntryPath child = path.child(entry.name());
      addNamed(child, directory, entry.name());
      if (entry.type() == FileType.DIRECTORY
          || (entry.type() == FileType.UNKNOWN
              && directory.status(entry.name()).type() == FileType.DIRECTORY)) {
        try (Directory inner = directory.directory(entry.name())) {
          addTree(child, inner);
        }
      }
    }
  }

  private void add(
      EntryPath path,
      FileType type,
      int permissions,
      int uid,
      int gid,
      long size,
      long crc,
      byte[] rest) {
    entries++;
    hash.update(FileName.encode(path.toString()));
    hash.update((byte) 0);
    hash.update(type.name().getBytes(StandardCharsets.US_ASCII));
    ByteBuffer facts = ByteBuffer.allocate(32 + rest.length);
    facts.putInt(permissions).putInt(uid).putInt(gid);
    facts.putLong(size).putLong(crc).putInt(rest.length).put(rest);
    hash.update(facts.flip());
    sum += ByteBuffer.wrap(hash.digest()).getLong();
  }

  private long crc(Directory in, String name) throws IOException {
    var crc = new CRC32C();
    ByteBuffer part = ByteBuffer.wrap(buffer);
    try (FileDescriptor file = in.open(name, 0)) {
      while (file.read(part.clear()) >= 0) {
        crc.update(part.flip());
      }
    }
    return crc.getValue();
  }
}
