package dev.plimsoll.engine.log;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Predicate;

/**
 * What somebody wants to read.
 *
 * @param since nothing said before this
 * @param until nothing said after this
 * @param tail only so many of the last lines of what is there; empty is all
 */
public record LogRequest(
    boolean stdout,
    boolean stderr,
    Optional<Instant> since,
    Optional<Instant> until,
    OptionalInt tail)
    implements Predicate<LogEntry> {
  /** Everything that was said on these streams. */
  public static LogRequest everything(boolean stdout, boolean stderr) {
    return new LogRequest(stdout, stderr, Optional.empty(), Optional.empty(), OptionalInt.empty());
  }

  @Override
  public boolean test(LogEntry entry) {
    boolean wanted = entry.stream() == LogEntry.Stream.STDOUT ? stdout : stderr;
    return wanted
        && since.map(at -> !entry.time().isBefore(at)).orElse(true)
        && until.map(at -> !entry.time().isAfter(at)).orElse(true);
  }
}
