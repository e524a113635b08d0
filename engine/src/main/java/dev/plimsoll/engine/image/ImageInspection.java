package dev.plimsoll.engine.image;

import dev.plimsoll.content.BlobKey;
import dev.plimsoll.content.Stored;
import dev.plimsoll.engine.check.Finding.Kind;
import dev.plimsoll.engine.check.Finding.Outcome;
import dev.plimsoll.engine.check.Findings;
import dev.plimsoll.engine.check.Inspection;
import dev.plimsoll.engine.layer.Layer;
import dev.plimsoll.engine.layer.Layers.Depth;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.ImageConfig;
import dev.plimsoll.oci.ImageName;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;

/** Looks through blobs, layers and images, in this order: each is mended from the one before. */
public final class ImageInspection implements Inspection {
  private final ImageStore store;

  public ImageInspection(ImageStore store) {
    this.store = store;
  }

  @Override
  public void look(Mode mode, Findings findings) throws IOException, InterruptedException {
    for (Digest blob : store.blobs().all()) {
      findings.looked(Kind.BLOB);
      lookAtBlob(blob, mode, findings);
    }
    for (Layer layer : store.layers().all()) {
      findings.looked(Kind.LAYER);
      lookAtLayer(layer, mode, findings);
    }
    for (ImageId id : store.database().read(ImageRows::ids)) {
      findings.looked(Kind.IMAGE);
      lookAtImage(id, findings);
    }
    for (String directory : store.layers().strangers()) {
      // One that has just been unpacked has its directory first, so it is asked for once more.
      if (store.layers().strangers().contains(directory)) {
        findings.add(
            Kind.LAYER,
            directory,
            "a directory that no image needs; the next start of the engine removes it",
            Outcome.LEFT_OVER);
      }
    }
  }

  private void lookAtBlob(Digest blob, Mode mode, Findings findings) throws IOException {
    if (store.blobs().whole(blob)) {
      return;
    }
    boolean mend = mode == Mode.MEND;
    if (mend) {
      store.blobs().discard(blob);
    }
    findings.add(
        Kind.BLOB,
        blob.toString(),
        "its bytes are not what they were; "
            + (mend ? "dropped, it comes again with the next pull or load" : "pull it again"),
        Outcome.DAMAGED);
  }

  private void lookAtLayer(Layer layer, Mode mode, Findings findings)
      throws IOException, InterruptedException {
    boolean whole =
        mode == Mode.MEND
            ? store.layers().verify(layer, Depth.CONTENT)
            : store.layers().whole(layer);
    if (whole && store.layers().find(layer.id()).isPresent()) {
      return;
    }
    if (mode == Mode.LOOK) {
      findings.add(
          Kind.LAYER,
          layer.id().toString(),
          "its directory is not as it was unpacked; without --dry-run it is made anew",
          Outcome.DAMAGED);
    } else if (LayerHealing.heal(store, layer.id())) {
      findings.add(
          Kind.LAYER, layer.id().toString(), "unpacked anew from its blob", Outcome.MENDED);
    } else {
      findings.add(
          Kind.LAYER,
          layer.id().toString(),
          "its directory is not as it was unpacked and its blob is not here; pull or load its"
              + " image again",
          Outcome.DAMAGED);
    }
  }

  private void lookAtImage(ImageId id, Findings findings) throws IOException {
    byte[] config = store.database().read(handle -> ImageRows.config(handle, id));
    if (!Digest.sha256(config).equals(id.digest())) {
      findings.add(
          Kind.IMAGE,
          id.toString(),
          "its configuration is not that of its id; remove it and pull it again",
          Outcome.DAMAGED);
      return;
    }
    List<Digest> wanted = ImageConfig.parse(config).diffIds();
    List<Digest> had = store.parts(id).stream().map(ImageRows.Part::diffId).toList();
    if (!wanted.equals(had)) {
      findings.add(
          Kind.IMAGE,
          id.toString(),
          "it has %d of %d layers; pull or load it again".formatted(had.size(), wanted.size()),
          Outcome.DAMAGED);
    }
    if (store.descriptions().read(id).isEmpty()) {
      findings.add(
          Kind.IMAGE,
          id.toString(),
          "its description cannot be read; the next start of the engine writes it anew if it is"
              + " gone",
          Outcome.DAMAGED);
    }
  }

