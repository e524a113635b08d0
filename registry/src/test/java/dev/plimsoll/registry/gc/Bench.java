package dev.plimsoll.registry.gc;

import dev.plimsoll.content.BlobKey;
import dev.plimsoll.content.ContentStore;
import dev.plimsoll.content.Disk;
import dev.plimsoll.content.FileContentStore;
import dev.plimsoll.content.LocalDisk;
import dev.plimsoll.content.Stored;
import dev.plimsoll.database.Database;
import dev.plimsoll.database.DatabaseCopies;
import dev.plimsoll.database.Work;
import dev.plimsoll.foundation.Reserve;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.MediaTypes;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.oci.Tag;
import dev.plimsoll.registry.check.Checks;
import dev.plimsoll.registry.check.Orphans;
import dev.plimsoll.registry.check.RepairSource;
import dev.plimsoll.registry.check.Restoration;
import dev.plimsoll.registry.check.Schedule;
import dev.plimsoll.registry.job.Progress;
import dev.plimsoll.registry.repository.BlobRows;
import dev.plimsoll.registry.repository.Blobs;
import dev.plimsoll.registry.repository.Chunk;
import dev.plimsoll.registry.repository.Damage;
import dev.plimsoll.registry.repository.Lease;
import dev.plimsoll.registry.repository.ManifestObjects;
import dev.plimsoll.registry.repository.Manifests;
import dev.plimsoll.registry.repository.OpenBlob;
import dev.plimsoll.registry.repository.ReadCache;
import dev.plimsoll.registry.repository.Space;
import dev.plimsoll.registry.repository.Transactions;
import dev.plimsoll.registry.repository.Trash;
import dev.plimsoll.registry.repository.Uploads;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The core of a registry on a directory, with a clock and a disk of the test's. */
final class Bench implements AutoCloseable, InstantSource {
  static final RepositoryName APP = new RepositoryName("app");
  static final byte[] CONFIG = "{}".getBytes(StandardCharsets.UTF_8);
  static final byte[] LAYER = layer(100_000);

  final Database database;
  private final Random random = new Random();
  final Transactions transactions;
  final ContentStore content;
  final ManifestObjects objects;
  final Uploads uploads;
  final Blobs blobs;
  final Manifests manifests;
  final Trash trash;
  final Collector collector;
  final StrayStaging staging;
  final Damage damage;
  final Restoration restoration;
  final Orphans orphans;
  final Checks checks;
  final DatabaseCopies copies;
  private @Nullable Happening afterNextLook;
  private Instant now;
  private long nanos;

  Bench(Path directory, Disk disk, Instant now) throws IOException {
    this(directory, disk, new LocalDisk(), now);
  }

  Bench(Path directory, Disk disk, Disk manifestsDisk, Instant now) throws IOException {
    this(directory, disk, manifestsDisk, now, UnaryOperator.identity());
  }

  /** With something between the core and its database. */
  Bench(
      Path directory,
      Disk disk,
      Disk manifestsDisk,
      Instant now,
      UnaryOperator<Transactions> between)
      throws IOException {
    this.now = now;
    this.database = Database.open(directory.resolve("test.db"), "db/registry");
    this.copies = new DatabaseCopies(database, directory.resolve("copies"));
    this.transactions = between.apply(Transactions.of(database));
    this.content = FileContentStore.open(directory.resolve("content"), disk);
    this.objects =
        new ManifestObjects(
            afterLooks(), FileContentStore.open(directory.resolve("manifests"), manifestsDisk));
    this.restoration = new Restoration(transactions);
    BlobRows rows = new BlobRows();
    ReadCache cache = new ReadCache(1 << 20);
    Lease lease = Lease.DEFAULT;
    this.uploads =
        new Uploads(
            transactions,
            content,
            rows,
            cache,
            lease,
            Uploads.Limits.DEFAULT,
            () -> HexFormat.of().toHexDigits(random.nextLong()),
            this);
    this.blobs = new Blobs(transactions, content, rows, cache, lease, this);
    this.manifests = new Manifests(transactions, objects, rows, cache, 100, this);
    this.trash = new Trash(transactions, rows, cache, lease, 100, this);
    this.collector =
        new Collector(
            transactions,
            content,
            objects,
            rows,
            trash,
            cache,
            restoration::collectorOff,
            GcPolicy.DEFAULT,
            this);
    this.staging = new StrayStaging(content, objects.store(), uploads);
    this.damage = new Damage(transactions, cache);
    this.orphans = new Orphans(transactions, content, objects.store(), restoration, this);
    this.checks = new Checks(transactions, content, objects, damage, orphans, restoration, this);
  }

