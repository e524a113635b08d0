package dev.plimsoll.registry.moving;

import dev.plimsoll.content.Disk;
import dev.plimsoll.database.SnapshotReader;
import dev.plimsoll.oci.Descriptor;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.Index;
import dev.plimsoll.oci.Manifest;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.oci.Tag;
import dev.plimsoll.registry.job.Progress;
import dev.plimsoll.registry.repository.RegistryException;
import dev.plimsoll.registry.repository.TagMove;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Brings back into a registry that runs what a backup has and it lacks: manifests, their blobs, also
 * those whose bytes are damaged here, and tags. Nothing that is here is changed: what was deleted or
 * moved here since stays so, and is named. It can be run again.
 */
public final class BackupReturn {
  private static final int PAGE = 50;

  private final Newcomer newcomer;
  private final Disk disk;
  private final SnapshotRows rows = new SnapshotRows();

  /** Whether it does it. */
  public enum Mode {
    BRING_BACK,
    /** Says what would come back, and writes nothing. */
    DRY
  }

  /**
   * What is asked for.
   *
   * @param generation empty: the newest
   */
  public record Plan(Path directory, Optional<String> generation, Mode mode) {}

  public BackupReturn(Newcomer newcomer, Disk disk) {
    this.newcomer = newcomer;
    this.disk = disk;
  }

  public void run(Plan plan, Progress progress) throws IOException {
    BackupDirectory backup = BackupDirectory.open(plan.directory(), disk);
    Generation generation = backup.choose(plan.generation(), progress);
    progress.stage("database", 0);
    try (SnapshotReader snapshot = SnapshotReader.open(backup.sound(generation))) {
      new Run(plan, backup, snapshot, progress).run();
    }
  }

  private final class Run {
    private final Plan plan;
    private final BackupDirectory backup;
    private final SnapshotReader snapshot;
    private final Progress progress;
    private final List<Long> indexes = new ArrayList<>();
    private final Set<String> coming = new HashSet<>(); // in a dry run

    Run(Plan plan, BackupDirectory backup, SnapshotReader snapshot, Progress progress) {
      this.plan = plan;
      this.backup = backup;
      this.snapshot = snapshot;
      this.progress = progress;
    }

    void run() throws IOException {
      progress.stage("manifests", snapshot.read(rows::amount).manifests());
      long after = 0;
      while (true) {
        long begin = after;
        List<SnapshotRows.ManifestRow> page = snapshot.read(h -> rows.manifests(h, begin, PAGE));
        for (SnapshotRows.ManifestRow manifest : page) {
          image(manifest);
        }
        if (page.size() < PAGE) {
          break;
        }
        after = page.getLast().id();
      }
      for (long id : indexes) { // after what they name
        manifest(snapshot.read(h -> rows.manifests(h, id - 1, 1)).getFirst(), List.of());
      }
      tags();
    }

    private void image(SnapshotRows.ManifestRow row) throws IOException {
      if (!row.live()) {
        progress.done(0);
        return;
      }
      Manifest manifest = Manifest.parse(row.content(), row.mediaType());
      if (manifest instanceof Index) {
        indexes.add(row.id());
      } else {
        manifest(row, TreeImport.blobs(manifest));
      }
    }

    private void manifest(SnapshotRows.ManifestRow row, List<Descriptor> blobs) throws IOException {
      RepositoryName repository = row.repository();
      String subject = repository + "@" + row.digest();
      boolean live = newcomer.has(repository, row.digest());
      if (!live && newcomer.knows(repository, row.digest())) {
        progress.found("kept", subject, "it was deleted here since, and is in the trash");
        progress.done(0);
        return;
      }
      long sizeBytes = 0;
      for (Descriptor blob : blobs) {
        sizeBytes += blob(repository, blob, live);
      }
      if (!live) {
        put(row, subject);
      }
      progress.done(sizeBytes);
    }

