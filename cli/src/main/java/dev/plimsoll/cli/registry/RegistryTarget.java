package dev.plimsoll.cli.registry;

import dev.plimsoll.cli.verb.ProgramSettings;
import dev.plimsoll.http.client.ClientSettings;
import dev.plimsoll.http.client.HttpClient;
import dev.plimsoll.http.client.Trust;
import dev.plimsoll.registry.RegistryServer;
import dev.plimsoll.registry.RegistrySettings;
import dev.plimsoll.registry.retention.RetentionSettings;
import dev.plimsoll.transfer.Certificates;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Which registry a command acts on: a running one by its URL, or a stopped one by its data
 * directory. The stopped one is served for the length of the command, to this command alone, so that
 * both ways walk the same code. Its retention rules do not run by themselves meanwhile, and need not
 * be good.
 */
final class RegistryTarget {
  @Spec(Spec.Target.MIXEE)
  private @Nullable CommandSpec command;

  @Mixin private final ProgramSettings settings = new ProgramSettings();

  @Option(
      names = "--url",
      paramLabel = "URL",
      converter = UrlReader.class,
      description = "A running registry (default: where the settings say that it listens).")
  private @Nullable URI url;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "The data directory of a registry that does not run.")
  private @Nullable Path data;

  @Option(
      names = "--user",
      paramLabel = "NAME",
      description = {
        "Who you are, where the registry wants to know.",
        "The password is in PLIMSOLL_PASSWORD, or is asked for at the terminal."
      })
  private @Nullable String user;

  /** What a command does with the registry's answers. */
  interface Action {
    int run(Administration registry) throws IOException, InterruptedException;
  }

  int use(Action action) throws IOException, InterruptedException {
    if (data == null) {
      URI running = url == null ? listening() : url;
      return talk(running, running.toString(), trust(running), credentials(), action);
    }
    if (url != null && command != null) {
      throw new ParameterException(
          command.commandLine(),
          "--url is a running registry and --data a stopped one; give one of them");
    }
    settings.flag("registry.data", data).flag("registry.listen", "127.0.0.1:0");
    RegistrySettings stopped = RegistrySettings.from(settings.load());
    String key = key();
    try (RegistryServer server =
        RegistryServer.start(
            stopped
                .withAccess(stopped.access().onlyFor(key))
                .withRetention(RetentionSettings.OFF))) {
      return talk(
          URI.create(server.url()),
          "the registry in " + data,
          Trust.system(),
          Optional.of("Bearer " + key),
          action);
    }
  }

  /** A mistyped directory is not made a registry of, to tell then that nothing is in it. */
  void requireRegistry() throws IOException {
    if (data == null) {
      return;
    }
    RegistrySettings meant = stopped("this");
    boolean elsewhere = meant.storage().s3().isPresent() || meant.storage().postgres().isPresent();
    if (!elsewhere && !Files.isDirectory(meant.root())) {
      throw new IOException(
          "there is no registry in %s; name the --data that registry serve is given"
              .formatted(data));
    }
  }

  /** Whether a registry that does not run is meant. */
  boolean isStopped() {
    return data != null;
  }

  /**
   * The settings of a stopped registry, for what cannot be asked of one that runs.
   *
   * @param option which cannot
   */
  RegistrySettings stopped(String option) {
    if (data == null && command != null) {
      throw new ParameterException(
          command.commandLine(), option + " needs --data, the directory of a stopped registry");
    }
    settings.flag("registry.data", data).flag("registry.listen", "127.0.0.1:0");
    return RegistrySettings.from(settings.load());
  }

  /** Known to this process alone: nobody else gets in while the command runs. */
  private static String key() {
    byte[] bytes = new byte[32];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private Optional<String> credentials() throws IOException {
    if (user == null) {
      return Optional.empty();
    }
    String given = System.getenv("PLIMSOLL_PASSWORD");
    String password = given != null ? given : Secrets.ask("Password of " + user + ": ");
    byte[] both = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
    return Optional.of("Basic " + Base64.getEncoder().encodeToString(both));
  }

  private URI listening() {
    RegistrySettings running = RegistrySettings.from(settings.load());
    InetSocketAddress listen = running.listen();
    String scheme = running.access().tls().isPresent() ? "https" : "http";
    boolean everywhere = listen.getAddress() != null && listen.getAddress().isAnyLocalAddress();
    return URI.create(
        "%s://%s:%d"
            .formatted(
                scheme, everywhere ? "127.0.0.1" : listen.getHostString(), listen.getPort()));
  }

  /** Beside the system's authorities those of {@code certs.d}, as for Docker. */
  private Trust trust(URI running) throws IOException {
    if (!"https".equals(running.getScheme())) {
      return Trust.system();
    }
    RegistrySettings here = RegistrySettings.from(settings.load());
    return new Certificates(here.parts().mirror().certificates())
        .verified(running.getRawAuthority());
  }

  private static int talk(
      URI base, String name, Trust trust, Optional<String> credentials, Action action)
      throws IOException, InterruptedException {
    try (HttpClient http = new HttpClient(ClientSettings.DEFAULT)) {
      return action.run(new Administration(http, base, name, trust, credentials));
    }
  }
}
