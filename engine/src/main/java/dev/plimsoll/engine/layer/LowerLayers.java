package dev.plimsoll.engine.layer;

import dev.plimsoll.linux.Directory;
import dev.plimsoll.linux.FileStatus;
import dev.plimsoll.linux.FileType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a container would see of the layers below: the topmost name wins, whiteouts and opaque
 * directories hide what is under them. For one thread; whoever opened it closes it.
 */
final class LowerLayers implements AutoCloseable {
  static final String OPAQUE = "trusted.overlay.opaque";

  /** A name in one of the layers, not followed if it is a link. Closed by its receiver. */
  record Found(Directory in, String name, FileStatus status) implements AutoCloseable {
    @Override
    public void close() {
      in.close();
    }
  }

  private final List<Directory> roots = new ArrayList<>();

  private LowerLayers() {}

  static LowerLayers none() {
    return new LowerLayers();
  }

  static LowerLayers open(List<Path> topFirst) throws IOException {
    var layers = new LowerLayers();
    try {
      for (Path directory : topFirst) {
        layers.roots.add(Directory.open(directory));
      }
      return layers;
    } catch (IOException e) {
      layers.close();
      throw e;
    }
  }

  /** What is at {@code path}, whose parents must be directories. */
  Optional<Found> find(EntryPath path) throws IOException {
    for (Directory root : roots) {
      Answer answer = look(root, path);
      if (answer.found.isPresent() || answer.hidesLower) {
        return answer.found;
      }
    }
    return Optional.empty();
  }

  private record Answer(Optional<Found> found, boolean hidesLower) {
    static final Answer HIDDEN = new Answer(Optional.empty(), true);
  }

  private static Answer look(Directory root, EntryPath path) throws IOException {
    boolean opaque = false;
    Directory at = root.directory(".");
    try {
      for (String part : path.parts().subList(0, path.parts().size() - 1)) {
        Optional<FileStatus> status = at.find(part);
        if (status.isEmpty()) {
          return new Answer(Optional.empty(), opaque);
        }
        if (status.get().type() != FileType.DIRECTORY) {
          return Answer.HIDDEN;
        }
        Directory next = at.directory(part);
        at.close();
        at = next;
        opaque |= at.descriptor().attribute(OPAQUE).isPresent();
      }
      Optional<FileStatus> status = at.find(path.name());
      if (status.isEmpty()) {
        return new Answer(Optional.empty(), opaque);
      }
      if (status.get().isWhiteout()) {
        return Answer.HIDDEN;
      }
      var found = new Found(at.directory("."), path.name(), status.get());
      return new Answer(Optional.of(found), true);
    } finally {
      at.close();
    }
  }

  @Override
  public void close() {
    roots.forEach(Directory::close);
  }
}
