package dev.plimsoll.registry;

import dev.plimsoll.content.ContentStore;
import dev.plimsoll.content.LocalDisk;
import dev.plimsoll.database.Database;
import dev.plimsoll.database.DatabaseCopies;
import dev.plimsoll.foundation.metrics.Metrics;
import dev.plimsoll.registry.api.AccountsApi;
import dev.plimsoll.registry.api.AdminApi;
import dev.plimsoll.registry.api.AdminResource;
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
import dev.plimsoll.registry.moving.Newcomer;
import dev.plimsoll.registry.moving.Rebuild;
import dev.plimsoll.registry.moving.Repairs;
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
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * The parts of a registry, put together from its settings over an open database and open stores: what
 * the last process left undone is finished once this is made. What must be closed is in {@link
 * OpenParts} from the moment it is open, so also when the making fails.
 */
final class Assembly {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int SMALL_BLOB_BYTES_MAX = 32 * 1024;
  private static final Duration BUSY_MAX = Duration.ofSeconds(20);

  /** S3 believes a signature whose clock is off by no more. */
  private static final Duration CLOCKS_APART_MAX = Duration.ofMinutes(15);

  /** What events call a registry that does not know how it is reached. */
  private static final String EVENT_SOURCE = "/plimsoll/registry";

  /** Where bytes are: those of blobs, and manifests' objects, which outlive the database. */
  record Stores(ContentStore blobs, ContentStore manifests) {}

  private final RegistrySettings settings;
  private final RegistrySettings.Parts more;
  private final Database database;
  private final Stores stores;
  private final Space space;
  private final OpenParts open;

  private final Transactions plain; // what nobody would call a change is not audited
  private final boolean shared;
  private final InstantSource clock;
  private final RegistryMetrics metrics = new RegistryMetrics(new Metrics());
  private final Jobs jobs;

  // who may do what, and who hears of it
  private final Outbox outbox;
  private final AuditLog audit;
  private final Transactions transactions;
  private final AccessControl access;
  private final ReadOnly readOnly;
  private final Quotas quotas;

  // images
  private final BlobRows rows;
  private final ReadCache cache;
  private final ManifestObjects objects;
  private final Uploads uploads;
  private final Blobs blobs;
  private final Manifests manifests;
  private final Tags tags;
  private final Trash trash;

  // upkeep
  private final Restoration restoration;
  private final Damage damage;
  private final Orphans orphans;
  private final Checks checks;
  private final Collector collector;
  private final Deadlines deadlines;
  private final Housekeeping housekeeping;
  private final Pulls pulls;
  private final Retention retention;
  private final RetentionSchedule schedule;

  // the world outside
  private final Newcomer newcomer;
  private final Mirrors mirrors;
  private final Webhooks webhooks;

  Assembly(
      RegistrySettings settings,
      Database database,
      Stores stores,
      Space space,
      DatabaseCopies copies,
      OpenParts open,
      InstantSource ownClock)
      throws IOException {
    this.settings = settings;
    this.more = settings.parts();
    this.database = database;
    this.stores = stores;
    this.space = space;
    this.open = open;
    plain = Transactions.of(database);
    shared = plain.shared();
    clock = shared ? database.clock() : ownClock;
    jobs = new Jobs(clock);

    outbox = new Outbox(plain, more.webhooks().webhooks(), eventSource(), clock);
    audit = new AuditLog(outbox.transactions(), settings.access().auditKeptFor(), clock);
    transactions = audit.transactions();
    access = access();
    readOnly = readOnly();
    quotas = new Quotas(transactions, access::policy);

    RegistrySettings.Limits limits = settings.limits();
    int tagMoves = limits.tagMovesKept();
    rows = shared ? new SharedBlobRows() : new BlobRows();
    long cacheBytes = limits.cache().bytes();
    cache = shared ? ReadCache.beside(cacheBytes) : new ReadCache(cacheBytes);
    objects = new ManifestObjects(transactions, stores.manifests());
    uploads = uploads(limits);
    open.add(uploads::close);
    blobs = new Blobs(transactions, stores.blobs(), rows, cache, settings.lease(), clock);
    manifests = new Manifests(transactions, objects, rows, cache, tagMoves, access::policy, clock);
    tags = new Tags(transactions, tagMoves);
    trash = new Trash(transactions, rows, cache, settings.lease(), tagMoves, clock);

    restoration = new Restoration(transactions);
    damage = new Damage(transactions, cache);
    orphans = new Orphans(transactions, stores.blobs(), stores.manifests(), restoration, clock);
    checks = checks();
    collector = collector();
    deadlines = new Deadlines(plain, clock, System::nanoTime);
    housekeeping = housekeeping(copies);
    housekeeping.recover();
    open.add(jobs::close);
    open.add(housekeeping::close);
    pulls = new Pulls(plain, clock);
    open.add(pulls::close);
    pulls.start();
    retention = retention(tagMoves);
    schedule = new RetentionSchedule(retention, more.retention(), transactions, clock);
    schedule.beside(() -> database.leads("housekeeping"));
    open.add(schedule::close);

    newcomer = new Newcomer(manifests, blobs, uploads, tags, space);
    mirrors = mirrors();
    open.add(mirrors::close);
    webhooks = webhooks();
    open.add(webhooks::close);
    tellMetrics();
  }

  /** What identifies one writing of bytes: no two of any registry's are alike. */
  static String generation() {
    return HexFormat.of().toHexDigits(RANDOM.nextLong());
  }

  RegistryMetrics metrics() {
    return metrics;
  }

