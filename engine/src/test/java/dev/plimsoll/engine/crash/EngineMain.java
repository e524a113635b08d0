package dev.plimsoll.engine.crash;

import dev.plimsoll.engine.EngineServer;
import dev.plimsoll.engine.EngineSettings;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A whole engine in a process of its own: {@code EngineMain DATA RUN}. It is ready when it has
 * written a line, ends when its standard input does, and dies at the step that a line of the input
 * gives: see {@link Steps}.
 */
final class EngineMain {
  private EngineMain() {}

  public static void main(String[] arguments) throws Exception {
    EngineSettings settings = EngineSettings.in(Path.of(arguments[0]), Path.of(arguments[1]));
    try (EngineServer _ = EngineServer.start(settings);
        var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      System.out.println("ready");
      for (String line = input.readLine(); line != null; line = input.readLine()) {
        System.out.println(Steps.command(line));
      }
    }
    System.exit(0);
  }
}
