package dev.plimsoll.registry.model;

import dev.plimsoll.content.ContentStore;
import dev.plimsoll.content.Disk;
import dev.plimsoll.content.FileContentStore;
import dev.plimsoll.database.DatabaseCopies;
import dev.plimsoll.foundation.Reserve;
import dev.plimsoll.registry.check.Checks;
import dev.plimsoll.registry.check.Orphans;
import dev.plimsoll.registry.check.Restoration;
import dev.plimsoll.registry.check.Schedule;
import dev.plimsoll.registry.gc.Collector;
import dev.plimsoll.registry.gc.Deadlines;
import dev.plimsoll.registry.gc.GcPolicy;
import dev.plimsoll.registry.gc.Housekeeping;
import dev.plimsoll.registry.gc.StrayStaging;
import dev.plimsoll.registry.job.Progress;
import dev.plimsoll.registry.repository.BlobRows;
import dev.plimsoll.registry.repository.Blobs;
import dev.plimsoll.registry.repository.Damage;
import dev.plimsoll.registry.repository.ImageRemoval;
import dev.plimsoll.registry.repository.Lease;
import dev.plimsoll.registry.repository.ManifestObjects;
import dev.plimsoll.registry.repository.Manifests;
import dev.plimsoll.registry.repository.ReadCache;
import dev.plimsoll.registry.repository.Repositories;
import dev.plimsoll.registry.repository.Space;
import dev.plimsoll.registry.repository.TagRewind;
import dev.plimsoll.registry.repository.Tags;
import dev.plimsoll.registry.repository.Trash;
import dev.plimsoll.registry.repository.Uploads;
import dev.plimsoll.registry.retention.Deployed;
import dev.plimsoll.registry.retention.Pins;
import dev.plimsoll.registry.retention.Pulls;
import dev.plimsoll.registry.retention.Retention;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Random;

/** The core of one run of a registry, from its start to its end or to the power's. */
final class Installation {
  /** Few, so that a run has many batches. */
  static final int BATCH_MAX = 3;

  static final int MOVES_KEPT = 4;
  static final GcPolicy POLICY =
      new GcPolicy(GcPolicy.DEFAULT.trashKeptFor(), GcPolicy.DEFAULT.condemnedFor(), BATCH_MAX);
  static final Lease LEASE = Lease.DEFAULT;
  static final Uploads.Limits LIMITS =
      new Uploads.Limits(
          1000, Universe.SMALL_BYTES_MAX, Uploads.Limits.DEFAULT.idleMax(), Duration.ZERO);

  final ContentStore content;
  final ManifestObjects objects;
  final Uploads uploads;
  final Blobs blobs;
  final Manifests manifests;
  final Tags tags;
  final TagRewind rewind;
  final Trash trash;
  final Repositories repositories;
  final Collector collector;
  final Deadlines deadlines;
  final Housekeeping housekeeping;
  final Checks checks;
  final Pins pins;
  final Deployed deployed;
  final Pulls pulls;
  final Retention retention;

  /** Opens what is in {@code root}; the power may fail meanwhile. */
  Installation(
      Power power,
      Disk disk,
      Path root,
      DatabaseCopies copies,
      BlobRows rows,
      Clock clock,
      Random random)
      throws IOException {
    this.content = FileContentStore.open(root.resolve("content"), disk);
    this.objects =
        new ManifestObjects(power, FileContentStore.open(root.resolve("manifests"), disk));
    ReadCache cache = new ReadCache(1 << 20);
    this.uploads =
        new Uploads(
            power,
            content,
            rows,
            cache,
            LEASE,
            LIMITS,
            () -> HexFormat.of().toHexDigits(random.nextLong()),
            clock);
    this.blobs = new Blobs(power, content, rows, cache, LEASE, clock);
    this.manifests = new Manifests(power, objects, rows, cache, MOVES_KEPT, clock);
    this.tags = new Tags(power, MOVES_KEPT);
    this.rewind = new TagRewind(power, rows, cache, MOVES_KEPT, clock);
    this.trash = new Trash(power, rows, cache, LEASE, MOVES_KEPT, clock);
    this.repositories = new Repositories(power, cache, clock);
    Restoration restoration = new Restoration(power);
    this.collector =
        new Collector(
            power, content, objects, rows, trash, cache, restoration::collectorOff, POLICY, clock);
    this.deadlines = new Deadlines(power, clock, clock::nanos);
    Orphans orphans = new Orphans(power, content, objects.store(), restoration, clock);
    this.checks =
        new Checks(power, content, objects, new Damage(power, cache), orphans, restoration, clock);
    this.housekeeping =
        new Housekeeping(
            collector,
            new StrayStaging(content, objects.store(), uploads),
            new Schedule(checks, orphans, Duration.ZERO, depth -> audit(), clock),
            deadlines,
            uploads,
            objects,
            new Space(root, 0, Reserve.none()),
            copies,
            Duration.ofMinutes(1),
            clock);
    this.pins = new Pins(power, manifests, clock);
    this.deployed = new Deployed(power, clock);
    this.pulls = new Pulls(power, clock);
    this.retention =
        new Retention(
            power,
            new ImageRemoval(power, rows, cache, MOVES_KEPT, pulls::notedSince, clock),
            pulls,
            deadlines,
            POLICY.trashKeptFor(),
            restoration::collectorOff,
            clock);
  }

  /** Looks for rows without bytes, and notes bytes without rows. */
  void audit() throws IOException {
    Progress progress = new Progress();
    try {
      checks.run(new Checks.Plan(Checks.Depth.AUDIT, Optional.empty(), 0), progress);
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
    if (!progress.snapshot().findings().isEmpty()) {
      throw new Violation("the audit found " + progress.snapshot().findings());
    }
  }
}
