package dev.plimsoll.registry.check;

import dev.plimsoll.content.ContentException;
import dev.plimsoll.oci.Descriptor;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.ImageManifest;
import dev.plimsoll.oci.Manifest;
import dev.plimsoll.oci.MediaTypes;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.registry.check.Remedy.Defect;
import dev.plimsoll.registry.repository.ManifestObject;
import dev.plimsoll.registry.repository.ManifestObjects;
import dev.plimsoll.registry.repository.Transactions;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Looks at every manifest: its bytes in the database, its object, and whether its repository has the
 * blobs that it names. Each of the first two is made of the other where one is wrong.
 */
final class ManifestWalk {
  private static final int PAGE = 50;

  private final Transactions transactions;
  private final CheckRows rows;
  private final ManifestObjects objects;
  private final Predicate<RepositoryName> sparse;
  private final Throttle throttle;
  private final Journal journal;
  private final Remedy remedy;

  /**
   * Walks when it is told to.
   *
   * @param sparse repositories whose blobs come when they are pulled: nothing is missed there
   */
  ManifestWalk(
      Transactions transactions,
      CheckRows rows,
      ManifestObjects objects,
      Predicate<RepositoryName> sparse,
      Throttle throttle,
      Journal journal,
      Remedy remedy) {
    this.transactions = transactions;
    this.rows = rows;
    this.objects = objects;
    this.sparse = sparse;
    this.throttle = throttle;
    this.journal = journal;
    this.remedy = remedy;
  }

  void run(long from) throws IOException, InterruptedException {
    journal.progress().stage("manifests", transactions.read(h -> rows.count(h, "manifests")));
    long after = from;
    while (true) {
      long begin = after;
      List<CheckRows.ManifestRow> page = transactions.read(h -> rows.manifests(h, begin, PAGE));
      for (CheckRows.ManifestRow manifest : page) {
        manifest(manifest);
        throttle.used(manifest.content().length);
        journal.progress().done(manifest.content().length);
      }
      while (objects.writeMissing(PAGE) == PAGE) {
        // until a batch is not full
      }
      if (page.size() < PAGE) {
        return;
      }
      after = page.getLast().id();
      journal.at(Checks.Stage.MANIFESTS, Long.toString(after));
    }
  }

  private void manifest(CheckRows.ManifestRow manifest) throws IOException, InterruptedException {
    String name = manifest.repository() + "@" + manifest.digest();
    boolean sound =
        Digest.of(manifest.digest().algorithm(), manifest.content()).equals(manifest.digest());
    Optional<ManifestObject> object = object(manifest, name);
    if (!sound) {
      restoreContent(manifest, object, name);
      return;
    }
    if (sparse.test(manifest.repository())) {
      return;
    }
    for (Descriptor needed : needed(manifest)) {
      boolean there =
          transactions.read(
              h -> !rows.live(h, manifest.id()) || rows.linked(h, manifest.id(), needed.digest()));
      if (!there) {
        remedy.tell(
            new Defect("incomplete", name, "the repository lacks blob " + needed.digest()),
            List.of(manifest.repository()),
            (source, repository) -> source.blob(repository, needed.digest(), needed.size()));
      }
    }
  }

  /** The manifest's object, if it is there and right; one that is not is written anew. */
  private Optional<ManifestObject> object(CheckRows.ManifestRow manifest, String name)
      throws IOException {
    if (manifest.object().isEmpty()) {
      return Optional.empty();
    }
    String wrong;
    try {
      return Optional.of(objects.read(manifest.object().get()));
    } catch (ContentException.BlobUnknown e) {
      wrong = "was missing";
    } catch (IllegalArgumentException e) {
      wrong = String.valueOf(e.getMessage());
    }
    if (transactions.read(h -> rows.live(h, manifest.id()))) {
      journal.found("repaired", name, "its object is written anew: " + wrong);
    }
    transactions.write(h -> {
      rows.dropObject(h, manifest.id());
      return true;
    });
    return Optional.empty();
  }

  private void restoreContent(
      CheckRows.ManifestRow manifest, Optional<ManifestObject> object, String name)
      throws IOException, InterruptedException {
    String wrong = "its bytes in the database are others";
    if (object.isPresent()) {
      writeContent(manifest, object.get().manifest().bytes());
      journal.found("repaired", name, wrong + ", and came from its object");
      return;
    }
    remedy.tell(
        new Defect("damaged", name, wrong + ", and it has no object; push it again"),
        List.of(manifest.repository()),
        (source, _) -> fetched(manifest, source));
  }

  private String fetched(CheckRows.ManifestRow manifest, RepairSource source)
      throws IOException, InterruptedException {
    byte[] content = source.manifest(manifest.repository(), manifest.digest());
    if (source.mode() == RepairSource.Mode.REPAIR) {
      writeContent(manifest, content);
    }
    return "the other registry";
  }

  private void writeContent(CheckRows.ManifestRow manifest, byte[] content) throws IOException {
    transactions.write(h -> {
      rows.writeContent(h, manifest.id(), content);
      return true;
    });
  }

  private static List<Descriptor> needed(CheckRows.ManifestRow row) {
    return Manifest.parse(row.content(), row.mediaType()) instanceof ImageManifest image
        ? image.references().stream()
            .filter(each -> !MediaTypes.isNonDistributable(each.mediaType()))
            .toList()
        : List.of();
  }
}
