package dev.plimsoll.engine.container;

import dev.plimsoll.linux.Directory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A container's files, running or not, while somebody looks at them: its merged root filesystem and
 * what belongs over it. Closing it takes away what was mounted for it, unless the container runs by
 * then.
 */
public final class ContainerFiles implements AutoCloseable {
  private final Directory root;
  private final List<Graft> grafts;
  private final Release release;

  /**
   * Something that the container sees in place of a directory or file of its root filesystem.
   *
   * @param destination absolute and without links, as the container is told
   * @param source a file or directory on the host
   */
  public record Graft(String destination, Path source, boolean writable) {}

  interface Release {
    void run() throws IOException;
  }

  ContainerFiles(Directory root, List<Graft> grafts, Release release) {
    this.root = root;
    this.grafts = List.copyOf(grafts);
    this.release = release;
  }

  public Directory root() {
    return root;
  }

  public List<Graft> grafts() {
    return grafts;
  }

  @Override
  public void close() throws IOException {
    root.close();
    release.run();
  }
}