  @Override
  public void rebuild(Findings findings) throws IOException, InterruptedException {
    rebuildBlobs(findings);
    for (String directory : store.layers().strangers()) {
      Optional<Layer> restored = store.layers().takeUp(directory);
      findings.add(
          Kind.LAYER,
          restored.map(layer -> layer.id().toString()).orElse(directory),
          restored.isPresent()
              ? "whole, by the sum in its description"
              : "not whole, or a second one of its kind; the next start of the engine removes it",
          restored.isPresent() ? Outcome.RESTORED : Outcome.LOST);
    }
    Set<ImageId> known = new HashSet<>(store.database().read(ImageRows::ids));
    Set<ImageId> described = new HashSet<>(store.descriptions().described());
    for (ImageId id : known) {
      if (!described.contains(id)) {
        store
            .database()
            .free(handle -> {
              ImageRows.delete(handle, id);
              return id;
            });
        findings.add(
            Kind.IMAGE, id.toString(), "it was removed after the copy was taken", Outcome.DROPPED);
      }
    }
    for (ImageId id : described) {
      if (!known.contains(id)) {
        restore(id, findings);
      }
    }
  }

  private void rebuildBlobs(Findings findings) throws IOException {
    Set<Digest> known = new HashSet<>(store.blobs().all());
    List<BlobKey> stored;
    try (Stream<Stored> all = store.blobs().content().list()) {
      stored =
          all.filter(Stored.StoredBlob.class::isInstance)
              .map(each -> ((Stored.StoredBlob) each).key())
              .toList();
    }
    for (BlobKey key : stored) {
      if (known.add(key.digest())) {
        boolean whole = store.blobs().takeUp(key);
        findings.add(
            Kind.BLOB,
            key.digest().toString(),
            whole ? "whole" : "not what its name says; the next start of the engine removes it",
            whole ? Outcome.RESTORED : Outcome.LOST);
      }
    }
  }

  private void restore(ImageId id, Findings findings) throws IOException {
    Optional<ImageDescription> description = store.descriptions().read(id);
    if (description.isEmpty()) {
      findings.add(
          Kind.IMAGE, id.toString(), "its description cannot be read; pull it again", Outcome.LOST);
      return;
    }
    ImageDescription described = description.get();
    List<String> missing =
        store
            .database()
            .write(handle -> {
              List<String> absent =
                  described.layers().stream()
                      .map(ImageDescription.Part::layer)
                      .filter(layer -> !ImageRows.hasLayer(handle, layer))
                      .toList();
              if (absent.isEmpty()) {
                ImageRows.restore(handle, described, store.clock().instant());
                restoreNames(handle, id, described);
              }
              return absent;
            });
    findings.add(
        Kind.IMAGE,
        id.toString(),
        missing.isEmpty()
            ? "as %s; tags it got or lost later are not known"
                .formatted(described.names().isEmpty() ? "<none>" : described.names())
            : "layer %s is not here; pull or load it again".formatted(missing.getFirst()),
        missing.isEmpty() ? Outcome.RESTORED : Outcome.LOST);
  }

  private void restoreNames(Handle handle, ImageId id, ImageDescription described) {
    for (String text : described.names()) {
      ImageName name = ImageName.parse(text);
      if (ImageRows.named(handle, name).isEmpty()) {
        ImageRows.name(handle, name, id, store.clock().instant());
      }
    }
    for (ImageDescription.Manifest manifest : described.manifests()) {
      ImageRows.addManifest(
          handle,
          id,
          new ManifestBytes(
              Digest.sha256(manifest.content()), manifest.mediaType(), manifest.content()));
    }
  }
}
