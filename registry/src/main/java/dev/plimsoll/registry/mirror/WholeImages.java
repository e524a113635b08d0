package dev.plimsoll.registry.mirror;

import dev.plimsoll.oci.Descriptor;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.ImageManifest;
import dev.plimsoll.oci.Index;
import dev.plimsoll.oci.Manifest;
import dev.plimsoll.oci.MediaTypes;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.oci.Tag;
import dev.plimsoll.registry.repository.RegistryException.ManifestUnknown;
import dev.plimsoll.registry.repository.StoredManifest;
import dev.plimsoll.registry.repository.TagMove;
import java.io.IOException;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Says which of a tag's targets can be pulled without the upstream. A tag moves with the manifest, and
 * the manifest comes before its blobs: between the two only an older target is here whole. Safe for
 * many threads.
 */
final class WholeImages {
  /** How many older targets are looked at. */
  private static final int TARGETS_MAX = 16;

  private final Mirror.Store store;

  WholeImages(Mirror.Store store) {
    this.store = store;
  }

  /**
   * Of what the tag means and has meant, that of which most platforms are here whole; the newest of
   * several. A deleted tag has forgotten what it meant before.
   *
   * @param present what it means now, which is the answer too if nothing is here whole
   */
  StoredManifest best(RepositoryName repository, Tag tag, StoredManifest present)
      throws IOException {
    Manifest parsed = parsed(present);
    int most = wholePlatforms(repository, parsed);
    if (most == platforms(parsed)) {
      return present;
    }
    StoredManifest best = present;
    for (Digest digest : olderTargets(repository, tag)) {
      Optional<StoredManifest> older = stored(repository, digest);
      int whole = older.isEmpty() ? 0 : wholePlatforms(repository, parsed(older.get()));
      if (whole > most) {
        most = whole;
        best = older.orElseThrow();
      }
    }
    return best;
  }

  private Set<Digest> olderTargets(RepositoryName repository, Tag tag) throws IOException {
    Set<Digest> targets = new LinkedHashSet<>();
    for (TagMove move : store.tags().history(repository, tag)) {
      if (move.to().isEmpty() || targets.size() == TARGETS_MAX) {
        break;
      }
      targets.add(move.to().get());
    }
    return targets;
  }

  private static int platforms(Manifest manifest) {
    return manifest instanceof Index index ? index.manifests().size() : 1;
  }

  private int wholePlatforms(RepositoryName repository, Manifest manifest) throws IOException {
    if (!(manifest instanceof Index index)) {
      return isWhole(repository, manifest) ? 1 : 0;
    }
    Set<Digest> whole = new HashSet<>();
    for (Descriptor child : index.manifests()) {
      Optional<StoredManifest> here = stored(repository, child.digest());
      if (here.isPresent() && isWhole(repository, parsed(here.get()))) {
        whole.add(child.digest());
      }
    }
    return whole.size();
  }

  private boolean isWhole(RepositoryName repository, Manifest manifest) throws IOException {
    if (!(manifest instanceof ImageManifest image)) {
      return false;
    }
    for (Descriptor blob : image.references()) {
      if (!MediaTypes.isNonDistributable(blob.mediaType())
          && !store.blobs().has(repository, blob.digest())) {
        return false;
      }
    }
    return true;
  }

  private Optional<StoredManifest> stored(RepositoryName repository, Digest digest)
      throws IOException {
    try {
      return Optional.of(store.manifests().get(repository, digest));
    } catch (ManifestUnknown e) {
      return Optional.empty();
    }
  }

  private static Manifest parsed(StoredManifest manifest) {
    return Manifest.parse(manifest.bytes(), manifest.mediaType());
  }
}
