package dev.plimsoll.cli;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/**
 * The run from which an AOT cache is made: it walks the paths that every start walks, so that
 * their classes are read, verified and linked once, at build time. The registry is really served and
 * asked; the engine's classes are only loaded, because serving it would touch this machine's network.
 */
final class Training {
  private static final List<String> LOADED = List.of("engine-", "docker-", "linux-", "transfer-");

  private Training() {}

  /** Trains for one use: {@code command}, {@code registry} or {@code engine}. */
  public static void main(String[] arguments) throws IOException {
    PrintWriter nowhere = new PrintWriter(new StringWriter());
    Main.run(new String[] {"--version"}, nowhere, nowhere);
    Main.run(new String[] {"--help"}, nowhere, nowhere);
    switch (arguments[0]) {
      case "command" -> {} // that was all
      case "registry" -> serveOnce(nowhere);
      case "engine" -> {
        serveOnce(nowhere); // for what both servers lean on: HTTP, the database, logging
        loadAll();
      }
      default -> throw new IllegalArgumentException("no use is called " + arguments[0]);
    }
    System.exit(0);
  }

  private static void serveOnce(PrintWriter nowhere) throws IOException {
    Path data = Files.createTempDirectory("plimsoll-training");
    try {
      String at = "--data=" + data;
      Main.run(new String[] {"registry", "gc", at, "--json"}, nowhere, nowhere);
      Main.run(new String[] {"registry", "trash", at}, nowhere, nowhere);
      TrainingClient.work(at);
    } finally {
      remove(data);
    }
  }

  private static void loadAll() throws IOException {
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      if (LOADED.stream().anyMatch(Path.of(entry).getFileName().toString()::startsWith)) {
        loadAll(Path.of(entry));
      }
    }
  }

  private static void loadAll(Path jar) throws IOException {
    try (JarFile file = new JarFile(jar.toFile())) {
      file.stream()
          .map(entry -> entry.getName())
          .filter(name -> name.endsWith(".class") && !name.endsWith("-info.class"))
          .map(name -> name.substring(0, name.length() - ".class".length()).replace('/', '.'))
          .forEach(Training::load);
    }
  }

  private static void load(String name) {
    try {
      Class.forName(name, false, Training.class.getClassLoader());
    } catch (ClassNotFoundException | LinkageError e) {
      // It is only not in the cache then; who needs it will say more clearly what is missing.
    }
  }

  private static void remove(Path tree) throws IOException {
    try (Stream<Path> all = Files.walk(tree)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
