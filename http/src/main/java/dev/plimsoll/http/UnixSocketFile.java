package dev.plimsoll.http;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The file of a unix socket. The socket is bound in a directory that only this process may enter, gets
 * its permissions and its group there, and is then renamed to its place: so nobody can connect too
 * early, and a stale file is replaced without a gap.
 */
final class UnixSocketFile {
  private final UnixListener listener;
  private final Path directory;
  private @Nullable Object key;

  private UnixSocketFile(UnixListener listener, Path directory) {
    this.listener = listener;
    this.directory = directory;
  }

  /** Refuses a path that is in use, and prepares a place to bind. */
  static UnixSocketFile prepare(UnixListener listener) throws IOException {
    Path path = listener.path();
    if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      checkStale(path);
    }
    Path parent = Objects.requireNonNull(path.getParent(), "a socket is in a directory");
    if (!Files.isDirectory(parent)) {
      throw new IOException("there is no directory " + parent + " for the socket " + path);
    }
    Path directory =
        Files.createTempDirectory(
            parent,
            ".",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    return new UnixSocketFile(listener, directory);
  }

  private static void checkStale(Path path) throws IOException {
    if (!Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
        .isOther()) {
      throw new IOException(path + " exists and is no socket; it was left alone");
    }
    try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      probe.configureBlocking(false); // a live server whose queue is full would block the connect
      probe.connect(UnixDomainSocketAddress.of(path));
    } catch (IOException e) {
      if (String.valueOf(e.getMessage()).contains("refused")) {
        return;
      }
      throw new IOException("cannot tell whether a server listens on " + path, e);
    }
    throw new IOException(
        "another server listens on %s; stop it, or choose another path".formatted(path));
  }

  /** Where to bind. */
  Path bindPath() {
    return directory.resolve("s");
  }

  /** Lets clients reach the bound socket. */
  void publish() throws IOException {
    Path bound = bindPath();
    PosixFileAttributeView attributes =
        Files.getFileAttributeView(bound, PosixFileAttributeView.class);
    if (listener.group().isPresent()) {
      attributes.setGroup(group(listener.group().get()));
    }
    attributes.setPermissions(listener.permissions());
    key = attributes.readAttributes().fileKey();
    Files.move(bound, listener.path(), StandardCopyOption.ATOMIC_MOVE);
    Files.delete(directory);
  }

  private GroupPrincipal group(String name) throws IOException {
    try {
      return listener
          .path()
          .getFileSystem()
          .getUserPrincipalLookupService()
          .lookupPrincipalByGroupName(name);
    } catch (UserPrincipalNotFoundException e) {
      throw new IOException(
          "there is no group %s for the socket %s".formatted(name, listener.path()), e);
    }
  }

  /** Removes what is there of this socket, and leaves alone what another server put in its place. */
  void remove() throws IOException {
    Files.deleteIfExists(bindPath());
    Files.deleteIfExists(directory);
    Path path = listener.path();
    if (key != null
        && Files.exists(path, LinkOption.NOFOLLOW_LINKS)
        && key.equals(Files.readAttributes(path, BasicFileAttributes.class).fileKey())) {
      Files.deleteIfExists(path);
    }
  }
}