    private void put(SnapshotRows.ManifestRow row, String subject) throws IOException {
      Set<Tag> tags = freeTags(row);
      String detail = tags.isEmpty() ? "untagged" : "with its tags " + tags;
      if (plan.mode() == Mode.DRY) {
        progress.found("would-restore", subject, detail);
        coming.add(subject);
        return;
      }
      try {
        newcomer.put(row.repository(), row.digest(), row.mediaType(), row.content(), tags);
        progress.found("back", subject, detail);
      } catch (RegistryException e) {
        progress.found("refused", subject, String.valueOf(e.getMessage()));
      }
    }

    /** A manifest that was gone here comes with those of its tags that point at nothing else now. */
    private Set<Tag> freeTags(SnapshotRows.ManifestRow row) throws IOException {
      Set<Tag> free = new LinkedHashSet<>();
      for (Tag tag : snapshot.read(h -> rows.tagsOf(h, row.id()))) {
        if (newcomer.lastMove(row.repository(), tag).flatMap(TagMove::to).isEmpty()) {
          free.add(tag);
        }
      }
      return free;
    }

    /** Brings one blob if it is not here; answers its bytes if so. */
    private long blob(RepositoryName repository, Descriptor blob, boolean named)
        throws IOException {
      Digest digest = blob.digest();
      boolean here =
          plan.mode() == Mode.DRY
              ? newcomer.couldHaveBlob(repository, digest)
              : newcomer.hasBlob(repository, digest);
      if (here) {
        return 0;
      }
      if (plan.mode() == Mode.DRY) {
        progress.found("would-restore", digest.toString(), "a blob of " + repository);
        return blob.size();
      }
      Optional<String> problem = bring(repository, digest);
      if (problem.isPresent()) {
        progress.found("damaged", digest.toString(), "in the backup " + problem.get());
        return 0;
      }
      if (named) {
        progress.found("back", digest.toString(), "a blob that " + repository + " had lost");
      }
      return blob.size();
    }

    private Optional<String> bring(RepositoryName repository, Digest digest) throws IOException {
      Optional<byte[]> small = snapshot.read(h -> rows.small(h, digest));
      try {
        if (small.isPresent()) {
          newcomer.put(repository, digest, small.get());
          return Optional.empty();
        }
        try (var bytes = new SourceStream(backup.open(digest))) {
          try {
            newcomer.receive(repository, digest, bytes);
            return Optional.empty();
          } catch (IOException e) {
            if (bytes.failed() && !Thread.currentThread().isInterrupted()) {
              return Optional.of("it cannot be read: " + e.getMessage());
            }
            throw e;
          }
        }
      } catch (NoSuchFileException e) {
        return Optional.of("its bytes are missing");
      } catch (RegistryException.DigestMismatch e) {
        return Optional.of("its bytes are others");
      }
    }

    private void tags() throws IOException {
      progress.stage("tags", snapshot.read(rows::amount).tags());
      long repositoryId = 0;
      String after = "";
      while (true) {
        long in = repositoryId;
        String begin = after;
        List<SnapshotRows.TagRow> page = snapshot.read(h -> rows.tags(h, in, begin, PAGE));
        for (SnapshotRows.TagRow tag : page) {
          tag(tag);
          progress.done(0);
        }
        if (page.size() < PAGE) {
          return;
        }
        repositoryId = page.getLast().repositoryId();
        after = page.getLast().tag().value();
      }
    }

    private void tag(SnapshotRows.TagRow row) throws IOException {
      String subject = row.repository() + ":" + row.tag();
      Optional<TagMove> last = newcomer.lastMove(row.repository(), row.tag());
      if (last.flatMap(TagMove::to).isEmpty()
          && coming.contains(row.repository() + "@" + row.digest())) {
        return; // it comes with its manifest
      }
      if (last.isPresent()) {
        if (!last.get().to().equals(Optional.of(row.digest()))) {
          progress.found("kept", subject, "it was moved or deleted here since");
        }
        return;
      }
      if (plan.mode() == Mode.DRY) {
        progress.found("would-restore", subject, "the tag");
        return;
      }
      if (!newcomer.has(row.repository(), row.digest())) {
        progress.found("lost-tag", subject, row.digest() + " did not come back");
        return;
      }
      newcomer.point(
          row.repository(),
          row.tag(),
          List.of(new Newcomer.Target(row.digest(), row.mediaType(), row.content())),
          progress);
      progress.found("back", subject, "the tag");
    }
  }
}
