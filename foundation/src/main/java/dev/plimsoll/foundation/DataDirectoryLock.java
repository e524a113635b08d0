package dev.plimsoll.foundation;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/**
 * Keeps a second program off a data directory. The kernel holds the lock for this process and takes
 * it back when the process ends, however it ends: there is no stale lock to remove by hand. Child
 * processes do not inherit it.
 */
public final class DataDirectoryLock implements AutoCloseable {
  private static final String NAME = "lock";

  /**
   * What this process holds. A POSIX lock belongs to the process, and closing any channel on the
   * file drops it: a second one must not even be opened.
   */
  private static final Set<Path> HELD = new HashSet<>();

  private final Path file;
  private final FileChannel channel;

  private DataDirectoryLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Takes the lock of {@code directory}, which is made if it is missing.
   *
   * @throws IOException at once if another holds it, with a sentence that names its process
   */
  public static DataDirectoryLock acquire(Path directory) throws IOException {
    return acquire(directory, "stop it first, or choose another directory with --data");
  }

  /**
   * The same for a directory of another kind.
   *
   * @param remedy what to do when another holds it
   */
  public static DataDirectoryLock acquire(Path directory, String remedy) throws IOException {
    Files.createDirectories(directory);
    Path file = directory.toRealPath().resolve(NAME);
    synchronized (HELD) {
      if (HELD.contains(file)) {
        throw inUse(directory, "this process", remedy);
      }
      FileChannel channel = FileChannel.open(file, CREATE, READ, WRITE);
      try {
        lock(directory, channel, remedy);
      } catch (IOException e) {
        channel.close();
        throw e;
      }
      HELD.add(file);
      return new DataDirectoryLock(file, channel);
    }
  }

  private static void lock(Path directory, FileChannel channel, String remedy) throws IOException {
    if (channel.tryLock() == null) {
      throw inUse(directory, "process " + holder(channel), remedy);
    }
    // The pid is for people to read; a full disk must not keep a program from starting.
    try {
      channel.truncate(0);
      channel.write(StandardCharsets.UTF_8.encode(ProcessHandle.current().pid() + "\n"), 0);
    } catch (IOException e) {
      if (!(NoSpaceException.orElse(e, directory) instanceof NoSpaceException)) {
        throw e;
      }
    }
  }

  private static String holder(FileChannel channel) throws IOException {
    ByteBuffer text = ByteBuffer.allocate(32);
    channel.read(text, 0);
    String pid = StandardCharsets.UTF_8.decode(text.flip()).toString().strip();
    return pid.isEmpty() ? "(unknown)" : pid;
  }

  private static IOException inUse(Path directory, String holder, String remedy) {
    return new IOException("%s is in use by %s: %s".formatted(directory, holder, remedy));
  }

  /** Gives the directory free. The file stays: removing it could remove a successor's lock. */
  @Override
  public void close() throws IOException {
    synchronized (HELD) {
      if (channel.isOpen()) {
        channel.close();
        HELD.remove(file);
      }
    }
  }

  @Override
  public String toString() {
    return file.toString();
  }
}
