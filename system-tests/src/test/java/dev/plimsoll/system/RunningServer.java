package dev.plimsoll.system;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** A server of the packaged program, in its own process, ready when it has said so. */
public final class RunningServer implements AutoCloseable {
  private static final long ENDS_WITHIN_SECONDS = 30;

  private final Process process;
  private final String address;
  private final BufferedReader output;

  private RunningServer(Process process, String address, BufferedReader output) {
    this.process = process;
    this.address = address;
    this.output = output;
  }

  /** A registry on a port that the kernel picks. */
  public static RunningServer registry(Path data, String... more) throws IOException {
    return start(registryWords(data, more), ProcessBuilder.Redirect.INHERIT);
  }

  /** The same, with its log in a file. */
  public static RunningServer registryLoggingTo(Path log, Path data, String... more)
      throws IOException {
    return start(registryWords(data, more), ProcessBuilder.Redirect.appendTo(log.toFile()));
  }

  private static List<String> registryWords(Path data, String... more) {
    List<String> words = new ArrayList<>(List.of("registry", "serve", "--data=" + data));
    if (Stream.of(more).noneMatch(word -> word.startsWith("--listen"))) {
      words.add("--listen=127.0.0.1:0");
    }
    words.addAll(List.of(more));
    return words;
  }

  /** An engine whose socket and run directory are below {@code run}, which has to be short. */
  public static RunningServer engine(Path data, Path run, String... more) throws IOException {
    List<String> words =
        new ArrayList<>(
            List.of(
                "engine",
                "serve",
                "--data=" + data,
                "--run=" + run,
                "--socket=" + run.resolve("engine.sock")));
    words.addAll(List.of(more));
    return start(words, ProcessBuilder.Redirect.INHERIT);
  }

  private static RunningServer start(List<String> arguments, ProcessBuilder.Redirect log)
      throws IOException {
    List<String> words = new ArrayList<>(arguments);
    words.addFirst(Program.launcher().toString());
    Process process = new ProcessBuilder(words).redirectError(log).start();
    BufferedReader output = process.inputReader(UTF_8);
    String ready = output.readLine();
    if (ready == null) {
      throw new IOException(
          "%s ended with code %d".formatted(words, process.onExit().join().exitValue()));
    }
    return new RunningServer(process, ready.substring(ready.lastIndexOf(' ') + 1), output);
  }

  /** What it listens on, such as {@code http://127.0.0.1:40123} or {@code unix:///run/…}. */
  public String address() {
    return address;
  }

  /** Host and port, as an image's name begins. */
  public String host() {
    return address.substring(address.indexOf("://") + 3);
  }

  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** SIGKILL, and gone when this returns. */
  public void kill() {
    process.destroyForcibly();
    process.onExit().join();
  }

  /** SIGTERM, as {@code down} sends it; gone when this returns. */
  @Override
  public void close() throws IOException {
    process.destroy();
    try {
      process.onExit().get(ENDS_WITHIN_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | InterruptedException | TimeoutException e) {
      kill();
      throw new AssertionError(address + " did not end on SIGTERM", e);
    }
    output.close();
  }
}
