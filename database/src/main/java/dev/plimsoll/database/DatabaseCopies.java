package dev.plimsoll.database;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last few verified copies of a database, each one file named by its time. Someone else says
 * when: hourly, as a rule.
 */
public final class DatabaseCopies {
  public static final int COPIES_MAX = 3;

  private static final Logger log = LoggerFactory.getLogger(DatabaseCopies.class);

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final Pattern COPY = Pattern.compile("[0-9]{8}T[0-9]{6}Z\\.db");
  private static final Pattern DRAFT = Pattern.compile("\\.[0-9]{8}T[0-9]{6}Z\\.db\\..*");

  /** A second place for copies. */
  @FunctionalInterface
  public interface Elsewhere {
    /** Keeps a copy there too. */
    void keep(Path copy) throws IOException;
  }

  private final Database database;
  private final Path directory;
  private final Elsewhere elsewhere;

  /**
   * Takes nothing yet.
   *
   * @param directory made when the first copy is taken; holds nothing else
   */
  public DatabaseCopies(Database database, Path directory) {
    this(database, directory, copy -> {});
  }

  /** The same, with a second place, that is given each copy when it is sound. */
  public DatabaseCopies(Database database, Path directory, Elsewhere elsewhere) {
    this.database = database;
    this.directory = directory;
    this.elsewhere = elsewhere;
  }

  /**
   * Takes a copy, and only then removes those beyond {@link #COPIES_MAX}, the oldest first, and what
   * an earlier crash left half copied. Not to be called twice at a time.
   */
  public Path take(Instant now) throws IOException {
    Path copy = directory.resolve(TIME.format(now) + ".db");
    database.copyTo(copy);
    elsewhere.keep(copy);
    List<Path> all = newestFirst();
    for (Path old : all.subList(Math.min(COPIES_MAX, all.size()), all.size())) {
      Files.deleteIfExists(old);
    }
    for (Path draft : matching(directory, DRAFT)) {
      Files.deleteIfExists(draft);
    }
    return copy;
  }

  /** The copies that are there, by the time in their names. */
  public List<Path> newestFirst() throws IOException {
    return newestFirst(directory);
  }

  /** The copies in a directory whose database may be gone. */
  public static List<Path> newestFirst(Path directory) throws IOException {
    return matching(directory, COPY);
  }

  /** The newest copy in a directory that is whole; those that are not are told in the log. */
  public static Optional<Path> newestSound(Path directory) throws IOException {
    for (Path copy : newestFirst(directory)) {
      Optional<String> problem = DatabaseFile.problem(copy);
      if (problem.isEmpty()) {
        return Optional.of(copy);
      }
      log.warn("copy damaged copy={} problem={}", copy, problem.get());
    }
    return Optional.empty();
  }

  /** When the newest of them was taken. */
  public Optional<Instant> lastTaken() throws IOException {
    return newestFirst().stream().findFirst().map(DatabaseCopies::takenAt);
  }

  /** When a copy was taken, by its name. */
  public static Instant takenAt(Path copy) {
    return TIME.parse(String.valueOf(copy.getFileName()).replace(".db", ""), Instant::from);
  }

  private static List<Path> matching(Path directory, Pattern name) throws IOException {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> name.matcher(String.valueOf(file.getFileName())).matches())
          .sorted(Comparator.reverseOrder())
          .toList();
    }
  }
}
