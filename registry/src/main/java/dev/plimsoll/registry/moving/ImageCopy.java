package dev.plimsoll.registry.moving;

import dev.plimsoll.oci.Descriptor;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.Index;
import dev.plimsoll.oci.Manifest;
import dev.plimsoll.oci.MediaTypes;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.registry.job.Progress;
import dev.plimsoll.registry.repository.RegistryException;
import dev.plimsoll.registry.repository.StoredManifest;
import dev.plimsoll.transfer.ManifestContent;
import dev.plimsoll.transfer.TransferException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Brings manifests from one repository of another registry into one of ours: byte for byte, after
 * what they name, and before what refers to them. What is here is not fetched; what cannot be had
 * is named and left out. For one thread.
 */
final class ImageCopy {
  private static final int DEPTH_MAX = 8;

  private final Newcomer newcomer;
  private final Origin origin;
  private final RepositoryName here;
  private final TreeImport.Mode mode;
  private final CopyState state;
  private final Progress progress;
  private final BlobCopy blobs;
  private final Map<Digest, Boolean> taken = new HashMap<>();

  ImageCopy(
      Newcomer newcomer,
      Origin origin,
      RepositoryName here,
      TreeImport.Mode mode,
      CopyState state,
      Progress progress) {
    this.newcomer = newcomer;
    this.origin = origin;
    this.here = here;
    this.mode = mode;
    this.state = state;
    this.progress = progress;
    this.blobs = new BlobCopy(newcomer, origin, here, state, progress);
  }

  /** Whether a manifest was brought, or was here; also by the first digits of its digest. */
  boolean has(String algorithm, String hexBegin) {
    return taken.entrySet().stream()
        .anyMatch(each ->
            each.getValue()
                && each.getKey().algorithm().prefix().equals(algorithm)
                && each.getKey().hex().startsWith(hexBegin));
  }

  /**
   * Brings a manifest with all it names and all that refers to it.
   *
   * @return whether it is here now, whole; in a dry run, whether it would be
   */
  boolean take(Digest digest) throws IOException, InterruptedException {
    return take(digest, 0);
  }

  private boolean take(Digest digest, int depth) throws IOException, InterruptedException {
    Boolean before = taken.get(digest);
    if (before != null) {
      return before;
    }
    taken.put(digest, false); // a ring of referrers ends here
    progress.goOn();
    boolean whole = takeNew(digest, depth);
    taken.put(digest, whole);
    if (whole && depth < DEPTH_MAX) {
      for (Digest referrer : state.referrers(origin, digest)) {
        take(referrer, depth + 1);
      }
    }
    return whole;
  }

  private boolean takeNew(Digest digest, int depth) throws IOException, InterruptedException {
    Optional<StoredManifest> stored = newcomer.find(here, digest);
    Optional<StoredManifest> manifest = stored.isPresent() ? stored : fetched(digest);
    if (manifest.isEmpty()) {
      return false;
    }
    Manifest parsed = Manifest.parse(manifest.get().bytes(), manifest.get().mediaType());
    boolean whole =
        switch (parsed) {
          case Index index -> children(index, subject(digest), depth);
          default -> blobs(parsed, subject(digest));
        };
    // An index is worth having with what is whole of it, an image without a layer is not.
    boolean worthIt = whole || parsed instanceof Index;
    if (stored.isPresent() || !worthIt || mode == TreeImport.Mode.DRY) {
      return worthIt;
    }
    return put(manifest.get());
  }

  private boolean put(StoredManifest manifest) throws IOException {
    try {
      newcomer.put(here, manifest.digest(), manifest.mediaType(), manifest.bytes());
      progress.received(manifest.bytes().length);
      return true;
    } catch (RegistryException e) {
      progress.found("refused", subject(manifest.digest()), String.valueOf(e.getMessage()));
      return false;
    }
  }

  private Optional<StoredManifest> fetched(Digest digest) throws IOException, InterruptedException {
    try {
      ManifestContent content = origin.remote().manifest(origin.name(), digest);
      state.answered();
      return Optional.of(
          new StoredManifest(digest, content.manifest().mediaType(), content.bytes()));
    } catch (IOException | TransferException e) {
      progress.goOn();
      progress.found("damaged", subject(digest), "the manifest: " + state.trouble(e));
      return Optional.empty();
    }
  }

  private boolean children(Index index, String subject, int depth)
      throws IOException, InterruptedException {
    boolean whole = true;
    for (Descriptor child : index.manifests()) {
      if (MediaTypes.isSchema1(child.mediaType())) {
        progress.found("skipped", here + "@" + child.digest(), "a manifest of schema 1");
      } else if (depth >= DEPTH_MAX) {
        progress.found("damaged", subject, "indexes in it are nested too deep");
        whole = false;
      } else {
        whole &= take(child.digest(), depth + 1);
      }
    }
    return whole;
  }

  private boolean blobs(Manifest image, String subject) throws IOException, InterruptedException {
    Map<Digest, Descriptor> missing = new LinkedHashMap<>();
    Set<Digest> seen = new HashSet<>();
    for (Descriptor blob : TreeImport.blobs(image)) {
      if (seen.add(blob.digest()) && !here(blob.digest())) {
        missing.put(blob.digest(), blob);
      }
    }
    List<CopyState.Task> tasks = new ArrayList<>();
    for (Descriptor blob : missing.values()) {
      tasks.add(() -> one(blob));
    }
    boolean whole = true;
    List<Optional<String>> answers = state.all(tasks);
    for (Descriptor blob : missing.values()) {
      Optional<String> wrong = answers.removeFirst();
      if (wrong.isPresent()) {
        progress.found("damaged", subject, "its blob " + blob.digest() + ": " + wrong.get());
        whole = false;
      }
    }
    return whole;
  }

  private boolean here(Digest blob) throws IOException {
    return mode == TreeImport.Mode.DRY
        ? newcomer.couldHaveBlob(here, blob)
        : newcomer.hasBlob(here, blob);
  }

  private Optional<String> one(Descriptor blob) throws IOException, InterruptedException {
    if (mode == TreeImport.Mode.IMPORT) {
      return blobs.fetch(blob);
    }
    Optional<String> wrong = blobs.look(blob);
    if (wrong.isEmpty() && state.firstSightOf(blob.digest())) {
      progress.received(blob.size());
    }
    return wrong;
  }

  private String subject(Digest digest) {
    return here + "@" + digest;
  }
}
