package dev.plimsoll.system;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An engine with directories of its own, and a shell whose {@code docker} talks to it. Closing it
 * removes its containers and everything else that it had on this machine, and fails if the engine
 * had left something behind that it should not have.
 */
final class TestEngine implements AutoCloseable {
  private final Places places;
  private final List<String> flags;
  private RunningServer server;

  private TestEngine(Places places, List<String> flags) throws IOException {
    this.places = places;
    this.flags = flags;
    this.server = begin();
  }

  static TestEngine start(String... flags) throws IOException {
    Places places = Places.make();
    try {
      return new TestEngine(places, List.of(flags));
    } catch (IOException | RuntimeException e) {
      places.remove();
      throw e;
    }
  }

  /** One that has the images already. */
  static TestEngine with(TestImage... images) throws IOException, InterruptedException {
    TestEngine engine = start();
    for (TestImage image : images) {
      engine.load(image);
    }
    return engine;
  }

  private RunningServer begin() throws IOException {
    return RunningServer.engine(places.data(), places.run(), flags.toArray(String[]::new));
  }

  Shell shell() {
    Map<String, String> variables = new LinkedHashMap<>();
    variables.put("DOCKER_HOST", server.address());
    variables.put("DOCKER_CONFIG", places.client().toString());
    variables.put("D", places.scratch().toString());
    return new Shell(variables);
  }

  Program.Result load(TestImage image) throws IOException, InterruptedException {
    Program.Result result = shell().line("docker load").input(image.archive()).run();
    result.succeeded();
    return result;
  }

  Path data() {
    return places.data();
  }

  Path run() {
    return places.run();
  }

  /** A directory for a test's own files, {@code $D} in the shell. */
  Path scratch() {
    return places.scratch();
  }

  long pid() {
    return server.pid();
  }

  String address() {
    return server.address();
  }

  /** SIGKILL. What runs in containers does not notice. */
  void kill() {
    server.kill();
  }

  /** SIGTERM, as {@code down} ends it. */
  void end() throws IOException {
    server.close();
  }

  /** Starts the next one on the same directories. */
  void next() throws IOException {
    server = begin();
  }

  @Override
  public void close() throws IOException {
    try {
      if (!server.isAlive()) {
        next();
      }
      shell().run("docker ps -aq | xargs -r docker rm -fv");
      server.close();
      places.requireNothingMounted();
      places.requireNothingOnTheHost();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      places.remove();
    }
  }
}
