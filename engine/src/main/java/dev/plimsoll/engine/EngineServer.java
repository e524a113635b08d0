package dev.plimsoll.engine;

import dev.plimsoll.engine.api.ArchiveApi;
import dev.plimsoll.engine.api.AttachApi;
import dev.plimsoll.engine.api.ChangesApi;
import dev.plimsoll.engine.api.CheckApi;
import dev.plimsoll.engine.api.ContainersApi;
import dev.plimsoll.engine.api.DiskUsageApi;
import dev.plimsoll.engine.api.EventsApi;
import dev.plimsoll.engine.api.ExecApi;
import dev.plimsoll.engine.api.ImagesApi;
import dev.plimsoll.engine.api.InfoText;
import dev.plimsoll.engine.api.LoginApi;
import dev.plimsoll.engine.api.LogsApi;
import dev.plimsoll.engine.api.MissingApi;
import dev.plimsoll.engine.api.NetworksApi;
import dev.plimsoll.engine.api.Router;
import dev.plimsoll.engine.api.SystemApi;
import dev.plimsoll.engine.api.VolumesApi;
import dev.plimsoll.engine.archive.Archives;
import dev.plimsoll.engine.exec.Execs;
import dev.plimsoll.engine.host.EngineFacts;
import dev.plimsoll.engine.host.Identity;
import dev.plimsoll.engine.host.ToolVersions;
import dev.plimsoll.engine.network.BridgeNetworks;
import dev.plimsoll.engine.report.DeployedReports;
import dev.plimsoll.http.HttpServer;
import dev.plimsoll.http.Limits;
import dev.plimsoll.http.UnixListener;
import dev.plimsoll.http.client.ProxySettings;
import dev.plimsoll.linux.Accounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engine, running: all its parts and its sockets. Made by {@link #start}, which is also the
 * recovery from whatever ended the last one.
 */
public final class EngineServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(EngineServer.class);

  /** Long filters and logins of many registries travel in the head of a request. */
  private static final Limits LIMITS =
      Limits.DEFAULT
          .withRequestLineBytes(64 * 1024)
          .withHeadersBytes(256 * 1024)
          .withStallTimeout(Limits.NEVER);

  private static final Duration GRACE = Duration.ofSeconds(2);

  private final EngineSettings settings;
  private final EngineParts parts;

  private EngineServer(EngineSettings settings, EngineParts parts) {
    this.settings = settings;
    this.parts = parts;
  }

  /**
   * Takes the data directory, opens everything in it, adopts what runs, and listens.
   *
   * @throws IOException with a sentence if another engine has the data directory or the socket, or
   *     if something that containers need is missing; nothing stays open then
   */
  public static EngineServer start(EngineSettings settings)
      throws IOException, InterruptedException {
    var server = new EngineServer(settings, EngineParts.open(settings));
    try {
      server.listen(server.router());
      server.report();
      return server;
    } catch (IOException | InterruptedException | RuntimeException e) {
      try {
        server.close();
      } catch (IOException secondary) {
        e.addSuppressed(secondary);
      }
      throw e;
    }
  }

  private void report() {
    DeployedReports.start(settings.report(), parts.images(), parts.containers(), parts.registries())
        .ifPresent(parts.closers()::add);
  }

  private Router router() throws IOException, InterruptedException {
    EngineFacts facts = facts();
    var info =
        new InfoText(
            facts,
            () -> Inventories.count(parts.containers(), parts.images()),
            parts.events(),
            () ->
                parts
                    .bridge()
                    .map(BridgeNetworks::warnings)
                    .orElse(
                        List.of(
                            "No default network: only --network none and host are; the log has"
                                + " why")),
            parts.clock());
    var archives = new Archives(parts.containers());
    Execs execs = Execs.open(parts.containers(), settings.run(), parts.clock());
    return new Router("Plimsoll/" + facts.version() + " (linux)")
        .add(new SystemApi(facts, info))
        .add(new EventsApi(parts.events(), parts.clock()))
        .add(new ContainersApi(parts.containers(), execs::ids))
        .add(new AttachApi(parts.containers()))
        .add(new ExecApi(parts.containers(), execs))
        .add(new ArchiveApi(archives))
        .add(new ChangesApi(archives))
        .add(new LogsApi(parts.containers()))
        .add(new ImagesApi(parts.images(), parts.registries()))
        .add(new VolumesApi(parts.volumes()))
        .add(new NetworksApi(new BuiltInNetworks(parts)::all))
        .add(new DiskUsageApi(parts.images(), parts.containers(), parts.volumes()))
        .add(new LoginApi(parts.registries()))
        .add(
            new CheckApi(
                StoppedEngine.inspections(
                    settings, parts.database(), parts.images(), parts.clock())))
        .add(new MissingApi()); // last: what somebody answers is not missing
  }

  private EngineFacts facts() throws IOException, InterruptedException {
    return new EngineFacts(
        Identity.of(settings.root().resolve("engine-id"), parts.files()),
        EngineVersion.TEXT,
        EngineVersion.COMMIT,
        EngineVersion.BUILT,
        settings.root(),
        Files.getFileStore(settings.root()).type(),
        parts.runtime().name(),
        Map.of(parts.runtime().name(), parts.runtime().program().toString()),
        new ToolVersions(parts.runtime().name(), parts.runtime().program()),
        settings.registries().mirrors().stream().map(Object::toString).toList(),
        insecureRegistries(),
        proxies());
  }

  /** Without user and password: everybody who may use the socket can see them. */
  private EngineFacts.Proxies proxies() {
    ProxySettings proxies = settings.registries().http().proxies();
    return new EngineFacts.Proxies(
        proxies.forHttp().map(proxy -> proxy.endpoint().toString()).orElse(""),
        proxies.forHttps().map(proxy -> proxy.endpoint().toString()).orElse(""),
        System.getenv().getOrDefault("NO_PROXY", System.getenv().getOrDefault("no_proxy", "")));
  }

  /** Loopback counts always, as it does for dockerd. */
  private List<String> insecureRegistries() {
    return Stream.concat(
            Stream.of("::1/128", "127.0.0.0/8"),
            settings.registries().insecureRegistries().stream())
        .distinct()
        .toList();
  }

  private void listen(Router router) throws IOException, InterruptedException {
    var http = new HttpServer(router, LIMITS);
    parts.closers().add(() -> http.close(GRACE));
    for (Path socket : settings.sockets()) {
      http.listen(listener(socket));
      log.info("engine listening socket={}", socket);
    }
  }

  /** For root and the group, where there is such a group; else for root alone. */
  private UnixListener listener(Path socket) throws IOException {
    Path directory = socket.getParent();
    if (directory != null) {
      Files.createDirectories(directory);
    }
    UnixListener own = UnixListener.at(socket);
    return Accounts.ofThisMachine().group(settings.socketGroup()).isPresent()
        ? own.withGroup(settings.socketGroup()).withPermissions("rw-rw----")
        : own;
  }

  /** Where it listens, as {@code unix:///…}. */
  public List<String> addresses() {
    return settings.sockets().stream().map(socket -> "unix://" + socket).toList();
  }

  /**
   * Stops answering and lets go of the data directory. Containers run on; where none does, nothing
   * of the engine is left on the host.
   */
  @Override
  public void close() throws IOException {
    parts.close();
    log.info("engine stopped data={}", settings.data());
  }
}
