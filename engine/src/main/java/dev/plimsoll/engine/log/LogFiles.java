package dev.plimsoll.engine.log;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/** The log files of one container: {@code log}, {@code log.1}, … with growing age. */
public record LogFiles(Path current) {

  Path older(int age) {
    return age == 0 ? current : current.resolveSibling(current.getFileName() + "." + age);
  }

  /** Those that exist, the oldest first. While they are turned, one age is missing for a moment. */
  List<Path> oldestFirst() {
    List<Path> files = new ArrayList<>();
    int missing = 0;
    for (int age = 0; missing < 2; age++) {
      if (Files.exists(older(age))) {
        files.addFirst(older(age));
      } else {
        missing++;
      }
    }
    return files;
  }

  public long currentBytes() throws IOException {
    try {
      return Files.size(current);
    } catch (NoSuchFileException e) {
      return 0;
    }
  }

  /**
   * Makes room for a new current file: each one ages by one, and the oldest goes. Whoever writes
   * still writes to the file it has open, now the first of the older ones, until told to reopen.
   *
   * @param filesMax how many are kept, the current one counted; with 1 nothing older is kept
   */
  public void turn(int filesMax) throws IOException {
    Files.deleteIfExists(older(Math.max(1, filesMax - 1)));
    for (int age = Math.max(1, filesMax - 1) - 1; age >= 0; age--) {
      if (Files.exists(older(age))) {
        Files.move(older(age), older(age + 1), StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  /** Deletes what {@code filesMax} does not allow, after the writer has reopened. */
  public void trim(int filesMax) throws IOException {
    int age = Math.max(1, filesMax);
    while (Files.deleteIfExists(older(age))) {
      age++;
    }
  }
}
