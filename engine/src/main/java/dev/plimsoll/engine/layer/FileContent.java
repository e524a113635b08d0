package dev.plimsoll.engine.layer;

import dev.plimsoll.engine.layer.LowerLayers.Found;
import dev.plimsoll.engine.tar.TarEntry;
import dev.plimsoll.linux.Directory;
import dev.plimsoll.linux.FileDescriptor;
import dev.plimsoll.linux.FileStatus;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/** Writes what is in files. For one thread. */
final class FileContent {
  private static final int BUFFER_BYTES = 64 << 10;

  private final byte[] buffer = new byte[BUFFER_BYTES];
  private static final byte[] ZEROS = new byte[BUFFER_BYTES];

  /** Writes a member's content and returns its CRC-32C. */
  long write(FileDescriptor file, TarEntry entry, InputStream body) throws IOException {
    var crc = new CRC32C();
    long position = 0;
    while (position < entry.sizeBytes()) {
      int read =
          body.readNBytes(buffer, 0, (int) Math.min(BUFFER_BYTES, entry.sizeBytes() - position));
      crc.update(buffer, 0, read);
      if (entry.sparse()) {
        if (!Arrays.equals(buffer, 0, read, ZEROS, 0, read)) {
          file.seek(position);
          file.write(buffer, 0, read);
        }
      } else {
        file.write(buffer, 0, read);
      }
      position += read;
    }
    if (entry.sparse()) {
      file.truncate(entry.sizeBytes());
    }
    return crc.getValue();
  }

  /** Copies a file with its owner, mode, attributes and times. */
  void copy(Found from, Directory to, String name) throws IOException {
    FileStatus status = from.status();
    try (FileDescriptor source = from.in().open(from.name(), 0);
        FileDescriptor target = to.create(name, status.permissions())) {
      ByteBuffer part = ByteBuffer.wrap(buffer);
      while (source.read(part.clear()) >= 0) {
        target.write(part.flip());
      }
      target.setOwner(status.uid(), status.gid());
      target.setPermissions(status.permissions());
      for (String attribute : source.attributes()) {
        if (!attribute.startsWith("trusted.overlay.")) {
          target.setAttribute(attribute, source.attribute(attribute).orElseThrow());
        }
      }
      target.setTimes(status.accessed(), status.modified());
    }
  }
}
