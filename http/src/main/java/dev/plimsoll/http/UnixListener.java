package dev.plimsoll.http;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/**
 * A unix socket to listen on. Its permissions and its group are set before the socket can be reached by
 * its name, so there is no moment in which a stranger could connect.
 *
 * @param path at most 100 bytes, as the kernel takes 107 and a name to prepare the socket under is needed;
 *     its directory has to exist
 * @param permissions who may connect: writing is what counts
 * @param group name of the group the socket belongs to; else the process's own
 */
public record UnixListener(
    Path path, Set<PosixFilePermission> permissions, Optional<String> group) {
  private static final int PATH_BYTES_MAX = 100;

  public UnixListener {
    path = path.toAbsolutePath();
    permissions = Set.copyOf(permissions);
    int length = path.toString().getBytes(StandardCharsets.UTF_8).length;
    if (length > PATH_BYTES_MAX) {
      throw new IllegalArgumentException(
          "socket path %s has %d bytes; %d are possible".formatted(path, length, PATH_BYTES_MAX));
    }
  }

  /** A socket for the process's own user only. */
  public static UnixListener at(Path path) {
    return new UnixListener(path, PosixFilePermissions.fromString("rw-------"), Optional.empty());
  }

  /** The same socket with the permissions written like {@code rw-rw----}. */
  public UnixListener withPermissions(String permissions) {
    return new UnixListener(path, PosixFilePermissions.fromString(permissions), group);
  }

  /** The same socket, owned by a group. */
  public UnixListener withGroup(String group) {
    return new UnixListener(path, permissions, Optional.of(group));
  }
}
