package dev.plimsoll.system;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A command with its arguments, run to its end with a limit, its output kept. */
public final class Program {
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private final List<String> words = new ArrayList<>();
  private final Map<String, String> environment = new HashMap<>();
  private byte[] input = new byte[0];
  private Duration limit = LIMIT;

  /** What it wrote and how it ended. */
  public record Result(int code, String out, String err) {

    /** The output, once it is clear that the command succeeded. */
    public String succeeded() {
      if (code != 0) {
        throw new AssertionError("ended with %d: %s%s".formatted(code, out, err));
      }
      return out.strip();
    }
  }

  private Program(List<String> words) {
    this.words.addAll(words);
  }

  public static Program of(String... words) {
    return new Program(List.of(words));
  }

  /** The launcher of the checkout under test. */
  public static Program plimsoll(String... words) {
    List<String> all = new ArrayList<>();
    all.add(launcher().toString());
    all.addAll(List.of(words));
    return new Program(all);
  }

  static Path home() {
    return Path.of(System.getProperty("plimsoll.home", "..")).toAbsolutePath().normalize();
  }

  static Path launcher() {
    return home().resolve("plimsoll");
  }

  public Program with(String variable, String value) {
    environment.put(variable, value);
    return this;
  }

  public Program input(String text) {
    return input(text.getBytes(UTF_8));
  }

  public Program input(byte[] bytes) {
    input = bytes;
    return this;
  }

  public Program within(Duration newLimit) {
    limit = newLimit;
    return this;
  }

  /** Starts it and leaves it running; whoever called ends it. */
  public Process start() throws IOException {
    ProcessBuilder builder = new ProcessBuilder(words);
    builder.environment().putAll(environment);
    return builder.start();
  }

  /** Runs it to its end; an {@link AssertionError} if that takes longer than the limit. */
  public Result run() throws IOException, InterruptedException {
    Process process = start();
    CompletableFuture<String> out = text(process.getInputStream());
    CompletableFuture<String> err = text(process.getErrorStream());
    CompletableFuture<Void> fed = CompletableFuture.runAsync(() -> feed(process.getOutputStream()));
    if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
      process.descendants().forEach(ProcessHandle::destroyForcibly); // they hold the pipes
      process.destroyForcibly();
      throw new AssertionError(
          "%s did not end within %s: %s%s".formatted(words, limit, out.join(), err.join()));
    }
    fed.cancel(true);
    return new Result(process.exitValue(), out.join(), err.join());
  }

  private void feed(OutputStream target) {
    try (target) {
      new ByteArrayInputStream(input).transferTo(target);
    } catch (IOException e) {
      // the program ended without reading all of it, as it may
    }
  }

  private static CompletableFuture<String> text(InputStream stream) {
    return CompletableFuture.supplyAsync(
        () -> {
          try (stream) {
            return new String(stream.readAllBytes(), UTF_8);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        },
        task -> Thread.ofVirtual().start(task));
  }

  @Override
  public String toString() {
    return String.join(" ", words);
  }
}
