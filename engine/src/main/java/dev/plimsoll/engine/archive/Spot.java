package dev.plimsoll.engine.archive;

import dev.plimsoll.linux.Directory;
import dev.plimsoll.linux.FileStatus;
import java.io.IOException;

/**
 * A file or directory of a container that was found: a name in an open directory.
 *
 * @param directory owned: closed with this
 * @param name {@code .} for the directory itself
 * @param path where it is in the container, absolute and without links
 * @param mounted whether something other than the root filesystem begins here
 */
record Spot(Directory directory, String name, String path, FileStatus status, boolean mounted)
    implements AutoCloseable {

  /** It as a directory, which the caller closes. */
  Directory open() throws IOException {
    return directory.directory(name);
  }

  @Override
  public void close() {
    directory.close();
  }
}
