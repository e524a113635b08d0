package dev.plimsoll.linux;

import static dev.plimsoll.linux.ffi.SystemCall.*;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.plimsoll.linux.ffi.FileName;
import dev.plimsoll.linux.ffi.Scratch;
import dev.plimsoll.linux.ffi.SystemCall;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * An open directory, and what can be done to the names in it: the {@code …at(2)} calls. The directory
 * is held by descriptor, so renaming or replacing its path meanwhile changes nothing.
 *
 * <p>A {@code name} is meant to be one part of a path. Parts before the last are followed by the kernel
 * where they are symbolic links, and {@code ..} climbs: a path from outside goes through {@link
 * #open(String, Resolution, int, OpenFlag...)} or {@link #directory(String, Resolution)} and never in
 * here whole. The last part is never followed. Names that are not UTF-8 travel as {@link FileName}
 * says.
 *
 * <p>Safe for many threads, save for closing while it is in use. Whoever opened it closes it. A
 * failed call leaves everything as it was, unless it says otherwise.
 */
public final class Directory implements AutoCloseable {
  static final int WORKING = -100; // AT_FDCWD
  static final int AT_EMPTY_PATH = 0x1000;
  private static final int AT_SYMLINK_NOFOLLOW = 0x100;
  private static final int AT_REMOVEDIR = 0x200;
  private static final int RENAME_NOREPLACE = 1;
  private static final int RENAME_EXCHANGE = 2;
  private static final int OPEN_HOW_BYTES = 24; // linux/openat2.h
  private static final int OPEN =
      OpenFlag.bits(OpenFlag.DIRECTORY, OpenFlag.NO_FOLLOW); // read-only, close on exec
  private static final int CREATE =
      OpenFlag.bits(OpenFlag.WRITE, OpenFlag.CREATE, OpenFlag.EXCLUSIVE, OpenFlag.NO_FOLLOW);

  private final FileDescriptor descriptor;

  private Directory(FileDescriptor descriptor) {
    this.descriptor = descriptor;
  }

  /** Opens the directory at {@code path}, following links. */
  public static Directory open(Path path) throws IOException {
    return new Directory(FileDescriptor.open(path, 0, OpenFlag.DIRECTORY));
  }

  /** The directory {@code name}, which must be one itself and no link to one. */
  public Directory directory(String name) throws IOException {
    return new Directory(openat(name, OPEN, 0));
  }

  /** The directory that {@code path} leads to from here, as far as {@code resolution} lets it. */
  public Directory directory(String path, Resolution resolution) throws IOException {
    return new Directory(open(path, resolution, 0, OpenFlag.DIRECTORY));
  }

  /**
   * A new empty file, open for writing.
   *
   * @throws LinuxException {@link Errno#EEXIST} if the name is taken, by a dangling link too
   */
  public FileDescriptor create(String name, int permissions) throws IOException {
    return openat(name, CREATE, permissions);
  }

  /** Opens {@code name}; a symbolic link there fails with {@link Errno#ELOOP}. */
  public FileDescriptor open(String name, int permissions, OpenFlag... flags) throws IOException {
    return openat(name, OpenFlag.bits(flags) | OpenFlag.NO_FOLLOW.bits, permissions);
  }

  private FileDescriptor openat(String name, int flags, int permissions) throws LinuxException {
    try (Scratch s = Scratch.take()) {
      long fd = OPENAT.restarting(s, number(), s.text(name), flags, permissions);
      return new FileDescriptor((int) check(OPENAT, name, fd), subject(name));
    }
  }

  /**
   * Opens what {@code path} leads to from here, links and all, as far as {@code resolution} lets it.
   * Add {@link OpenFlag#NO_FOLLOW} to get at a link in the last place itself.
   *
   * @throws LinuxException {@link Errno#EXDEV} or {@link Errno#ELOOP} if the path leads out; {@link
   *     Errno#ENOSYS} before Linux 5.6
   */
  public FileDescriptor open(String path, Resolution resolution, int permissions, OpenFlag... flags)
      throws IOException {
    int bits = OpenFlag.bits(flags);
    boolean creates = (bits & (OpenFlag.CREATE.bits | 0x400000)) != 0;
    try (Scratch s = Scratch.take()) {
      MemorySegment how = s.dirty(OPEN_HOW_BYTES);
      how.set(JAVA_LONG, 0, bits);
      how.set(JAVA_LONG, 8, creates ? permissions : 0); // any mode else is EINVAL
      how.set(JAVA_LONG, 16, resolution.bits);
      long name = s.text(path);
      long fd;
      int attempts = 0;
      do {
        // EAGAIN: something was renamed while ".." was looked up; it may be tried again
        fd = OPENAT2.restarting(s, number(), name, how.address(), OPEN_HOW_BYTES);
      } while (fd == -Errno.EAGAIN.number() && ++attempts < 100);
      return new FileDescriptor((int) check(OPENAT2, path, fd), subject(path));
    }
  }

  public void makeDirectory(String name, int permissions) throws IOException {
    try (Scratch s = Scratch.take()) {
      check(MKDIRAT, name, MKDIRAT.call(s, number(), s.text(name), permissions));
    }
  }

  /** A symbolic link {@code name} that says {@code target}, whatever that means there. */
  public void makeSymlink(String name, String target) throws IOException {
    try (Scratch s = Scratch.take()) {
      check(SYMLINKAT, name, SYMLINKAT.call(s, s.text(target), number(), s.text(name)));
    }
  }

  /** A further name for the file {@code existing} of {@code from}, which is not followed. */
  public void makeLink(String name, Directory from, String existing) throws IOException {
    try (Scratch s = Scratch.take()) {
      long old = s.text(existing);
      check(LINKAT, name, LINKAT.call(s, from.number(), old, number(), s.text(name), 0));
    }
  }

  /** A device node, FIFO or socket file. */
  public void makeNode(String name, FileType type, int permissions, Device device)
      throws IOException {
    try (Scratch s = Scratch.take()) {
      long mode = type.bits | permissions;
      check(MKNODAT, name, MKNODAT.call(s, number(), s.text(name), mode, device.encoded()));
    }
  }

  /** Overlayfs' mark that {@code name} of the layers below is deleted. */
  public void makeWhiteout(String name) throws IOException {
    makeNode(name, FileType.CHARACTER_DEVICE, 0, Device.WHITEOUT);
  }

  /** Removes {@code name}, which is no directory. */
  public void remove(String name) throws IOException {
    unlink(name, 0);
  }

  public void removeDirectory(String name) throws IOException {
    unlink(name, AT_REMOVEDIR);
  }

  private void unlink(String name, int flags) throws LinuxException {
    try (Scratch s = Scratch.take()) {
      check(UNLINKAT, name, UNLINKAT.call(s, number(), s.text(name), flags));
    }
  }

  /**
   * Removes {@code name} and all below it. Links are removed, never followed, and what is mounted
   * below is left alone, with the names that lead to it. Nothing there is no failure.
   *
   * @throws LinuxException the first failure, others suppressed; what could be removed is gone.
   *     {@link Errno#EXDEV} where something is mounted
   */
  public void removeTree(String name) throws IOException {
    new TreeRemoval(this).remove(name);
  }

  /** Renames {@code name} to {@code newName} in {@code target}, replacing what is there. */
  public void rename(String name, Directory target, String newName) throws IOException {
    rename(name, target, newName, 0);
  }

  /** As {@link #rename}, but {@link Errno#EEXIST} if the new name is taken. */
  public void renameNew(String name, Directory target, String newName) throws IOException {
    rename(name, target, newName, RENAME_NOREPLACE);
  }

  /** The two names change places at one moment. */
  public void exchange(String name, Directory target, String other) throws IOException {
    rename(name, target, other, RENAME_EXCHANGE);
  }

  private void rename(String name, Directory target, String newName, int flags)
      throws LinuxException {
    try (Scratch s = Scratch.take()) {
      long from = s.text(name);
      long result = RENAMEAT2.call(s, number(), from, target.number(), s.text(newName), flags);
      if (result < 0) {
        throw LinuxException.of(
            RENAMEAT2, subject(name) + " to " + target.subject(newName), result);
      }
    }
  }

  /** Changes the owner of {@code name} itself; set-uid and set-gid of a file are lost by it. */
  public void setOwner(String name, int uid, int gid) throws IOException {
    try (Scratch s = Scratch.take()) {
      long path = s.text(name);
      check(FCHOWNAT, name, FCHOWNAT.call(s, number(), path, uid, gid, AT_SYMLINK_NOFOLLOW));
    }
  }

  /**
   * Changes the permissions of {@code name}, without the umask.
   *
   * @throws LinuxException {@link Errno#EOPNOTSUPP} for a symbolic link: it has none
   */
  public void setPermissions(String name, int permissions) throws IOException {
    try (Scratch s = Scratch.take()) {
      long path = s.text(name);
      long result = FCHMODAT2.call(s, number(), path, permissions, AT_SYMLINK_NOFOLLOW);
      if (result != -Errno.ENOSYS.number()) {
        check(FCHMODAT2, name, result);
        return;
      }
    }
    setPermissionsBefore66(name, permissions);
  }

  // Before Linux 6.6 no call changes a mode without following. A file opened by O_PATH is chmod-ed
  // through its magic link; a symbolic link opened so must be refused here.
  void setPermissionsBefore66(String name, int permissions) throws IOException {
    try (FileDescriptor file = open(name, 0, OpenFlag.PATH);
        Scratch s = Scratch.take()) {
      if (file.status().type() == FileType.SYMLINK) {
        throw new LinuxException("fchmodat", subject(name), Errno.EOPNOTSUPP.number());
      }
      long path = s.text(file.link().toString());
      check(FCHMODAT, name, FCHMODAT.call(s, WORKING, path, permissions));
    }
  }

  /** Sets both times of {@code name} itself, to the nanosecond. */
  public void setTimes(String name, Instant accessed, Instant modified) throws IOException {
    try (Scratch s = Scratch.take()) {
      long path = s.text(name);
      long times = times(s, accessed, modified);
      check(UTIMENSAT, name, UTIMENSAT.call(s, number(), path, times, AT_SYMLINK_NOFOLLOW));
    }
  }

  static long times(Scratch s, Instant accessed, Instant modified) {
    MemorySegment times = s.dirty(32); // two of struct __kernel_timespec
    times.set(JAVA_LONG, 0, accessed.getEpochSecond());
    times.set(JAVA_LONG, 8, accessed.getNano());
    times.set(JAVA_LONG, 16, modified.getEpochSecond());
    times.set(JAVA_LONG, 24, modified.getNano());
    return times.address();
  }

  /** What the symbolic link {@code name} says. */
  public String readLink(String name) throws IOException {
    try (Scratch s = Scratch.take()) {
      MemorySegment target = s.buffer();
      long path = s.text(name);
      long length = READLINKAT.call(s, number(), path, target.address(), Scratch.BUFFER_BYTES);
      byte[] bytes = target.asSlice(0, check(READLINKAT, name, length)).toArray(JAVA_BYTE);
      return FileName.decode(bytes);
    }
  }

  /** What the kernel knows of {@code name} itself, a link not followed. */
  public FileStatus status(String name) throws IOException {
    try (Scratch s = Scratch.take()) {
      return statx(s, number(), name, AT_SYMLINK_NOFOLLOW, subject(name));
    }
  }

  /** As {@link #status(String)}, or empty if there is no such name. */
  public Optional<FileStatus> find(String name) throws IOException {
    try (Scratch s = Scratch.take()) {
      MemorySegment statx = s.dirty(FileStatus.STATX_BYTES);
      long result =
          STATX.restarting(
              s,
              number(),
              s.text(name),
              AT_SYMLINK_NOFOLLOW,
              FileStatus.STATX_WANTED,
              statx.address());
      if (result == -Errno.ENOENT.number()) {
        return Optional.empty();
      }
      check(STATX, name, result);
      return Optional.of(FileStatus.read(statx));
    }
  }

  /** What the kernel knows of this directory. */
  public FileStatus status() throws IOException {
    return descriptor.status();
  }

  static FileStatus statx(Scratch s, int directory, String name, int flags, Object subject)
      throws LinuxException {
    MemorySegment statx = s.dirty(FileStatus.STATX_BYTES);
    long result =
        STATX.restarting(
            s, directory, s.text(name), flags, FileStatus.STATX_WANTED, statx.address());
    if (result < 0) {
      throw LinuxException.of(STATX, subject, result);
    }
    return FileStatus.read(statx);
  }

  /** All names but {@code .} and {@code ..}, in no order, as they were at one pass. */
  public List<DirectoryEntry> list() throws IOException {
    // A descriptor of its own: the position in the listing belongs to the open directory, and two
    // threads that list would each get a part.
    try (FileDescriptor listing = openat(".", OPEN, 0)) {
      return DirectoryEntry.read(listing);
    }
  }

  /** An extended attribute of {@code name} itself, such as {@code security.capability}. */
  public Optional<byte[]> attribute(String name, String attribute) throws IOException {
    return Attributes.ofName(number(), name, subject(name)).get(attribute);
  }

  public void setAttribute(String name, String attribute, byte[] value) throws IOException {
    Attributes.ofName(number(), name, subject(name)).set(attribute, value);
  }

  public void removeAttribute(String name, String attribute) throws IOException {
    Attributes.ofName(number(), name, subject(name)).remove(attribute);
  }

  /** The names of the attributes that this process may see. */
  public List<String> attributes(String name) throws IOException {
    return Attributes.ofName(number(), name, subject(name)).names();
  }

  /** Forces the names of this directory to disk: created, renamed and removed ones. */
  public void sync() throws IOException {
    descriptor.sync();
  }

  /** The directory as a descriptor: its owner, mode, times and attributes. This keeps owning it. */
  public FileDescriptor descriptor() {
    return descriptor;
  }

  /** A path to this directory while it is open, short whatever its real path is. */
  public Path link() {
    return descriptor.link();
  }

  int number() {
    return descriptor.number();
  }

  @Override
  public void close() {
    descriptor.close();
  }

  /** A name in a directory, put together only when a message needs it. */
  private record Subject(Object directory, String name) {
    @Override
    public String toString() {
      return directory + "/" + name;
    }
  }

  private Subject subject(String name) {
    return new Subject(descriptor, name);
  }

  private long check(SystemCall call, String name, long result) throws LinuxException {
    if (result < 0) {
      throw LinuxException.of(call, subject(name), result);
    }
    return result;
  }

  @Override
  public String toString() {
    return descriptor.toString();
  }
}
