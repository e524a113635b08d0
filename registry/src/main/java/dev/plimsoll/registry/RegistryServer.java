package dev.plimsoll.registry;

import dev.plimsoll.content.ContentStore;
import dev.plimsoll.content.LocalDisk;
import dev.plimsoll.database.Database;
import dev.plimsoll.database.DatabaseCopies;
import dev.plimsoll.database.PostgresAddress;
import dev.plimsoll.foundation.DataDirectoryLock;
import dev.plimsoll.foundation.PrivateDirectory;
import dev.plimsoll.foundation.Reserve;
import dev.plimsoll.http.HttpServer;
import dev.plimsoll.http.Limits;
import dev.plimsoll.http.TlsFiles;
import dev.plimsoll.registry.check.Restoration;
import dev.plimsoll.registry.moving.LostDatabase;
import dev.plimsoll.registry.moving.StoreOwner;
import dev.plimsoll.registry.moving.UnfinishedRestore;
import dev.plimsoll.registry.repository.Space;
import dev.plimsoll.registry.repository.Transactions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The registry, running. Made by {@link #start}, which is also the recovery from whatever ended the
 * last one.
 */
public final class RegistryServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RegistryServer.class);
  private static final Duration GRACE = Duration.ofSeconds(10);

  private final RegistrySettings settings;
  private final InstantSource ownClock;
  private final OpenParts parts = new OpenParts();
  private @Nullable InetSocketAddress address;

  private RegistryServer(RegistrySettings settings, InstantSource clock) {
    this.settings = settings;
    this.ownClock = clock;
  }

  /**
   * Takes the data directory, finishes what the last process left, and listens.
   *
   * @throws IOException with a sentence if another registry has the data directory or the address;
   *     nothing stays open then
   */
  public static RegistryServer start(RegistrySettings settings) throws IOException {
    return start(settings, InstantSource.system());
  }

  /** The same by another clock. */
  public static RegistryServer start(RegistrySettings settings, InstantSource clock)
      throws IOException {
    var server = new RegistryServer(settings, clock);
    try {
      server.open();
      return server;
    } catch (IOException | RuntimeException e) {
      try {
        server.close();
      } catch (IOException secondary) {
        e.addSuppressed(secondary);
      }
      throw e;
    }
  }

  /**
   * Puts the last copy in the place of a database that is gone; the next start then refuses nothing,
   * and {@code POST /plimsoll/v1/rebuild} brings back what the copy does not know.
   *
   * @throws IOException with a sentence if there is a database, or another registry has the directory
   */
  public static void prepareRebuild(RegistrySettings settings) throws IOException {
    Path root = settings.root();
    PrivateDirectory.make(root);
    try (DataDirectoryLock _ = DataDirectoryLock.acquire(root)) {
      new UnfinishedRestore(root, new LocalDisk()).refuse();
      Storage storage = new Storage(root, settings.storage(), Reserve.none());
      LostDatabase lost = new LostDatabase(root, new LocalDisk());
      LostDatabase.Note note =
          settings.storage().postgres().isPresent()
              ? lost.refill(
                  storage::database,
                  Storage::draft,
                  storage::fetchCopies,
                  InstantSource.system().instant())
              : lost.replace(storage::fetchCopies);
      log.warn("database replaced source={} of={}", note.source(), note.copiedAt());
    }
  }

  private void open() throws IOException {
    Path root = settings.root();
    PrivateDirectory.make(root);
    DataDirectoryLock lock = DataDirectoryLock.acquire(root);
    parts.add(lock::close);
    new UnfinishedRestore(root, new LocalDisk()).refuse();
    Files.createDirectories(root.resolve("db"));
    if (PrivateDirectory.inTheWayOf(root.resolve("db").resolve("registry.db")).isEmpty()) {
      log.warn(
          "every user of this machine can read {}, which holds password hashes and all images;"
              + " chmod 0700 {}",
          root,
          root);
    }
    Reserve reserve = new Reserve(root.resolve("reserve"), settings.limits().reserve().bytes());
    Storage storage = new Storage(root, settings.storage(), reserve);
    Assembly.Stores stores =
        new Assembly.Stores(
            storage.content("content", parts::addAny), storage.content("manifests", parts::addAny));
    LostDatabase lost = new LostDatabase(root, new LocalDisk());
    Optional<PostgresAddress> postgres = settings.storage().postgres();
    if (postgres.isEmpty()) {
      lost.refuseIfGone(stores.manifests(), stores.blobs());
    }
    Database database = storage.database();
    parts.add(database::close);
    Transactions plain = Transactions.of(database);
    if (postgres.isPresent()) {
      lost.refuseIfNew(plain, postgres.get().toString(), stores.manifests());
    }
    Space space = new Space(root, settings.limits().lowWater().bytes(), reserve);
    Optional<LostDatabase.Note> note = lost.note();
    if (note.isPresent()) {
      new Restoration(plain)
          .begin(note.get().source(), Instant.parse(note.get().copiedAt()), ownClock.instant());
    }
    begin(plain, stores.blobs(), note.isPresent());
    if (note.isPresent()) {
      lost.forgetNote();
    }
    DatabaseCopies copies = storage.copies(database, parts::addAny);
    listen(new Assembly(settings, database, stores, space, copies, parts, ownClock));
  }

  /** Files beside their own SQLite cannot be anybody else's. */
  private void begin(Transactions plain, ContentStore blobs, boolean rebuilt) throws IOException {
    StorageSettings storage = settings.storage();
    boolean apart = storage.s3().isPresent() || storage.postgres().isPresent();
    StoreOwner owner = new StoreOwner(plain, blobs);
    if (apart && !rebuilt) {
      owner.refuseAnothers();
    }
    LostDatabase.begin(plain, ownClock.instant());
    if (apart) {
      owner.claim(Assembly.generation());
    }
  }

  private void listen(Assembly assembly) throws IOException {
    var http = new HttpServer(assembly.api(), Limits.DEFAULT, assembly.metrics());
    parts.add(() -> http.close(GRACE));
    Optional<AccessSettings.Tls> tls = settings.access().tls();
    address =
        tls.isPresent()
            ? http.listen(
                settings.listen(), TlsFiles.open(tls.get().certificate(), tls.get().key()))
            : http.listen(settings.listen());
    assembly.start();
    if (settings.access().policy().isEmpty() && !address.getAddress().isLoopbackAddress()) {
      log.warn(
          "whoever reaches {} may pull, push and delete; set registry.access.policy, see"
              + " docs/registry/access.md",
          url());
    }
    log.info("registry listening url={} data={}", url(), settings.root());
  }

  /** Where it listens, such as {@code http://127.0.0.1:5000}. */
  public String url() {
    InetSocketAddress bound = address;
    if (bound == null) {
      throw new IllegalStateException("not listening yet");
    }
    String host = bound.getAddress().getHostAddress();
    String scheme = settings.access().tls().isPresent() ? "https" : "http";
    return "%s://%s:%d"
        .formatted(scheme, host.contains(":") ? "[" + host + "]" : host, bound.getPort());
  }

  /** Lets requests in progress end, for some seconds, and lets go of the data directory. */
  @Override
  public void close() throws IOException {
    boolean running = !parts.isEmpty();
    try {
      parts.close();
    } finally {
      if (running) {
        log.info("registry stopped data={}", settings.root());
      }
    }
  }
}
