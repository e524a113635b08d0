package dev.plimsoll.linux.cgroup;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** The small text files of a control group, and the directories they are in. */
final class KernelFiles {
  static final long WAIT_NANOS_MAX = 5_000_000_000L;
  private static final long PAUSE_NANOS = 1_000_000;

  /** From here a version 1 limit means none: the largest number, rounded down to pages. */
  private static final long NO_LIMIT_FROM = 1L << 62;

  private KernelFiles() {}

  static String read(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.UTF_8).strip();
  }

  static String readOr(Path file, String otherwise) throws IOException {
    try {
      return read(file);
    } catch (NoSuchFileException e) {
      return otherwise;
    }
  }

  static long number(Path file) throws IOException {
    return Long.parseLong(readOr(file, "0"));
  }

  /** A limit: {@code max} or a number beyond all memory is none. */
  static OptionalLong limit(Path file) throws IOException {
    String text = readOr(file, "max");
    if (text.equals("max")) {
      return OptionalLong.empty();
    }
    long value = Long.parseLong(text);
    return value >= NO_LIMIT_FROM ? OptionalLong.empty() : OptionalLong.of(value);
  }

  /** Lines of a name and a number. */
  static Map<String, Long> numbers(Path file) throws IOException {
    Map<String, Long> numbers = new LinkedHashMap<>();
    for (String line : readOr(file, "").lines().toList()) {
      int space = line.lastIndexOf(' ');
      if (space > 0) {
        numbers.put(line.substring(0, space), Long.parseLong(line.substring(space + 1)));
      }
    }
    return numbers;
  }

  /** Writes in one piece, as these files want it, and never makes a new file. */
  static void write(Path file, String value) throws IOException {
    try {
      Files.writeString(
          file, value, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
    } catch (FileSystemException e) {
      throw e;
    } catch (IOException e) {
      // the file channel tells the kernel's reason only, not the file
      throw new IOException("writing %s to %s: %s".formatted(value, file, e.getMessage()), e);
    }
  }

  /** The directory and all below it, the deepest first. */
  static List<Path> deepestFirst(Path directory) throws IOException {
    List<Path> found = new ArrayList<>();
    collect(directory, found);
    return found;
  }

  private static void collect(Path directory, List<Path> found) throws IOException {
    List<Path> children;
    try (Stream<Path> entries = Files.list(directory)) {
      children = entries.filter(Files::isDirectory).toList();
    } catch (NoSuchFileException e) {
      return;
    }
    for (Path child : children) {
      collect(child, found);
    }
    found.add(directory);
  }

  static List<Long> processes(Path directory) throws IOException {
    List<Long> processes = new ArrayList<>();
    for (Path group : deepestFirst(directory)) {
      for (String line : readOr(group.resolve("cgroup.procs"), "").lines().toList()) {
        long pid = Long.parseLong(line.strip());
        if (pid != 0) { // of another pid namespace, and so not ours to name
          processes.add(pid);
        }
      }
    }
    return processes;
  }

  /** Stopping or killing the group one is in oneself ends badly; the root of a hierarchy is one. */
  static void refuseOwn(String path, List<Long> processes) throws IOException {
    if (processes.contains(ProcessHandle.current().pid())) {
      throw new IOException("this process itself is in the cgroup " + path);
    }
  }

  /** Removes the directory and those below, waiting a little for processes that are just ending. */
  static void remove(Path directory) throws IOException {
    long until = System.nanoTime() + WAIT_NANOS_MAX;
    for (Path group : deepestFirst(directory)) {
      while (true) {
        try {
          Files.deleteIfExists(group);
          break;
        } catch (IOException e) {
          if (!processes(group).isEmpty() || System.nanoTime() > until) {
            throw e;
          }
          pause();
        }
      }
    }
  }

  interface Condition {
    boolean holds() throws IOException;
  }

  /** Waits for what the kernel does in its own time; false if it takes longer than it should. */
  static boolean await(Condition condition) throws IOException {
    long until = System.nanoTime() + WAIT_NANOS_MAX;
    while (!condition.holds()) {
      if (System.nanoTime() > until) {
        return false;
      }
      pause();
    }
    return true;
  }

  private static void pause() {
    LockSupport.parkNanos(PAUSE_NANOS);
  }
}
