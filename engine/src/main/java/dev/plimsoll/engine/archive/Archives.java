package dev.plimsoll.engine.archive;

import dev.plimsoll.docker.container.FilesystemChange;
import dev.plimsoll.docker.container.PathStat;
import dev.plimsoll.engine.archive.ContainerTree.Last;
import dev.plimsoll.engine.archive.TreeExtraction.Overwrite;
import dev.plimsoll.engine.archive.TreeExtraction.Owner;
import dev.plimsoll.engine.container.Container;
import dev.plimsoll.engine.container.ContainerFiles;
import dev.plimsoll.engine.container.ContainerFiles.Graft;
import dev.plimsoll.engine.container.ContainerSettings;
import dev.plimsoll.engine.container.ContainerUsers;
import dev.plimsoll.engine.container.Containers;
import dev.plimsoll.engine.refusal.EngineException.BadParameter;
import dev.plimsoll.engine.refusal.EngineException.Failed;
import dev.plimsoll.engine.refusal.EngineException.NotFound;
import dev.plimsoll.engine.runtime.ProcessUser;
import dev.plimsoll.engine.tar.Compression;
import dev.plimsoll.linux.Errno;
import dev.plimsoll.linux.FileType;
import dev.plimsoll.linux.LinuxException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;

/**
 * Files of containers, in and out, running or not. Safe for many threads.
 *
 * <p>Refusals are worded as dockerd's; {@code container} is how the user named the container.
 */
public final class Archives {
  private final Containers containers;

  public Archives(Containers containers) {
    this.containers = containers;
  }

  /** Part of a container's tree, found and not yet sent. */
  public static final class Part implements AutoCloseable {
    private final ContainerFiles files;
    private final ContainerTree tree;
    private final Spot spot;
    private final String name;

    private Part(ContainerFiles files, ContainerTree tree, Spot spot, String name) {
      this.files = files;
      this.tree = tree;
      this.spot = spot;
      this.name = name;
    }

    public PathStat stat() throws IOException {
      return PathStats.of(tree, spot, name);
    }

    /** Writes it as an archive whose names begin with its own; the stream stays open. */
    public void writeTo(OutputStream out) throws IOException {
      new TreeArchive(tree, out).write(spot, name);
    }

    @Override
    public void close() throws IOException {
      spot.close();
      files.close();
    }
  }

  /**
   * Finds a path.
   *
   * @throws NotFound if there is nothing
   */
  public Part find(String container, String path) throws IOException, InterruptedException {
    ContainerFiles files = containers.files(containers.find(container));
    try {
      var tree = new ContainerTree(files);
      return new Part(files, tree, spot(tree, container, path, Last.KEPT), baseName(path));
    } catch (IOException | RuntimeException e) {
      files.close();
      throw e;
    }
  }

  private static Spot spot(ContainerTree tree, String container, String path, Last last)
      throws IOException {
    try {
      return tree.find(path, last);
    } catch (LinuxException e) {
      if (e.is(Errno.ENOENT)) {
        throw new NotFound("Could not find the file %s in container %s".formatted(path, container));
      }
      if (e.is(Errno.ENOTDIR)) {
        throw new Failed("lstat %s: not a directory".formatted(path), e);
      }
      throw e;
    }
  }

  /** As Go's {@code filepath.Base}: {@code /a/b/} is b, {@code /a/.} is a dot, {@code /} itself. */
  static String baseName(String path) {
    if (path.endsWith("/.") || path.equals(".")) {
      return ContainerTree.parts(path).isEmpty() ? "/" : ".";
    }
    List<String> parts =
        ContainerTree.parts(java.nio.file.Path.of("/" + path).normalize().toString());
    return parts.isEmpty() ? "/" : parts.getLast();
  }

  /** Tells the world that a part was read. */
  public void wasRead(String container) {
    containers.publish(containers.find(container).snapshot(), "archive-path");
  }

  /** What may take whose place. */
  public enum Replace {
    ANYTHING,
    /** A directory only a directory, and anything else only anything else. */
    SAME_KIND
  }

  /** Whom unpacked files belong to. */
  public enum Ownership {
    AS_ARCHIVED,
    /** The user that the container runs as. */
    OF_CONTAINER
  }

  /**
   * Unpacks an archive, compressed or not, into a directory of a container.
   *
   * @throws NotFound if there is no such directory
   * @throws BadParameter if it is none, or read-only
   */
  public void extract(
      String container, String path, InputStream archive, Replace replace, Ownership ownership)
      throws IOException, InterruptedException {
    Container found = containers.find(container);
    ContainerSettings settings = found.snapshot().settings();
    try (ContainerFiles files = containers.files(found)) {
      var tree = new ContainerTree(files);
      String target;
      try (Spot spot = spot(tree, container, path, Last.FOLLOWED)) {
        if (spot.status().type() != FileType.DIRECTORY) {
          throw new BadParameter("extraction point is not a directory");
        }
        target = spot.path();
      }
      requireWritable(tree, settings, target);
      Overwrite overwrite = replace == Replace.ANYTHING ? Overwrite.ANYTHING : Overwrite.SAME_KIND;
      new TreeExtraction(
              tree,
              target,
              overwrite,
              owner(files, settings, ownership),
              place -> requireWritable(tree, settings, place))
          .unpack(Compression.unpacked(archive));
    }
    containers.publish(found.snapshot(), "extract-to-dir");
  }

  private static void requireWritable(ContainerTree tree, ContainerSettings settings, String path) {
    Optional<Graft> covering = tree.covering(path);
    if (covering.isPresent() && !covering.get().writable()) {
      throw new BadParameter("mounted volume is marked read-only");
    }
    if (covering.isEmpty() && settings.host().readonlyRootfs()) {
      throw new BadParameter("container rootfs is marked read-only");
    }
  }

  private static Optional<Owner> owner(
      ContainerFiles files, ContainerSettings settings, Ownership ownership) throws IOException {
    String user = settings.config().user();
    if (ownership == Ownership.AS_ARCHIVED || user.isEmpty()) {
      return Optional.empty();
    }
    ProcessUser resolved = ContainerUsers.resolve(files.root().link(), user, List.of());
    return Optional.of(new Owner(resolved.uid(), resolved.gid()));
  }

  /** A container's whole tree, found and not yet sent. */
  public static final class Export implements AutoCloseable {
    private final ContainerFiles files;

    private Export(ContainerFiles files) {
      this.files = files;
    }

    /** Writes it as an archive; the stream stays open. */
    public void writeTo(OutputStream out) throws IOException {
      var tree = new ContainerTree(files.root());
      try (Spot root = tree.find("/", Last.KEPT)) {
        new TreeArchive(tree, out).writeContent(root);
      }
    }

    @Override
    public void close() throws IOException {
      files.close();
    }
  }

  /** The container's root filesystem without what is mounted over it. */
  public Export export(String container) throws IOException, InterruptedException {
    Container found = containers.find(container);
    var export = new Export(containers.files(found));
    containers.publish(found.snapshot(), "export");
    return export;
  }

  /** What the container changed of its image. */
  public List<FilesystemChange> changes(String container) throws IOException {
    Container found = containers.find(container);
    return Changes.of(containers.directory(found.id()).upper(), containers.layers(found));
  }
}
