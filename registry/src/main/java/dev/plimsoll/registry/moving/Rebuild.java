package dev.plimsoll.registry.moving;

import dev.plimsoll.content.BlobKey;
import dev.plimsoll.content.ContentException;
import dev.plimsoll.content.ContentStore;
import dev.plimsoll.content.Stored;
import dev.plimsoll.oci.Descriptor;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.Manifest;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.oci.Tag;
import dev.plimsoll.registry.check.Restoration;
import dev.plimsoll.registry.job.Progress;
import dev.plimsoll.registry.repository.ManifestObject;
import dev.plimsoll.registry.repository.ManifestObjects;
import dev.plimsoll.registry.repository.RegistryException;
import dev.plimsoll.registry.repository.RegistryException.JobRefused;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Brings manifests back that the stores have and the database does not, within the quarantine after
 * a restore; at no other time, for then they may have been deleted. What was pushed after the copy of
 * the database gets the tags it was pushed with. It can be run again.
 */
public final class Rebuild {
  private final Newcomer newcomer;
  private final ManifestObjects objects;
  private final ContentStore content;
  private final Restoration restoration;
  private final InstantSource clock;

  public Rebuild(
      Newcomer newcomer,
      ManifestObjects objects,
      ContentStore content,
      Restoration restoration,
      InstantSource clock) {
    this.newcomer = newcomer;
    this.objects = objects;
    this.content = content;
    this.restoration = restoration;
    this.clock = clock;
  }

  private record Found(BlobKey key, Instant pushedAt) {}

  public void run(Progress progress) throws IOException {
    Restoration.Restored restored =
        restoration
            .inQuarantine(clock.instant())
            .orElseThrow(() ->
                new JobRefused(
                    "nothing is rebuilt here: the database was not lost, or that was more than"
                        + " seven days ago"));
    progress.stage("objects", 0);
    Map<Digest, Stored.StoredBlob> blobs = new HashMap<>();
    for (Stored.StoredBlob blob : list(content)) {
      blobs.put(blob.key().digest(), blob);
    }
    List<Found> found = new ArrayList<>();
    for (Stored.StoredBlob object : list(objects.store())) {
      try {
        found.add(new Found(object.key(), objects.read(object.key()).pushedAt()));
      } catch (ContentException | IllegalArgumentException e) {
        progress.found("lost", "object " + object.key(), String.valueOf(e.getMessage()));
      }
    }
    found.sort(Comparator.comparing(Found::pushedAt)); // of two that had one tag, the newer wins
    progress.stage("manifests", found.size());
    for (Found each : found) {
      bringBack(objects.read(each.key()), blobs, restored.copiedAt(), progress);
    }
  }

  private void bringBack(
      ManifestObject object,
      Map<Digest, Stored.StoredBlob> blobs,
      Instant copiedAt,
      Progress progress)
      throws IOException {
    RepositoryName repository = object.repository();
    Digest digest = object.manifest().digest();
    String subject = repository + "@" + digest;
    if (newcomer.knows(repository, digest)) {
      progress.done(0);
      return;
    }
    Manifest manifest = Manifest.parse(object.manifest().bytes(), object.manifest().mediaType());
    for (Descriptor blob : TreeImport.blobs(manifest)) {
      byte[] small = object.small().get(blob.digest());
      Stored.StoredBlob stored = blobs.get(blob.digest());
      if (newcomer.hasBlob(repository, blob.digest())) {
        continue;
      }
      if (small != null) {
        newcomer.put(repository, blob.digest(), small);
      } else if (stored != null && stored.sizeBytes() == blob.size()) {
        newcomer.record(repository, stored.key(), stored.sizeBytes());
      }
    }
    Set<Tag> tags = object.pushedAt().isBefore(copiedAt) ? Set.of() : object.tags();
    try {
      newcomer.put(
          repository, digest, object.manifest().mediaType(), object.manifest().bytes(), tags);
      progress.found(
          "back",
          subject,
          tags.isEmpty() ? "untagged" : "with the tags it was pushed with: " + tags);
    } catch (RegistryException e) {
      progress.found("lost", subject, String.valueOf(e.getMessage()));
    }
    progress.done(object.manifest().bytes().length);
  }

  private static List<Stored.StoredBlob> list(ContentStore store) throws IOException {
    List<Stored.StoredBlob> all = new ArrayList<>();
    try (Stream<Stored> stored = store.list()) {
      for (Iterator<Stored> each = stored.iterator(); each.hasNext(); ) {
        if (each.next() instanceof Stored.StoredBlob blob) {
          all.add(blob);
        }
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return all;
  }
}
