package dev.plimsoll.engine.container;

import dev.plimsoll.docker.StreamFrames;
import dev.plimsoll.engine.log.LogEntry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** Writes what a container said as a client reads it. Not safe for many threads. */
public final class LogOutput {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.nnnnnnnnn'Z'").withZone(ZoneOffset.UTC);

  private final OutputStream out;
  private final boolean framed;
  private final boolean timestamps;
  private final Optional<String> details;
  private final Set<LogEntry.Stream> inLine = EnumSet.noneOf(LogEntry.Stream.class);

  /**
   * @param framed whether stdout and stderr are told apart by eight bytes in front
   * @param timestamps whether each line begins with the time it was said
   * @param details what stands between that and the line, if anything does
   */
  public LogOutput(OutputStream out, boolean framed, boolean timestamps, Optional<String> details) {
    this.out = out;
    this.framed = framed;
    this.timestamps = timestamps;
    this.details = details;
  }

  void write(LogEntry entry) throws IOException {
    boolean begins = !inLine.contains(entry.stream());
    if (entry.endsLine()) {
      inLine.remove(entry.stream());
    } else {
      inLine.add(entry.stream());
    }
    String before = begins ? prefix(entry) : "";
    if (!before.isEmpty()) {
      var whole = new ByteArrayOutputStream(entry.bytes().length + before.length());
      whole.writeBytes(before.getBytes(StandardCharsets.UTF_8));
      whole.writeBytes(entry.bytes());
      write(out, entry.stream(), whole.toByteArray(), framed);
    } else {
      write(out, entry, framed);
    }
  }

  private String prefix(LogEntry entry) {
    return (timestamps ? TIME.format(entry.time()) + " " : "")
        + details.map(text -> text + " ").orElse("");
  }

  static void write(OutputStream out, LogEntry entry, boolean framed) throws IOException {
    write(out, entry.stream(), entry.bytes(), framed);
  }

  private static void write(OutputStream out, LogEntry.Stream stream, byte[] bytes, boolean framed)
      throws IOException {
    if (framed) {
      StreamFrames.Stream frame =
          stream == LogEntry.Stream.STDOUT
              ? StreamFrames.Stream.STDOUT
              : StreamFrames.Stream.STDERR;
      StreamFrames.write(out, frame, bytes, 0, bytes.length);
    } else {
      out.write(bytes);
    }
    out.flush();
  }
}