  Housekeeping housekeeping(Path directory) {
    return housekeeping(directory, Duration.ofMinutes(1));
  }

  Housekeeping housekeeping(Path directory, Duration every) {
    return housekeeping(directory, every, Duration.ofDays(30));
  }

  /** With checks that are due so often; zero: never. */
  Housekeeping housekeeping(Path directory, Duration every, Duration checked) {
    return new Housekeeping(
        collector,
        staging,
        new Schedule(checks, orphans, checked, depth -> check(depth), this),
        new Deadlines(transactions, this, () -> nanos),
        uploads,
        objects,
        new Space(directory, 0, Reserve.none()),
        copies,
        every,
        this);
  }

  /** Runs a check to its end. */
  Progress check(Checks.Depth depth) throws IOException {
    return check(new Checks.Plan(depth, Optional.empty(), 0));
  }

  /** The same, with somewhere to repair from. */
  Progress check(Checks.Depth depth, RepairSource source) throws IOException {
    return check(new Checks.Plan(depth, Optional.of(source), 0));
  }

  private Progress check(Checks.Plan plan) throws IOException {
    Progress progress = new Progress();
    try {
      checks.run(plan, progress);
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
    return progress;
  }

  @Override
  public Instant instant() {
    return now;
  }

  /** Time goes by, and the registry lives through it. */
  void pass(Duration time) {
    now = now.plus(time);
    nanos += time.toNanos();
  }

  /** Somebody sets the clock. */
  void jump(Duration ahead) {
    now = now.plus(ahead);
  }

  Digest push(String tag) throws IOException {
    return push(tag, LAYER);
  }

  Digest push(String tag, byte[] layer) throws IOException {
    uploads.put(APP, Digest.sha256(layer), Chunk.of(layer));
    uploads.put(APP, Digest.sha256(CONFIG), Chunk.of(CONFIG));
    return manifests
        .put(
            APP,
            new Manifests.Pushed(
                new Tag(tag), Set.of(), MediaTypes.OCI_MANIFEST, image(layer), "test"))
        .digest();
  }

  /** A push during which something happens: after it was looked whether there is an object. */
  Digest push(String tag, Happening happening) throws IOException {
    afterNextLook = happening;
    return push(tag);
  }

  interface Happening {
    void run() throws IOException;
  }

  private Transactions afterLooks() {
    return new Transactions() {
      @Override
      public <T extends @Nullable Object> T read(Work<T> work) throws IOException {
        T answer = transactions.read(work);
        Happening happening = afterNextLook;
        if (happening != null) {
          afterNextLook = null;
          happening.run();
        }
        return answer;
      }

      @Override
      public <T extends @Nullable Object> T write(Work<T> work) throws IOException {
        return transactions.write(work);
      }

      @Override
      public <T extends @Nullable Object> T free(Work<T> work) throws IOException {
        return transactions.free(work);
      }
    };
  }

  byte[] read(byte[] expected) throws IOException {
    try (OpenBlob blob = blobs.open(APP, Digest.sha256(expected))) {
      return switch (blob) {
        case OpenBlob.InMemory(byte[] bytes) -> bytes;
        case OpenBlob.Stored(var stored) -> stored.stream(0).readAllBytes();
      };
    }
  }

  /** The objects that manifests' rows name. */
  List<BlobKey> manifestObjects() throws IOException {
    return transactions.read(h ->
        h.createQuery("SELECT object FROM manifests ORDER BY id")
            .map((rs, ctx) -> BlobKey.parse(rs.getString("object")))
            .list());
  }

  /** The objects that are there. */
  List<Stored> storedObjects() throws IOException {
    try (Stream<Stored> all = objects.store().list()) {
      return all.toList();
    }
  }

  static byte[] image() {
    return image(LAYER);
  }

  static byte[] image(byte[] layer) {
    return """
    {"schemaVersion":2,"mediaType":"%s",
     "config":{"mediaType":"%s","digest":"%s","size":%d},
     "layers":[{"mediaType":"%s","digest":"%s","size":%d}]}
    """
        .formatted(
            MediaTypes.OCI_MANIFEST,
            MediaTypes.OCI_CONFIG,
            Digest.sha256(CONFIG),
            CONFIG.length,
            MediaTypes.OCI_LAYER,
            Digest.sha256(layer),
            layer.length)
        .getBytes(StandardCharsets.UTF_8);
  }

  static byte[] layer(int sizeBytes) {
    byte[] bytes = new byte[sizeBytes];
    new Random(1).nextBytes(bytes);
    return bytes;
  }

  @Override
  public void close() throws IOException {
    uploads.close();
    database.close();
  }
}
