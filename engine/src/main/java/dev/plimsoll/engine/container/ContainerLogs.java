package dev.plimsoll.engine.container;

import dev.plimsoll.engine.log.LogFiles;
import dev.plimsoll.engine.log.LogReader;
import dev.plimsoll.engine.log.LogRequest;
import dev.plimsoll.engine.refusal.EngineException.NotImplemented;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;

/** What containers said. Safe for many threads. */
public final class ContainerLogs {
  private static final Duration PAUSE = Duration.ofMillis(50);

  private final ContainerParts parts;

  ContainerLogs(ContainerParts parts) {
    this.parts = parts;
  }

  /** Whether a reader of logs stays for what comes. */
  public enum Follow {
    NO,
    YES
  }

  /**
   * Looks whether its output is kept.
   *
   * @throws NotImplemented if it is not
   */
  public void requireKept(Container container) {
    if (container.snapshot().settings().host().logConfig().type().equals("none")) {
      throw new NotImplemented("configured logging driver does not support reading");
    }
  }

  /**
   * Writes what a container said, and with {@code follow} what it says until it ends.
   */
  public void write(Container container, LogRequest request, LogOutput output, Follow follow)
      throws IOException, InterruptedException {
    try (LogReader reader = new LogReader(new LogFiles(parts.directory(container.id()).log()))) {
      reader.read(request, output::write);
      if (follow == Follow.YES && container.snapshot().alive()) {
        reader.follow(request, output::write, () -> mayGrow(container, request));
      }
    }
  }

  /** Writes what a container said so far to somebody who attaches to it. */
  void replay(Container container, AttachRequest request, OutputStream out) throws IOException {
    boolean framed = !container.snapshot().settings().config().tty();
    try (LogReader reader = new LogReader(new LogFiles(parts.directory(container.id()).log()))) {
      reader.read(
          LogRequest.everything(request.stdout(), request.stderr()),
          entry -> LogOutput.write(out, entry, framed));
    }
  }

  private boolean mayGrow(Container container, LogRequest request) throws InterruptedException {
    boolean ended = container.await(s -> !s.alive(), PAUSE);
    boolean over = request.until().map(u -> parts.clock().instant().isAfter(u)).orElse(false);
    return !ended && !over;
  }
}
