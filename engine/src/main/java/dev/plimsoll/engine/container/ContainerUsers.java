package dev.plimsoll.engine.container;

import dev.plimsoll.engine.runtime.ProcessUser;
import dev.plimsoll.engine.runtime.UserDatabase;
import dev.plimsoll.linux.Directory;
import dev.plimsoll.linux.Errno;
import dev.plimsoll.linux.FileDescriptor;
import dev.plimsoll.linux.LinuxException;
import dev.plimsoll.linux.OpenFlag;
import dev.plimsoll.linux.Resolution;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Reads who is who in a container, without ever leaving its root: its files may be links. */
public final class ContainerUsers {
  private static final int FILE_BYTES_MAX = 4 << 20;

  private ContainerUsers() {}

  /** As whom a process of the container runs; a user setting as {@code docker run -u} takes it. */
  public static ProcessUser resolve(Path rootfs, String user, List<String> groupAdd)
      throws IOException {
    try (Directory root = Directory.open(rootfs)) {
      return new UserDatabase(read(root, "etc/passwd"), read(root, "etc/group"))
          .resolve(user, groupAdd);
    }
  }

  private static String read(Directory root, String path) throws IOException {
    // NON_BLOCKING: an image may have put a fifo there.
    try (FileDescriptor file = root.open(path, Resolution.IN_ROOT, 0, OpenFlag.NON_BLOCKING)) {
      var content = new ByteArrayOutputStream();
      ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
      while (content.size() < FILE_BYTES_MAX && file.read(buffer) >= 0) {
        content.write(buffer.array(), 0, buffer.position());
        buffer.clear();
      }
      return content.toString(StandardCharsets.UTF_8);
    } catch (LinuxException e) {
      if (e.errno() == Errno.ENOENT || e.errno() == Errno.ENOTDIR || e.errno() == Errno.ELOOP) {
        return "";
      }
      throw e;
    }
  }
}
