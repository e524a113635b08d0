package dev.plimsoll.cli.machine;

import dev.plimsoll.linux.ChildProcess;
import dev.plimsoll.linux.Command;
import dev.plimsoll.linux.FileDescriptor;
import dev.plimsoll.linux.OpenFlag;
import dev.plimsoll.linux.Processes;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Starts a server that outlives this program: in a session of its own, with its output in a log
 * file, and ready only when it has said so.
 */
final class ServerLaunch {
  private static final Duration READY_WITHIN = Duration.ofSeconds(60);
  private static final Duration LOOK_EVERY = Duration.ofMillis(10);
  private static final int LOG_PERMISSIONS = 0640;
  private static final int LOG_READ_MAX = 64 * 1024;
  private static final Pattern READY = Pattern.compile("(?m)^listening on (\\S+)$");

  private final Path log;

  ServerLaunch(Path log) {
    this.log = log;
  }

  /**
   * Starts {@code command} and waits for its line {@code listening on URL}.
   *
   * @throws IOException if it ends or stays silent; with the last line it wrote
   */
  RunningServer start(Command command) throws IOException, InterruptedException {
    Files.createDirectories(log.getParent());
    long before = Files.exists(log) ? Files.size(log) : 0;
    ChildProcess process;
    try (FileDescriptor output =
        FileDescriptor.open(
            log, LOG_PERMISSIONS, OpenFlag.WRITE, OpenFlag.CREATE, OpenFlag.APPEND)) {
      process = Processes.start(command.ownSession().descriptor(1, output).descriptor(2, output));
    }
    return RunningServer.of(process.pid(), readyAddress(process, command, before));
  }

  private String readyAddress(ChildProcess process, Command command, long logStart)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + READY_WITHIN.toNanos();
    while (true) {
      boolean ended = !process.isAlive();
      String said = logSince(logStart);
      Matcher ready = READY.matcher(said);
      if (ready.find()) {
        return ready.group(1);
      }
      if (ended || System.nanoTime() > deadline) {
        throw new IOException(
            "%s %s; its log %s ends with: %s"
                .formatted(
                    command,
                    ended ? "ended at its start" : "did not get ready",
                    log,
                    lastLine(said)));
      }
      Thread.sleep(LOOK_EVERY);
    }
  }

  private String logSince(long start) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
      byte[] bytes = new byte[Math.clamp(file.length() - start, 0, LOG_READ_MAX)];
      file.seek(start);
      file.readFully(bytes);
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }

  private static String lastLine(String text) {
    Optional<String> last = text.lines().filter(line -> !line.isBlank()).reduce((_, line) -> line);
    return last.orElse("(nothing)");
  }
}
