package dev.plimsoll.linux;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Removes a tree by descriptor, so that nobody who renames meanwhile leads it astray. A depth that
 * would use up the descriptors is flattened: a directory too far down moves up beside the root of
 * the tree and is removed from there.
 */
final class TreeRemoval {
  private static final int DEPTH_MAX = 128;
  private static final int PASSES_MAX = 4; // somebody may be adding names while this removes them
  private static final int FAILURES_MAX = 16;

  private final Directory top;
  private int moved;
  private int failures;
  private @Nullable IOException failure;

  TreeRemoval(Directory top) {
    this.top = top;
  }

  void remove(String name) throws IOException {
    removeOne(top, name, FileType.UNKNOWN, 0);
    if (failure != null) {
      throw failure;
    }
  }

  private void removeOne(Directory parent, String name, FileType type, int depth) {
    try {
      if (type != FileType.DIRECTORY) {
        try {
          parent.remove(name);
          return;
        } catch (LinuxException e) {
          if (e.is(Errno.ENOENT)) {
            return;
          }
          if (!e.is(Errno.EISDIR) && !e.is(Errno.EPERM)) { // POSIX says EPERM for a directory
            throw e;
          }
          FileStatus status = parent.status(name);
          if (status.type() != FileType.DIRECTORY) {
            throw e;
          }
        }
      }
      if (depth >= DEPTH_MAX) {
        flatten(parent, name);
      } else {
        removeDirectory(parent, name, depth);
      }
    } catch (IOException e) {
      note(e);
    }
  }

  private void removeDirectory(Directory parent, String name, int depth) throws IOException {
    for (int pass = 1; ; pass++) {
      int failuresBefore = failures;
      try (Directory directory = parent.directory(name, Resolution.BENEATH_SAME_MOUNT)) {
        for (DirectoryEntry entry : directory.list()) {
          removeOne(directory, entry.name(), entry.type(), depth + 1);
        }
      } catch (LinuxException e) {
        if (e.is(Errno.ENOENT)) {
          return;
        }
        throw e;
      }
      try {
        parent.removeDirectory(name);
        return;
      } catch (LinuxException e) {
        if (e.is(Errno.ENOENT)) {
          return;
        }
        if (!e.is(Errno.ENOTEMPTY)) {
          throw e;
        }
        if (failures > failuresBefore) {
          return; // what is left below has been noted, and this only follows from it
        }
        if (pass == PASSES_MAX) {
          throw e;
        }
      }
    }
  }

  private void flatten(Directory parent, String name) throws IOException {
    while (true) {
      String shallow = ".removing-" + ProcessHandle.current().pid() + "-" + moved++;
      try {
        parent.renameNew(name, top, shallow);
      } catch (LinuxException e) {
        if (e.is(Errno.EEXIST)) {
          continue;
        }
        throw e;
      }
      removeOne(top, shallow, FileType.DIRECTORY, 0);
      return;
    }
  }

  private void note(IOException e) {
    failures++;
    if (failure == null) {
      failure = e;
    } else if (failure.getSuppressed().length < FAILURES_MAX) {
      failure.addSuppressed(e);
    }
  }
}