  /** Lets go on by itself what does. */
  void start() throws IOException {
    housekeeping.start();
    schedule.start();
    webhooks.start();
  }

  private String eventSource() {
    return settings.externalUrl().map(URI::toString).orElse(EVENT_SOURCE);
  }

  private AccessControl access() {
    AccessSettings wanted = settings.access();
    var issuers = new IssuerDocuments();
    open.add(issuers::close);
    return new AccessControl(
        wanted.policy().map(file -> Policies.of(file, System::nanoTime)).orElseGet(Policies::open),
        wanted.soleKey(),
        transactions,
        settings.root().resolve("access").resolve("token-key.json"),
        issuers,
        clock,
        System::nanoTime);
  }

  private ReadOnly readOnly() {
    boolean always = settings.access().readOnly() == AccessSettings.ReadOnly.ALWAYS;
    return new ReadOnly(
        transactions, always ? Optional.of("registry.read-only is set") : Optional.empty(), clock);
  }

  private Uploads uploads(RegistrySettings.Limits limits) throws IOException {
    return new Uploads(
        transactions,
        stores.blobs(),
        rows,
        cache,
        settings.lease(),
        new Uploads.Limits(
            limits.uploadsMax(), SMALL_BLOB_BYTES_MAX, limits.uploadIdle(), BUSY_MAX),
        Assembly::generation,
        clock);
  }

  private Checks checks() {
    return new Checks(
        transactions,
        stores.blobs(),
        objects,
        damage,
        orphans,
        restoration,
        clock,
        more.mirror()::shows);
  }

  private Collector collector() {
    var made =
        new Collector(
            transactions,
            stores.blobs(),
            objects,
            rows,
            trash,
            cache,
            this::collectorOff,
            gcPolicy(),
            clock);
    made.beside(() -> metrics.isServing() && !space.isLow());
    return made;
  }

  /** Why nothing is collected, nor deleted by rule; empty if it is. */
  private Optional<String> collectorOff() throws IOException {
    Optional<String> reason = readOnly.reason().map(why -> "the registry is read-only: " + why);
    return reason.isPresent() ? reason : restoration.collectorOff();
  }

  /** Nobody who was sent to S3 for a blob finds it deleted while its address is good. */
  private GcPolicy gcPolicy() {
    return settings
        .storage()
        .redirectFor()
        .map(life -> settings.gc().withAddressesFor(life.plus(CLOCKS_APART_MAX)))
        .orElse(settings.gc());
  }

  private Housekeeping housekeeping(DatabaseCopies copies) {
    var made =
        new Housekeeping(
            collector,
            new StrayStaging(stores.blobs(), stores.manifests(), uploads),
            new Schedule(checks, orphans, more.check().every(), this::beginCheck, clock),
            deadlines,
            uploads,
            objects,
            space,
            copies,
            settings.gcEvery(),
            clock);
    made.beside(() -> database.leads("housekeeping"), settings.storage().unfinishedFor());
    made.measuring(new Stats(plain)::measure);
    return made;
  }

  private void beginCheck(Checks.Depth depth) throws IOException {
    jobs.begin(
        Jobs.Kind.CHECK,
        progress ->
            checks.run(
                new Checks.Plan(depth, Optional.empty(), more.check().rate().bytes()), progress));
  }

  private Retention retention(int tagMoves) {
    return new Retention(
        transactions,
        new ImageRemoval(transactions, rows, cache, tagMoves, pulls::notedSince, clock),
        pulls,
        deadlines,
        settings.gc().trashKeptFor(),
        this::collectorOff,
        clock);
  }

  private Mirrors mirrors() throws IOException {
    return Mirrors.open(
        more.mirror(),
        settings.root().resolve("mirror"),
        new Mirror.Store(manifests, blobs, uploads, tags, space, readOnly::reason),
        metrics,
        System.getenv(),
        clock);
  }

  private Webhooks webhooks() {
    var delivery = new HttpDelivery(System.getenv());
    open.add(delivery::close);
    return new Webhooks(more.webhooks(), outbox, transactions, delivery, metrics, RANDOM, clock);
  }

  private void tellMetrics() {
    new Gauges(metrics, clock)
        .of(mirrors)
        .of(webhooks)
        .of(transactions)
        .of(database)
        .of(space)
        .of(stores.blobs())
        .of(uploads)
        .of(collector)
        .of(retention)
        .of(schedule)
        .of(pulls)
        .of(orphans, damage)
        .of(access);
  }

  /** What answers requests. */
  RegistryApi api() {
    return new RegistryApi(
        new RegistryApi.Core(
            blobs, uploads, manifests, pulls, tags, space, mirrors, quotas, readOnly),
        access,
        new Origins(settings.access().trustedProxies()),
        settings.externalUrl(),
        settings.limits().chunkMin().bytes(),
        new HealthApi(plain, space, stores.blobs()::answers, collector, readOnly, metrics),
        resources());
  }

  private List<AdminResource> resources() {
    int tagMoves = settings.limits().tagMovesKept();
    var transfer = more.mirror().transfer(System.getenv());
    var rebuild = new Rebuild(newcomer, objects, stores.blobs(), restoration, clock);
    var backup =
        new Backup(
            database,
            transactions,
            stores.blobs(),
            damage,
            new LocalDisk(),
            settings.root(),
            clock);
    return List.of(
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
            more.check().rate().bytes()),
        new ImportApi(jobs, newcomer, rebuild, transfer, clock),
        new BackupApi(jobs, backup, new BackupReturn(newcomer, new LocalDisk())),
        new StatsApi(new Stats(transactions), clock));
  }
}
