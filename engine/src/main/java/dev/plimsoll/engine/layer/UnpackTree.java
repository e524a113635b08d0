package dev.plimsoll.engine.layer;

import dev.plimsoll.engine.layer.LowerLayers.Found;
import dev.plimsoll.linux.Directory;
import dev.plimsoll.linux.Errno;
import dev.plimsoll.linux.FileStatus;
import dev.plimsoll.linux.FileType;
import dev.plimsoll.linux.LinuxException;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The directories of a layer that is being unpacked. A path from the archive is walked here, one
 * name at a time from a held directory, so that a symbolic link on the way leads to where it would
 * lead in a container and never out of the layer. For one thread.
 */
final class UnpackTree implements AutoCloseable {
  private static final int OPEN_MAX = 64;
  private static final int LINKS_MAX = 40; // as the kernel: MAXSYMLINKS
  private static final int DEFAULT_PERMISSIONS = 0755;

  /** An open directory and its path without links. */
  record Place(Directory directory, EntryPath path) {}

  /** What to do when the archive needs something that it does not contain. */
  enum Missing {
    TAKE_FROM_LOWER,
    GIVE_UP
  }

  private final Place root;
  private final LowerLayers lower;
  private final Missing missing;
  private final DirectoryLog directories;
  private final Map<EntryPath, Place> open =
      new LinkedHashMap<>(OPEN_MAX * 2, 0.75f, true); // by the path as written
  private final List<Place> retired = new ArrayList<>();
  private boolean leans;
  private boolean replaced;

  UnpackTree(Directory root, LowerLayers lower, Missing missing, DirectoryLog directories) {
    this.root = new Place(root, EntryPath.ROOT);
    this.lower = lower;
    this.missing = missing;
    this.directories = directories;
  }

  Place root() {
    return root;
  }

  /** Whether anything was taken from below, or would have been. */
  boolean leans() {
    return leans;
  }

  /**
   * The directory that a path leads to, made if need be. It stays open until {@link #trim}.
   */
  Place directory(EntryPath path) throws IOException {
    return directory(path, new Links(path));
  }

  private Place directory(EntryPath path, Links links) throws IOException {
    if (path.isRoot()) {
      return root;
    }
    Place known = open.get(path);
    if (known != null) {
      return known;
    }
    Place place = step(directory(path.parent(), links), path.name(), links);
    if (!place.path.isRoot()) {
      remember(path, place);
    }
    return place;
  }

  /** From a directory to one of its names, through a link if it is one. */
  private Place step(Place from, String name, Links links) throws IOException {
    EntryPath path = from.path.child(name);
    try {
      return new Place(from.directory.directory(name), path);
    } catch (LinuxException e) {
      if (e.is(Errno.ENOENT)) {
        return implied(from, path, links);
      }
      if (!e.is(Errno.ELOOP) && !e.is(Errno.ENOTDIR)) {
        throw e;
      }
    }
    FileStatus status = from.directory.status(name);
    if (status.type() == FileType.SYMLINK) {
      return follow(from.path, from.directory.readLink(name), links);
    }
    if (status.isWhiteout()) {
      // Deleted below, and new here although nobody said so: an empty directory over the old one.
      from.directory.remove(name);
      replaced = true;
      Place fresh = made(from, path);
      fresh.directory.descriptor().setAttribute(LowerLayers.OPAQUE, new byte[] {'y'});
      return fresh;
    }
    throw new LayerFormatException("%s: \"%s\" is not a directory".formatted(links.start, path));
  }

  private Place follow(EntryPath from, String target, Links links) throws IOException {
    links.count();
    EntryPath at = target.startsWith("/") ? EntryPath.ROOT : from;
    Deque<String> parts = new ArrayDeque<>(List.of(target.split("/", -1)));
    while (!parts.isEmpty()) {
      String part = parts.removeFirst();
      if (part.equals("..")) {
        at = at.isRoot() ? at : at.parent();
      } else if (!part.isEmpty() && !part.equals(".")) {
        at = directory(at.child(part), links).path;
      }
    }
    return directory(at, links);
  }

  /** A directory that the archive uses and does not list. */
  private Place implied(Place from, EntryPath path, Links links) throws IOException {
    leans(path);
    try (Found found = lower.find(path).orElse(null)) {
      if (found != null && found.status().type() == FileType.SYMLINK) {
        return follow(from.path, found.in().readLink(found.name()), links);
      }
      if (found != null && found.status().type() == FileType.DIRECTORY) {
        return copied(from, path, found.status());
      }
    }
    return made(from, path);
  }

  private Place made(Place from, EntryPath path) throws IOException {
    from.directory.makeDirectory(path.name(), DEFAULT_PERMISSIONS);
    directories.note(path, DEFAULT_PERMISSIONS, Instant.EPOCH);
    Directory made = from.directory.directory(path.name());
    made.descriptor().setPermissions(DEFAULT_PERMISSIONS);
    return new Place(made, path);
  }

  private Place copied(Place from, EntryPath path, FileStatus original) throws IOException {
    from.directory.makeDirectory(path.name(), original.permissions());
    Directory made = from.directory.directory(path.name());
    made.descriptor().setOwner(original.uid(), original.gid());
    made.descriptor().setPermissions(original.permissions());
    directories.note(path, original.permissions(), original.modified());
    return new Place(made, path);
  }

  /** What a hard link means by a name that is not in the archive; empty if it is nowhere. */
  Optional<Found> below(EntryPath path) throws IOException {
    leans(path);
    return lower.find(path);
  }

  private void leans(EntryPath path) throws LeansOnLowerException {
    leans = true;
    if (missing == Missing.GIVE_UP) {
      throw new LeansOnLowerException(path.toString());
    }
  }

  /** Whether a name was taken by another member. */
  boolean replaced() {
    return replaced;
  }

  /** Call it when a directory or link goes away: what was known of paths may be wrong now. */
  void forget() {
    retired.addAll(open.values());
    open.clear();
  }

  private void remember(EntryPath path, Place place) {
    open.put(path, place);
  }

  /** Called between members, when no place is in use: keeps the number of open files small. */
  void trim() {
    var eldest = open.values().iterator();
    while (open.size() > OPEN_MAX) {
      retired.add(eldest.next());
      eldest.remove();
    }
    for (Place place : retired) {
      if (!open.containsValue(place)) { // the path through a link shares its target's place
        place.directory.close();
      }
    }
    retired.clear();
  }

  @Override
  public void close() {
    forget();
    trim();
  }

  /** How many links one path went through. */
  private static final class Links {
    private final EntryPath start;
    private int followed;

    Links(EntryPath start) {
      this.start = start;
    }

    void count() throws LayerFormatException {
      if (++followed > LINKS_MAX) {
        throw new LayerFormatException("\"%s\" leads through too many links".formatted(start));
      }
    }
  }
}
