package dev.plimsoll.foundation;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Directories whose files are nobody else's business, whatever mode the files have. */
public final class PrivateDirectory {
  private PrivateDirectory() {}

  /**
   * Makes a directory that only its owner may enter, whatever the umask; what is missing on the way to
   * it is made by the umask. One that is there keeps its mode: whoever made it may have had a reason.
   */
  public static void make(Path directory) throws IOException {
    Path place = directory.toAbsolutePath();
    if (place.getParent() != null) {
      Files.createDirectories(place.getParent());
    }
    try {
      Files.createDirectory(
          place,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(place)) {
        throw e;
      }
    }
  }

  /**
   * The directory that keeps other users from {@code place}: the topmost one on the way to it that
   * they may not pass through. Empty if nothing is in the way.
   */
  public static Optional<Path> inTheWayOf(Path place) throws IOException {
    for (Path directory : ancestors(place)) {
      if (Files.exists(directory)
          && !Files.getPosixFilePermissions(directory)
              .contains(PosixFilePermission.OTHERS_EXECUTE)) {
        return Optional.of(directory);
      }
    }
    return Optional.empty();
  }

  private static List<Path> ancestors(Path place) {
    List<Path> all = new ArrayList<>();
    for (Path at = place.toAbsolutePath().getParent(); at != null; at = at.getParent()) {
      all.addFirst(at);
    }
    return all;
  }
}
