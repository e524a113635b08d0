package dev.plimsoll.engine.log;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Optional;

/**
 * A piece of output.
 *
 * @param bytes with the line feed that ended it, if the line ends here
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody; copying would double the traffic
public record LogEntry(Instant time, Stream stream, byte[] bytes, boolean endsLine) {

  /** Where it was said. A terminal's output is all standard output. */
  public enum Stream {
    STDOUT,
    STDERR
  }

  /**
   * Reads one line of a log file, without its line feed. Empty if it is none, as after a power cut in
   * the middle of a write.
   */
  static Optional<LogEntry> parse(byte[] line, int length) {
    int afterTime = indexOf(line, 0, length);
    int afterStream = indexOf(line, afterTime + 1, length);
    if (afterTime < 0 || afterStream < 0 || afterStream + 2 > length) {
      return Optional.empty();
    }
    // The flag is one letter, and one space follows it even where the text is empty.
    byte flag = line[afterStream + 1];
    int text = Math.min(afterStream + 3, length);
    String stream = ascii(line, afterTime + 1, afterStream);
    if ((flag != 'F' && flag != 'P') || !(stream.equals("stdout") || stream.equals("stderr"))) {
      return Optional.empty();
    }
    try {
      Instant time = OffsetDateTime.parse(ascii(line, 0, afterTime)).toInstant();
      boolean ends = flag == 'F';
      byte[] bytes = Arrays.copyOfRange(line, text, ends ? length + 1 : length);
      if (ends) {
        bytes[bytes.length - 1] = '\n';
      }
      return Optional.of(
          new LogEntry(time, stream.equals("stdout") ? Stream.STDOUT : Stream.STDERR, bytes, ends));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static int indexOf(byte[] line, int from, int length) {
    for (int i = from; i < length; i++) {
      if (line[i] == ' ') {
        return i;
      }
    }
    return -1;
  }

  private static String ascii(byte[] line, int from, int to) {
    return new String(line, from, to - from, StandardCharsets.US_ASCII);
  }
}
