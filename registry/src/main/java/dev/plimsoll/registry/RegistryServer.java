package dev.plimsoll.registry;

import dev.plimsoll.content.ContentStore;
import dev.plimsoll.content.LocalDisk;
import dev.plimsoll.database.Database;
import dev.plimsoll.database.DatabaseCopies;
import dev.plimsoll.database.PostgresAddress;
import dev.plimsoll.foundation.DataDirectoryLock;
import dev.plimsoll.foundation.PrivateDirectory;
import dev.plimsoll.foundation.Reserve;
import dev.plimsoll.foundation.metrics.Metrics;
import dev.plimsoll.http.HttpServer;
import dev.plimsoll.http.Limits;
import dev.plimsoll.http.TlsFiles;
import dev.plimsoll.registry.api.AccountsApi;
import dev.plimsoll.registry.api.AdminApi;
import dev.plimsoll.registry.api.AuditApi;
import dev.plimsoll.registry.api.BackupApi;
import dev.plimsoll.registry.api.CheckApi;
import dev.plimsoll.registry.api.DeployedApi;
import dev.plimsoll.registry.api.HealthApi;
import dev.plimsoll.registry.api.ImportApi;
import dev.plimsoll.registry.api.Origins;
import dev.plimsoll.registry.api.PinsApi;
import dev.plimsoll.registry.api.QuotasApi;
import dev.plimsoll.registry.api.ReadOnlyApi;
import dev.plimsoll.registry.api.RegistryApi;
import dev.plimsoll.registry.api.RegistryMetrics;
import dev.plimsoll.registry.api.RepositoriesApi;
import dev.plimsoll.registry.api.RetentionApi;
import dev.plimsoll.registry.api.StatsApi;
import dev.plimsoll.registry.api.TagHistoryApi;
import dev.plimsoll.registry.api.TokenApi;
import dev.plimsoll.registry.api.WarmApi;
import dev.plimsoll.registry.api.WebhooksApi;
import dev.plimsoll.registry.auth.AccessControl;
import dev.plimsoll.registry.auth.Policies;
import dev.plimsoll.registry.auth.ReadOnly;
import dev.plimsoll.registry.check.Checks;
import dev.plimsoll.registry.check.Orphans;
import dev.plimsoll.registry.check.Restoration;
import dev.plimsoll.registry.check.Schedule;
import dev.plimsoll.registry.event.AuditLog;
import dev.plimsoll.registry.event.Outbox;
import dev.plimsoll.registry.event.WebhookSettings;
import dev.plimsoll.registry.event.Webhooks;
import dev.plimsoll.registry.gc.Collector;
import dev.plimsoll.registry.gc.Deadlines;
import dev.plimsoll.registry.gc.GcPolicy;
import dev.plimsoll.registry.gc.Housekeeping;
import dev.plimsoll.registry.gc.StrayStaging;
import dev.plimsoll.registry.job.Jobs;
import dev.plimsoll.registry.mirror.Mirror;
import dev.plimsoll.registry.mirror.Mirrors;
import dev.plimsoll.registry.mirror.Warming;
import dev.plimsoll.registry.moving.Backup;
import dev.plimsoll.registry.moving.BackupReturn;
import dev.plimsoll.registry.moving.LostDatabase;
import dev.plimsoll.registry.moving.Newcomer;
import dev.plimsoll.registry.moving.Rebuild;
import dev.plimsoll.registry.moving.Repairs;
import dev.plimsoll.registry.moving.StoreOwner;
import dev.plimsoll.registry.moving.UnfinishedRestore;
import dev.plimsoll.registry.repository.BlobRows;
import dev.plimsoll.registry.repository.Blobs;
import dev.plimsoll.registry.repository.Damage;
import dev.plimsoll.registry.repository.ImageRemoval;
import dev.plimsoll.registry.repository.ManifestObjects;
import dev.plimsoll.registry.repository.Manifests;
import dev.plimsoll.registry.repository.Quotas;
import dev.plimsoll.registry.repository.ReadCache;
import dev.plimsoll.registry.repository.Repositories;
import dev.plimsoll.registry.repository.SharedBlobRows;
import dev.plimsoll.registry.repository.Space;
import dev.plimsoll.registry.repository.TagRewind;
import dev.plimsoll.registry.repository.Tags;
import dev.plimsoll.registry.repository.Transactions;
import dev.plimsoll.registry.repository.Trash;
import dev.plimsoll.registry.repository.Uploads;
import dev.plimsoll.registry.retention.Deployed;
import dev.plimsoll.registry.retention.Pins;
import dev.plimsoll.registry.retention.Pulls;
import dev.plimsoll.registry.retention.Retention;
import dev.plimsoll.registry.retention.RetentionSchedule;
import dev.plimsoll.registry.stats.Stats;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
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
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Duration GRACE = Duration.ofSeconds(10);
  private static final int SMALL_BLOB_BYTES_MAX = 32 * 1024;

  /** S3 believes a signature whose clock is off by no more. */
  private static final Duration CLOCKS_APART_MAX = Duration.ofMinutes(15);

  /** What events call a registry that does not know how it is reached. */
  private static final String EVENT_SOURCE = "/plimsoll/registry";

  private static final Duration BUSY_MAX = Duration.ofSeconds(20);

  private final RegistrySettings settings;
  private final InstantSource ownClock;
  private final Deque<Closing> parts = new ArrayDeque<>();
  private @Nullable InetSocketAddress address;

  /** Something that is closed when the registry ends, the last opened first. */
  private interface Closing {
    void close() throws IOException, InterruptedException;
  }

  /** What answers, and what goes on by itself. */
  private record Core(
      Housekeeping housekeeping,
      RetentionSchedule retention,
      Webhooks webhooks,
      RegistryMetrics metrics,
      RegistryApi api) {}

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
    parts.push(lock::close);
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
    Stores stores =
        new Stores(
            storage.content("content", this::closing), storage.content("manifests", this::closing));
    LostDatabase lost = new LostDatabase(root, new LocalDisk());
    Optional<PostgresAddress> postgres = settings.storage().postgres();
    if (postgres.isEmpty()) {
      lost.refuseIfGone(stores.manifests(), stores.blobs());
    }
    Database database = storage.database();
    parts.push(database::close);
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
    DatabaseCopies copies = storage.copies(database, this::closing);
    listen(core(database, stores, space, copies));
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
      owner.claim(generation());
    }
  }

  private void closing(AutoCloseable part) {
    parts.push(() -> {
      try {
        part.close();
      } catch (IOException | RuntimeException | InterruptedException e) {
        throw e;
      } catch (Exception e) {
        throw new IOException(e);
      }
    });
  }

  /** Where bytes are: those of blobs, and manifests' objects, which outlive the database. */
  private record Stores(ContentStore blobs, ContentStore manifests) {}

  private Core core(Database database, Stores stores, Space space, DatabaseCopies copies)
      throws IOException {
    ContentStore content = stores.blobs();
    Transactions plain = Transactions.of(database);
    boolean shared = plain.shared();
    InstantSource clock = shared ? database.clock() : ownClock;
    WebhookSettings hooks = settings.parts().webhooks();
    var outbox =
        new Outbox(
            plain,
            hooks.webhooks(),
            settings.externalUrl().map(URI::toString).orElse(EVENT_SOURCE),
            clock);
    var audit = new AuditLog(outbox.transactions(), settings.access().auditKeptFor(), clock);
    Transactions transactions = audit.transactions(); // plain: what nobody would call a change
    var objects = new ManifestObjects(transactions, stores.manifests());
    AccessControl access = access(transactions, clock);
    var readOnly =
        new ReadOnly(
            transactions,
            settings.access().readOnly() == AccessSettings.ReadOnly.ALWAYS
                ? Optional.of("registry.read-only is set")
                : Optional.empty(),
            clock);
    var quotas = new Quotas(transactions, access::policy);
    BlobRows rows = shared ? new SharedBlobRows() : new BlobRows();
    long cacheBytes = settings.limits().cache().bytes();
    ReadCache cache = shared ? ReadCache.beside(cacheBytes) : new ReadCache(cacheBytes);
    int tagMoves = settings.limits().tagMovesKept();
    var uploads =
        new Uploads(
            transactions,
            content,
            rows,
            cache,
            settings.lease(),
            new Uploads.Limits(
                settings.limits().uploadsMax(),
                SMALL_BLOB_BYTES_MAX,
                settings.limits().uploadIdle(),
                BUSY_MAX),
            RegistryServer::generation,
            clock);
    parts.push(uploads::close);
    var restoration = new Restoration(transactions);
    var damage = new Damage(transactions, cache);
    var orphans = new Orphans(transactions, content, stores.manifests(), restoration, clock);
    var checks =
        new Checks(
            transactions,
            content,
            objects,
            damage,
            orphans,
            restoration,
            clock,
            settings.parts().mirror()::shows);
    var jobs = new Jobs(clock);
    var blobs = new Blobs(transactions, content, rows, cache, settings.lease(), clock);
    var manifests =
        new Manifests(transactions, objects, rows, cache, tagMoves, access::policy, clock);
    var tags = new Tags(transactions, tagMoves);
    var trash = new Trash(transactions, rows, cache, settings.lease(), tagMoves, clock);
    var collector =
        new Collector(
            transactions,
            content,
            objects,
            rows,
            trash,
            cache,
            () -> collectorOff(readOnly, restoration),
            policy(),
            clock);
    var deadlines = new Deadlines(plain, clock, System::nanoTime);
    var housekeeping =
        new Housekeeping(
            collector,
            new StrayStaging(content, stores.manifests(), uploads),
            new Schedule(
                checks,
                orphans,
                settings.parts().check().every(),
                depth ->
                    jobs.begin(
                        Jobs.Kind.CHECK,
                        progress ->
                            checks.run(
                                new Checks.Plan(
                                    depth,
                                    Optional.empty(),
                                    settings.parts().check().rate().bytes()),
                                progress)),
                clock),
            deadlines,
            uploads,
            objects,
            space,
            copies,
            settings.gcEvery(),
            clock);
    housekeeping.beside(() -> database.leads("housekeeping"), settings.storage().unfinishedFor());
    housekeeping.measuring(new Stats(plain)::measure);
    housekeeping.recover();
    parts.push(jobs::close);
    parts.push(housekeeping::close);
    var pulls = new Pulls(plain, clock);
    parts.push(pulls::close);
    pulls.start();
    var retention =
        new Retention(
            transactions,
            new ImageRemoval(transactions, rows, cache, tagMoves, pulls::notedSince, clock),
            pulls,
            deadlines,
            settings.gc().trashKeptFor(),
            () -> collectorOff(readOnly, restoration),
            clock);
    var schedule =
        new RetentionSchedule(retention, settings.parts().retention(), transactions, clock);
    schedule.beside(() -> database.leads("housekeeping"));
    parts.push(schedule::close);
    var transfer = settings.parts().mirror().transfer(System.getenv());
    var newcomer = new Newcomer(manifests, blobs, uploads, tags, space);
    var metrics = new RegistryMetrics(new Metrics());
    Mirrors mirrors =
        Mirrors.open(
            settings.parts().mirror(),
            settings.root().resolve("mirror"),
            new Mirror.Store(manifests, blobs, uploads, tags, space, readOnly::reason),
            metrics,
            System.getenv(),
            clock);
    parts.push(mirrors::close);
    metrics.gauge(
        "mirror_followers",
        "Clients that are being served blobs that are still coming from an upstream.",
        mirrors::followers);
    metrics.gauge(
        "mirror_upstreams_down",
        "Upstreams that gave no answer when they were last asked.",
        () -> mirrors.all().stream().filter(mirror -> !mirror.isUp()).count());
    metrics.gauge(
        "mirror_upstreams_waited_for",
        "Upstreams that have said how long they want to be left alone, and are.",
        () -> mirrors.all().stream().filter(mirror -> mirror.pause().isPositive()).count());
    var delivery = new HttpDelivery(System.getenv());
    parts.push(delivery::close);
    var webhooks = new Webhooks(hooks, outbox, transactions, delivery, metrics, RANDOM, clock);
    parts.push(webhooks::close);
    new Gauges(metrics, clock)
        .of(webhooks)
        .of(transactions)
        .of(database)
        .of(space)
        .of(uploads)
        .of(collector)
        .of(retention)
        .of(schedule)
        .of(pulls)
        .of(orphans, damage)
        .of(access);
    return new Core(
        housekeeping,
        schedule,
        webhooks,
        metrics,
        new RegistryApi(
            new RegistryApi.Core(
                blobs, uploads, manifests, pulls, tags, space, mirrors, quotas, readOnly),
            access,
            new Origins(settings.access().trustedProxies()),
            settings.externalUrl(),
            settings.limits().chunkMin().bytes(),
            new HealthApi(plain, space, collector, metrics),
            List.of(
                new TokenApi(access, mirrors),
                new AccountsApi(access.accounts()),
                new ReadOnlyApi(readOnly),
                new QuotasApi(access, quotas),
                new AuditApi(audit),
                new WebhooksApi(webhooks),
                new RepositoriesApi(new Repositories(transactions, cache, clock)),
                new AdminApi(collector, deadlines, trash, orphans, housekeeping::nextTurn),
                new TagHistoryApi(tags, new TagRewind(transactions, rows, cache, tagMoves, clock)),
                new RetentionApi(retention, schedule),
                new PinsApi(new Pins(transactions, manifests, clock)),
                new DeployedApi(new Deployed(transactions, clock)),
                new WarmApi(new Warming(mirrors, blobs)),
                new CheckApi(
                    jobs,
                    checks,
                    new Repairs(newcomer, mirrors, transfer, clock),
                    settings.parts().check().rate().bytes()),
                new ImportApi(
                    jobs,
                    newcomer,
                    new Rebuild(newcomer, objects, content, restoration, clock),
                    transfer,
                    clock),
                new BackupApi(
                    jobs,
                    new Backup(
                        database,
                        transactions,
                        content,
                        damage,
                        new LocalDisk(),
                        settings.root(),
                        clock),
                    new BackupReturn(newcomer, new LocalDisk())),
                new StatsApi(new Stats(transactions), clock))));
  }

  /** Nobody who was sent to S3 for a blob finds it deleted while its address is good. */
  private GcPolicy policy() {
    return settings
        .storage()
        .redirectFor()
        .map(life -> settings.gc().withAddressesFor(life.plus(CLOCKS_APART_MAX)))
        .orElse(settings.gc());
  }

  /** Why nothing is collected, nor deleted by rule; empty if it is. */
  private static Optional<String> collectorOff(ReadOnly readOnly, Restoration restoration)
      throws IOException {
    Optional<String> reason = readOnly.reason().map(why -> "the registry is read-only: " + why);
    return reason.isPresent() ? reason : restoration.collectorOff();
  }

  private AccessControl access(Transactions transactions, InstantSource clock) {
    AccessSettings access = settings.access();
    var issuers = new IssuerDocuments();
    parts.push(issuers::close);
    return new AccessControl(
        access.policy().map(file -> Policies.of(file, System::nanoTime)).orElseGet(Policies::open),
        access.soleKey(),
        transactions,
        settings.root().resolve("access").resolve("token-key.json"),
        issuers,
        clock,
        System::nanoTime);
  }

  private void listen(Core core) throws IOException {
    var http = new HttpServer(core.api(), Limits.DEFAULT, core.metrics());
    parts.push(() -> http.close(GRACE));
    Optional<AccessSettings.Tls> tls = settings.access().tls();
    address =
        tls.isPresent()
            ? http.listen(
                settings.listen(), TlsFiles.open(tls.get().certificate(), tls.get().key()))
            : http.listen(settings.listen());
    core.housekeeping().start();
    core.retention().start();
    core.webhooks().start();
    if (settings.access().policy().isEmpty() && !address.getAddress().isLoopbackAddress()) {
      log.warn(
          "whoever reaches {} may pull, push and delete; set registry.access.policy, see"
              + " docs/registry/access.md",
          url());
    }
    log.info("registry listening url={} data={}", url(), settings.root());
  }

  private static String generation() {
    return HexFormat.of().toHexDigits(RANDOM.nextLong());
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
    IOException failure = null;
    boolean running = !parts.isEmpty();
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
    if (running) {
      log.info("registry stopped data={}", settings.root());
    }
    if (failure != null) {
      throw failure;
    }
  }
}
