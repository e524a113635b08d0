package dev.plimsoll.engine.archive;

import dev.plimsoll.engine.container.ContainerFiles;
import dev.plimsoll.engine.container.ContainerFiles.Graft;
import dev.plimsoll.linux.Directory;
import dev.plimsoll.linux.Errno;
import dev.plimsoll.linux.FileStatus;
import dev.plimsoll.linux.FileType;
import dev.plimsoll.linux.LinuxException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The tree of files that a container sees, walked from outside. No path leads out of it: {@code ..}
 * ends at its root, links are followed by hand, and each step goes from an open directory to a name in
 * it. For one thread; the files stay their owner's.
 */
final class ContainerTree {
  private static final int LINKS_MAX = 40; // as the kernel: MAXSYMLINKS

  private final Directory root;
  private final Map<String, Graft> grafts = new HashMap<>();

  ContainerTree(ContainerFiles files) {
    this.root = files.root();
    files.grafts().forEach(graft -> grafts.put(graft.destination(), graft));
  }

  /** The tree without what is mounted over it. */
  ContainerTree(Directory root) {
    this.root = root;
  }

  /** What is done with a link that a path ends with. */
  enum Last {
    KEPT,
    FOLLOWED
  }

  /**
   * Finds what a path means, absolute or from the root. A path that ends with {@code /} or {@code /.}
   * means a directory, through a link too.
   *
   * @return to be closed by the caller
   * @throws LinuxException {@link Errno#ENOENT}, {@link Errno#ENOTDIR} or {@link Errno#ELOOP}
   */
  Spot find(String path, Last last) throws IOException {
    boolean directory = path.endsWith("/") || path.endsWith("/.") || path.equals(".");
    Last kind = directory ? Last.FOLLOWED : last;
    Spot found = new Walk(path).to(new ArrayDeque<>(parts(path)), kind);
    if (directory && found.status().type() != FileType.DIRECTORY) {
      found.close();
      throw new LinuxException("open", path, Errno.ENOTDIR.number());
    }
    return found;
  }

  static List<String> parts(String path) {
    return List.of(path.split("/", -1)).stream()
        .filter(part -> !part.isEmpty() && !part.equals("."))
        .toList();
  }

  /** The name {@code name} of an open directory, or what is mounted over it; empty if it is not. */
  Optional<Spot> child(Directory in, String inPath, String name) throws IOException {
    String path = below(inPath, name);
    Graft graft = grafts.get(path);
    if (graft != null) {
      return Optional.of(grafted(graft));
    }
    Optional<FileStatus> status = in.find(name);
    if (status.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(new Spot(in.directory("."), name, path, status.get(), false));
  }

  private static Spot grafted(Graft graft) throws IOException {
    Path source = graft.source();
    try {
      Directory opened = Directory.open(source);
      return new Spot(opened, ".", graft.destination(), opened.status(), true);
    } catch (LinuxException e) {
      Path parent = source.toAbsolutePath().getParent();
      if (!e.is(Errno.ENOTDIR) || parent == null) {
        throw e;
      }
      Directory opened = Directory.open(parent);
      String name = source.getFileName().toString();
      return new Spot(opened, name, graft.destination(), opened.status(name), true);
    }
  }

  static String below(String directory, String name) {
    return directory.equals("/") ? "/" + name : directory + "/" + name;
  }

  /** What a path is covered by, if by anything. */
  Optional<Graft> covering(String path) {
    return grafts.values().stream()
        .filter(
            graft -> path.equals(graft.destination()) || path.startsWith(graft.destination() + "/"))
        .max(Comparator.comparingInt(graft -> graft.destination().length()));
  }

  /** One walk from the root: where it is, and how it came there. */
  private final class Walk {
    private final String asked;
    private final Deque<Spot> way = new ArrayDeque<>(); // directories, the innermost first
    private int links;

    Walk(String asked) {
      this.asked = asked;
    }

    Spot to(Deque<String> parts, Last last) throws IOException {
      try {
        push(new Spot(root.directory("."), ".", "/", root.status(), false));
        while (!parts.isEmpty()) {
          String part = parts.removeFirst();
          if (part.equals("..")) {
            up();
            continue;
          }
          Spot next = step(part);
          FileType type = next.status().type();
          if (type == FileType.SYMLINK && (!parts.isEmpty() || last == Last.FOLLOWED)) {
            follow(next, parts);
          } else if (parts.isEmpty()) {
            return next;
          } else if (type != FileType.DIRECTORY) {
            next.close();
            throw failure(Errno.ENOTDIR);
          } else {
            push(next);
          }
        }
        return way.pop();
      } finally {
        way.forEach(Spot::close);
      }
    }

    private void push(Spot spot) throws IOException {
      if (spot.name().equals(".")) {
        way.push(spot);
        return;
      }
      try (spot) {
        way.push(new Spot(spot.open(), ".", spot.path(), spot.status(), spot.mounted()));
      }
    }

    private void up() {
      if (way.size() > 1) {
        way.pop().close();
      }
    }

    private Spot step(String name) throws IOException {
      Spot here = way.element();
      return child(here.directory(), here.path(), name).orElseThrow(() -> failure(Errno.ENOENT));
    }

    private void follow(Spot link, Deque<String> parts) throws IOException {
      try (link) {
        if (++links > LINKS_MAX) {
          throw failure(Errno.ELOOP);
        }
        String target = link.directory().readLink(link.name());
        if (target.startsWith("/")) {
          while (way.size() > 1) {
            up();
          }
        }
        parts(target).reversed().forEach(parts::addFirst);
      }
    }

    private LinuxException failure(Errno errno) {
      return new LinuxException("lstat", asked, errno.number());
    }
  }
}
