package dev.plimsoll.registry.gc;

import dev.plimsoll.content.ContentStore;
import dev.plimsoll.content.Disk;
import dev.plimsoll.content.FileContentStore;
import dev.plimsoll.database.Database;
import dev.plimsoll.database.DatabaseCopies;
import dev.plimsoll.foundation.Reserve;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.MediaTypes;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.oci.Tag;
import dev.plimsoll.registry.repository.BlobRows;
import dev.plimsoll.registry.repository.Blobs;
import dev.plimsoll.registry.repository.Chunk;
import dev.plimsoll.registry.repository.Lease;
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
import java.util.Random;
import java.util.Set;

/** The core of a registry on a directory, with a clock and a disk of the test's. */
final class Bench implements AutoCloseable, InstantSource {
  static final RepositoryName APP = new RepositoryName("app");
  static final byte[] CONFIG = "{}".getBytes(StandardCharsets.UTF_8);
  static final byte[] LAYER = layer(100_000);

  private final Database database;
  private final Random random = new Random();
  final Transactions transactions;
  final ContentStore content;
  final Uploads uploads;
  final Blobs blobs;
  final Manifests manifests;
  final Trash trash;
  final Collector collector;
  final Audit audit;
  final DatabaseCopies copies;
  private Instant now;
  private long nanos;

  Bench(Path directory, Disk disk, Instant now) throws IOException {
    this.now = now;
    this.database = Database.open(directory.resolve("test.db"), "db/registry");
    this.copies = new DatabaseCopies(database, directory.resolve("copies"));
    this.transactions = Transactions.of(database);
    this.content = FileContentStore.open(directory.resolve("content"), disk);
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
    this.manifests = new Manifests(transactions, rows, cache, 100, this);
    this.trash = new Trash(transactions, rows, cache, lease, 100, this);
    this.collector =
        new Collector(transactions, content, rows, trash, cache, GcPolicy.DEFAULT, this);
    this.audit = new Audit(transactions, content, uploads, this);
  }

  Housekeeping housekeeping(Path directory) {
    return new Housekeeping(
        collector,
        audit,
        new Deadlines(transactions, this, () -> nanos),
        uploads,
        new Space(directory, 0, Reserve.none()),
        copies,
        Duration.ofMinutes(1),
        this);
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
    uploads.put(APP, Digest.sha256(LAYER), Chunk.of(LAYER));
    uploads.put(APP, Digest.sha256(CONFIG), Chunk.of(CONFIG));
    return manifests
        .put(
            APP,
            new Manifests.Pushed(new Tag(tag), Set.of(), MediaTypes.OCI_MANIFEST, image(), "test"))
        .digest();
  }

  byte[] read(byte[] expected) throws IOException {
    try (OpenBlob blob = blobs.open(APP, Digest.sha256(expected))) {
      return switch (blob) {
        case OpenBlob.InMemory(byte[] bytes) -> bytes;
        case OpenBlob.Stored(var stored) -> stored.stream(0).readAllBytes();
      };
    }
  }

  static byte[] image() {
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
            Digest.sha256(LAYER),
            LAYER.length)
        .getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] layer(int sizeBytes) {
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
