package dev.plimsoll.engine.runtime;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory in which conmons write down how their containers ended. Watched by the kernel's
 * notification, and looked through every few seconds, in case one is lost.
 */
public final class ExitFiles implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ExitFiles.class);
  private static final Pattern NAME = Pattern.compile("[0-9a-f]{64}");
  private static final int SCAN_SECONDS = 5;

  /** How one container ended. */
  public record Exit(String id, int code, Instant at) {}

  private final Path directory;
  private final WatchService watch;
  private final Thread thread;

  /**
   * Begins to watch.
   *
   * @param ended is told the id of a container whose file has appeared, maybe more than once; it must
   *     not block
   */
  public ExitFiles(Path directory, Consumer<String> ended) throws IOException {
    this.directory = directory;
    this.watch = directory.getFileSystem().newWatchService();
    directory.register(
        watch, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_MODIFY);
    this.thread = Thread.ofPlatform().name("container-exits").daemon().start(() -> watch(ended));
  }

  private void watch(Consumer<String> ended) {
    try {
      while (true) {
        WatchKey key = watch.poll(SCAN_SECONDS, TimeUnit.SECONDS);
        if (key != null) {
          key.pollEvents();
          key.reset();
        }
        // The events only wake: looking through a directory that is nearly empty always tells the
        // truth, also after an overflow.
        ids().forEach(ended);
      }
    } catch (InterruptedException | java.nio.file.ClosedWatchServiceException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      log.error("watching for ended containers failed directory={}", directory, e);
    }
  }

  /** The containers whose exit files are there. */
  public List<String> ids() throws IOException {
    List<String> ids = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        if (NAME.matcher(name).matches()) {
          ids.add(name);
        }
      }
    }
    return ids;
  }

  /** What a container's exit file says, if it is there and whole. */
  public Optional<Exit> read(String id) throws IOException {
    Path file = directory.resolve(id);
    try {
      String text = Files.readString(file, StandardCharsets.US_ASCII).strip();
      if (text.isEmpty()) {
        return Optional.empty();
      }
      Instant at = Files.getLastModifiedTime(file).toInstant();
      return Optional.of(new Exit(id, Integer.parseInt(text), at));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (NumberFormatException e) {
      throw new IOException("exit file " + file + " holds no number", e);
    }
  }

  /** Forgets an exit that has been dealt with. */
  public void forget(String id) throws IOException {
    Files.deleteIfExists(directory.resolve(id));
  }

  @Override
  public void close() throws IOException {
    watch.close();
    thread.interrupt();
  }
}
