package dev.plimsoll.engine.crash;

import dev.plimsoll.docker.DockerClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * An engine in a process of its own, with a client. Closing it ends it in order; {@link #kill} does
 * not.
 */
final class EngineProcess implements AutoCloseable {
  private final Process process;
  private final BufferedReader answers;
  private final Writer commands;
  private final DockerClient client;

  private EngineProcess(
      Process process, BufferedReader answers, Writer commands, DockerClient client) {
    this.process = process;
    this.answers = answers;
    this.commands = commands;
    this.client = client;
  }

  /** Starts an engine, adding what it says to {@code log}; returns when it is ready. */
  static EngineProcess start(Path data, Path run, Path log, String... virtualMachine)
      throws IOException, InterruptedException {
    List<String> words =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:ErrorFile=" + log,
                "-Xmx512m",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path")));
    words.addAll(List.of(virtualMachine));
    words.addAll(List.of(EngineMain.class.getName(), data.toString(), run.toString()));
    Process process =
        new ProcessBuilder(words)
            .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    BufferedReader answers = process.inputReader();
    try {
      String ready = answers.readLine();
      if (ready == null) {
        throw new IOException("the engine did not start: " + Files.readString(log));
      }
      return new EngineProcess(
          process,
          answers,
          process.outputWriter(),
          DockerClient.connect(run.resolve("engine.sock")));
    } catch (IOException | InterruptedException | RuntimeException e) {
      process.destroyForcibly();
      process.waitFor();
      throw e;
    }
  }

  DockerClient client() {
    return client;
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Gives {@link Steps} a command. */
  String command(String line) throws IOException {
    commands.write(line + "\n");
    commands.flush();
    String answer = answers.readLine();
    if (answer == null) {
      throw new IOException("the engine is gone");
    }
    return answer;
  }

  /** SIGKILL, and no waiting for it. */
  void destroy() {
    process.destroyForcibly();
  }

  /** SIGKILL; returns when it is gone, and is harmless if it was. */
  void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor();
    client.close();
  }

  @Override
  public void close() throws IOException {
    client.close();
    commands.close();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    answers.close();
  }
}
