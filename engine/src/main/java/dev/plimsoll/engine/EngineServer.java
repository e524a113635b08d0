package dev.plimsoll.engine;

import dev.plimsoll.content.DurableFile;
import dev.plimsoll.content.LocalDisk;
import dev.plimsoll.database.Database;
import dev.plimsoll.engine.api.EventsApi;
import dev.plimsoll.engine.api.InfoText;
import dev.plimsoll.engine.api.MissingApi;
import dev.plimsoll.engine.api.Router;
import dev.plimsoll.engine.api.SystemApi;
import dev.plimsoll.engine.api.VolumesApi;
import dev.plimsoll.engine.event.Events;
import dev.plimsoll.engine.host.EngineFacts;
import dev.plimsoll.engine.host.Identity;
import dev.plimsoll.engine.volume.Volumes;
import dev.plimsoll.foundation.DataDirectoryLock;
import dev.plimsoll.http.HttpServer;
import dev.plimsoll.http.Limits;
import dev.plimsoll.http.UnixListener;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
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
  private final Deque<Closing> parts;

  /** Something that is closed when the engine ends, the last opened first. */
  private interface Closing {
    void close() throws IOException, InterruptedException;
  }

  private EngineServer(EngineSettings settings, Deque<Closing> parts) {
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
    Deque<Closing> parts = new ArrayDeque<>();
    var server = new EngineServer(settings, parts);
    try {
      server.open();
      return server;
    } catch (IOException | InterruptedException | RuntimeException e) {
      server.closeAfter(e);
      throw e;
    }
  }

  private void open() throws IOException, InterruptedException {
    var clock = InstantSource.system();
    Path root = settings.root();
    DataDirectoryLock lock = DataDirectoryLock.acquire(root);
    parts.push(lock::close);
    Files.createDirectories(settings.run());
    var files = new DurableFile(new LocalDisk());
    files.removeDrafts(root);
    Database database = Database.open(root.resolve("db").resolve("engine.db"), "db/engine");
    parts.push(database::close);

    var events = new Events(clock);
    Volumes volumes = Volumes.open(root.resolve("volumes"), database, events, clock);
    EngineFacts facts = facts(Identity.of(root.resolve("engine-id"), files));

    var router =
        new Router("Plimsoll/" + facts.version() + " (linux)")
            .add(
                new SystemApi(
                    facts, new InfoText(facts, () -> InfoText.Counts.NONE, events, clock)))
            .add(new EventsApi(events, clock))
            .add(new VolumesApi(volumes))
            .add(new MissingApi());
    listen(router);
  }

  private EngineFacts facts(String id) throws IOException {
    return new EngineFacts(
        id,
        EngineVersion.TEXT,
        EngineVersion.COMMIT,
        EngineVersion.BUILT,
        settings.root(),
        Files.getFileStore(settings.root()).type(),
        "crun",
        Map.of(),
        List.of(),
        settings.registries().mirrors().stream().map(Object::toString).toList(),
        insecureRegistries(),
        EngineFacts.Proxies.NONE);
  }

  /** Loopback counts always, as it does for dockerd. */
  private List<String> insecureRegistries() {
    return Stream.concat(
            Stream.of("::1/128", "127.0.0.0/8"),
            settings.registries().insecureRegistries().stream())
        .distinct()
        .toList();
  }

  private void listen(Router router) throws IOException {
    var http = new HttpServer(router, LIMITS);
    parts.push(() -> http.close(GRACE));
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
    return groupExists(settings.socketGroup())
        ? own.withGroup(settings.socketGroup()).withPermissions("rw-rw----")
        : own;
  }

  private static boolean groupExists(String group) throws IOException {
    try {
      Path.of("/")
          .getFileSystem()
          .getUserPrincipalLookupService()
          .lookupPrincipalByGroupName(group);
      return true;
    } catch (UserPrincipalNotFoundException e) {
      return false;
    } catch (FileSystemException e) {
      throw new IOException("looking for group " + group, e);
    }
  }

  /** Where it listens, as {@code unix:///…}. */
  public List<String> addresses() {
    return settings.sockets().stream().map(socket -> "unix://" + socket).toList();
  }

  /** Stops answering and lets go of the data directory. Containers run on. */
  @Override
  public void close() throws IOException {
    IOException failure = null;
    while (!parts.isEmpty()) {
      try {
        parts.pop().close();
      } catch (IOException e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt(); // the rest still has to be closed
      }
    }
    log.info("engine stopped data={}", settings.data());
    if (failure != null) {
      throw failure;
    }
  }

  private void closeAfter(Exception cause) {
    try {
      close();
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }
}
