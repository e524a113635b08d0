package dev.plimsoll.registry.api;

import dev.plimsoll.foundation.ByteSize;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.registry.RegistryRestore;
import dev.plimsoll.registry.RegistryServer;
import dev.plimsoll.registry.RegistrySettings;
import dev.plimsoll.registry.gc.GcPolicy;
import dev.plimsoll.registry.job.Progress;
import dev.plimsoll.registry.mirror.MirrorSettings;
import dev.plimsoll.registry.mirror.Upstream;
import dev.plimsoll.registry.repository.Lease;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A whole registry in a process of its own, which dies at the step that it is given: see {@link
 * Steps}. It starts while others work, and serves a directory when it is told to. Closing it is
 * SIGKILL.
 */
final class RegistryProcess implements AutoCloseable {
  /** How often a registry looks for work that is only to do what it is asked for. */
  static final Duration NEVER = Duration.ofDays(1);

  /** An upstream that is not there. */
  static final String NOBODY = "http://127.0.0.1:1";

  private final Process process;
  private final BufferedReader answers;
  private final Writer commands;
  private final Path log;
  private Client client = Client.of("");

  private RegistryProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
    answers = process.inputReader();
    commands = process.outputWriter();
  }

  /** Of every process: a blob that is condemned waits for nothing. */
  static RegistrySettings settings(Path data, String upstream) {
    return settings(data, upstream, Lease.DEFAULT, Duration.ZERO, NEVER);
  }

  static RegistrySettings settings(
      Path data, String upstream, Lease lease, Duration condemnedFor, Duration gcEvery) {
    RegistrySettings.Limits limits = RegistrySettings.Limits.DEFAULT;
    GcPolicy gc = GcPolicy.DEFAULT;
    return RegistrySettings.in(data)
        .withGc(
            lease,
            new GcPolicy(gc.trashKeptFor(), condemnedFor, gc.batchMax()).withStepsAside(false),
            gcEvery)
        .withMirror(
            MirrorSettings.NONE.withUpstreams(
                List.of(new Upstream(new RepositoryName("far.example"), URI.create(upstream))),
                Optional.empty()))
        .withLimits(
            new RegistrySettings.Limits(
                limits.uploadsMax(),
                limits.uploadIdle(),
                limits.chunkMin(),
                limits.cache(),
                ByteSize.parse("0"),
                ByteSize.parse("0"),
                limits.tagMovesKept()));
  }

  /**
   * Answers each line with one. {@code serve DATA UPSTREAM} ends what was served; {@code restore
   * BACKUP DATA UPSTREAM} puts a backup where nothing is; everything else is for {@link Steps}. Ends
   * when its standard input does.
   */
  static final class Main {
    private Main() {}

    public static void main(String[] arguments) throws Exception {
      RegistryServer.start(settings(Path.of(arguments[0]), NOBODY)).close(); // loads its classes
      Optional<RegistryServer> server = Optional.empty();
      try (var input =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
        for (String line = input.readLine(); line != null; line = input.readLine()) {
          String[] words = line.split(" ");
          switch (words[0]) {
            case "serve" -> {
              server = Optional.of(RegistryServer.start(settings(Path.of(words[1]), words[2])));
              System.out.println(server.get().url());
            }
            case "end" -> {
              server.orElseThrow().close();
              System.out.println("ended");
            }
            case "restore" -> {
              restore(Path.of(words[1]), settings(Path.of(words[2]), words[3]));
              System.out.println("restored");
            }
            default -> System.out.println(Steps.command(line));
          }
        }
      }
    }
  }

  /** What {@code plimsoll registry restore} does. */
  static Progress restore(Path backup, RegistrySettings settings) throws Exception {
    var progress = new Progress();
    RegistryRestore.run(
        settings,
        new RegistryRestore.Plan(backup, Optional.empty(), RegistryRestore.Mode.RESTORE),
        progress);
    return progress;
  }

  /**
   * Starts one that serves nothing yet.
   *
   * @param place where it makes a directory for itself
   */
  static RegistryProcess start(Path place, String agent) throws IOException {
    Path log = place.resolve("registry.log");
    return new RegistryProcess(
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-Xmx256m",
                    "--enable-native-access=ALL-UNNAMED",
                    agent,
                    "-cp",
                    System.getProperty("java.class.path"),
                    Main.class.getName(),
                    Files.createTempDirectory(place, "begin").toString()))
            .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start(),
        log);
  }

  /** Has it serve a directory; the client to ask it with. */
  Client serve(Path data, String upstream) throws IOException {
    client.close();
    client = Client.of(command("serve %s %s".formatted(data, upstream)));
    return client;
  }

  /** What it answers to a command. */
  String command(String line) throws IOException {
    commands.write(line + "\n");
    commands.flush();
    String answer = answers.readLine();
    if (answer == null) {
      throw new IOException("the registry is gone: " + Files.readString(log));
    }
    return answer;
  }

  /** Whether a step was its end. */
  boolean diedAtItsStep() throws InterruptedException {
    return process.waitFor() == Steps.DEAD;
  }

  @Override
  public void close() throws IOException {
    client.close();
    process.destroyForcibly().onExit().join();
  }
}
