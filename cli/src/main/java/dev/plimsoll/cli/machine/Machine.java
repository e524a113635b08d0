package dev.plimsoll.cli.machine;

import dev.plimsoll.cli.machine.Installation.Servers;
import dev.plimsoll.foundation.PrivateDirectory;
import dev.plimsoll.linux.Command;
import dev.plimsoll.linux.Processes;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Starts and ends the servers of one installation. What already runs is left alone, so it can be
 * called again at any time, also after a crash or a reboot.
 */
public final class Machine {
  private static final Duration STOP_WITHIN = Duration.ofSeconds(30);

  private final Installation installation;
  private final Path launcher;
  private final Optional<Path> config;
  private final PrintWriter talk;

  /**
   * @param launcher the program that serves when told to
   * @param config the settings file for both servers; empty leaves them theirs
   * @param talk where to say what is being done
   */
  public Machine(
      Installation installation, Path launcher, Optional<Path> config, PrintWriter talk) {
    this.installation = installation;
    this.launcher = launcher;
    this.config = config;
    this.talk = talk;
  }

  /** Starts what does not run; when this returns, both servers answer. */
  public Servers start(String registryAddress, Path socket)
      throws IOException, InterruptedException {
    Files.createDirectories(installation.data());
    Servers before = installation.servers();
    RunningServer registry = alive(before.registry(), "registry").orElse(null);
    if (registry == null) {
      registry = startRegistry(registryAddress);
      installation.write(new Servers(Optional.of(registry), before.engine()));
    }
    RunningServer engine = alive(before.engine(), "engine").orElse(null);
    if (engine == null) {
      engine = startEngine(socket);
    }
    Servers now = new Servers(Optional.of(registry), Optional.of(engine));
    installation.write(now);
    return now;
  }

  private Optional<RunningServer> alive(Optional<RunningServer> server, String name)
      throws IOException {
    if (server.isPresent() && server.get().isAlive()) {
      talk.printf("%s runs already on %s%n", name, server.get().address());
      return server;
    }
    return Optional.empty();
  }

  private RunningServer startRegistry(String address) throws IOException, InterruptedException {
    Path data = installation.data().resolve("registry");
    List<String> words = new ArrayList<>();
    Optional<Path> wall = PrivateDirectory.inTheWayOf(data);
    if (wall.isEmpty()) {
      wall = PrivateDirectory.inTheWayOf(launcher);
    }
    if (wall.isEmpty()) {
      RegistryUser.own(data);
      words.add(program("setpriv").toString());
      words.addAll(RegistryUser.prefix());
    } else {
      talk.printf(
          "the registry runs as root, because its own user cannot pass through %s"
              + " (chmod o+x %s, and it will)%n",
          wall.get(), wall.get());
    }
    words.addAll(
        List.of(
            launcher.toString(),
            "registry",
            "serve",
            "--data=" + installation.data(),
            "--listen=" + address));
    return launch("registry", words);
  }

  private RunningServer startEngine(Path socket) throws IOException, InterruptedException {
    return launch(
        "engine",
        List.of(
            launcher.toString(),
            "engine",
            "serve",
            "--data=" + installation.data(),
            "--socket=" + socket,
            "--run=" + installation.runDirectory()));
  }

  private RunningServer launch(String name, List<String> given)
      throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(given);
    config.ifPresent(file -> words.add("--config=" + file.toAbsolutePath()));
    RunningServer server =
        new ServerLaunch(installation.log(name))
            .start(Command.of(Path.of(words.getFirst()), words.subList(1, words.size())));
    talk.printf("%s started on %s (log: %s)%n", name, server.address(), installation.log(name));
    return server;
  }

  /** Ends exactly the servers that were started here; answers how many there were. */
  public int stop() throws IOException, InterruptedException {
    Servers servers = installation.servers();
    int stopped = 0;
    // The engine first: while it ends it may still want to tell the registry something.
    for (Optional<RunningServer> server : List.of(servers.engine(), servers.registry())) {
      if (server.isPresent() && server.get().isAlive()) {
        server.get().stop(STOP_WITHIN);
        talk.printf("stopped %s%n", server.get().address());
        stopped++;
      }
    }
    if (Files.exists(installation.data())) {
      installation.write(Servers.NONE);
    }
    return stopped;
  }

  private static Path program(String name) throws IOException {
    return Processes.find(name)
        .orElseThrow(() -> new IOException("there is no %s on this machine".formatted(name)));
  }
}
