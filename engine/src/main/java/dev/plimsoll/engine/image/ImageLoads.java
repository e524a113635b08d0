package dev.plimsoll.engine.image;

import dev.plimsoll.engine.refusal.EngineException.BadParameter;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.ImageConfig;
import dev.plimsoll.oci.ImageName;
import dev.plimsoll.oci.Platform;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code docker load}: images from an archive. Safe for many threads. */
public final class ImageLoads {
  private final ImageStore store;

  public ImageLoads(ImageStore store) {
    this.store = store;
  }

  /**
   * Adds all images of an archive, each when its layers are on disk; those before one that fails
   * stay.
   *
   * @param archive read to the end, not closed
   * @return what was loaded, in the order of the archive
   * @throws BadParameter if it is no archive of images
   */
  public List<Image> load(InputStream archive, Optional<Platform> platform, Progress progress)
      throws IOException, InterruptedException {
    List<Image> loaded = new ArrayList<>();
    try (Lease lease = store.lease("load")) {
      ArchiveFiles files = ArchiveFiles.read(archive, store.blobs(), lease);
      for (ArchiveIndex.Entry entry : ArchiveIndex.read(files, platform).images()) {
        loaded.add(load(files, entry, lease, progress));
      }
    } finally {
      store.collect();
    }
    return loaded;
  }

  private Image load(ArchiveFiles files, ArchiveIndex.Entry entry, Lease lease, Progress progress)
      throws IOException, InterruptedException {
    ImageConfig config = config(entry.config());
    List<Digest> diffIds = config.diffIds();
    if (diffIds.size() != entry.layerPaths().size()) {
      throw new BadParameter(
          "invalid manifest, layers length mismatch: expected %d, got %d"
              .formatted(diffIds.size(), entry.layerPaths().size()));
    }
    List<NewImage.Part> parts;
    try (var assembly = new LayerAssembly(store, diffIds, lease, progress)) {
      for (int i = 0; i < diffIds.size(); i++) {
        String shownAs = diffIds.get(i).hex().substring(0, 12);
        Digest blob = files.blob(entry.layerPaths().get(i));
        assembly.begin(i, blob, shownAs, "Loading layer", LayerAssembly.Told.EXISTING);
      }
      parts = assembly.finish();
    }
    var image =
        new NewImage(
            entry.config(),
            parts,
            "load",
            Optional.empty(),
            entry.names(),
            entry.manifest().stream().toList());
    return name(image, entry, progress);
  }

  private Image name(NewImage image, ArchiveIndex.Entry entry, Progress progress)
      throws IOException {
    List<String> renamed = new ArrayList<>();
    Image added =
        store.add(
            image,
            handle -> {
              entry.manifest().ifPresent(m -> ImageRows.addManifest(handle, image.id(), m));
              for (ImageName name : entry.names()) {
                ImageRows.name(handle, name, image.id(), store.clock().instant())
                    .ifPresent(old ->
                        renamed.add(
                            "The image %s already exists, renaming the old one with ID %s to"
                                    .formatted(name.familiar(), old)
                                + " empty string\n"));
              }
            });
    renamed.forEach(progress::stream);
    entry.names().forEach(name -> progress.stream("Loaded image: " + name.familiar() + "\n"));
    if (entry.names().isEmpty()) {
      progress.stream("Loaded image ID: " + image.id() + "\n");
    }
    store.publish(added, "load");
    return added;
  }

  static ImageConfig config(byte[] bytes) {
    ImageConfig config;
    try {
      config = ImageConfig.parse(bytes);
    } catch (IllegalArgumentException e) {
      throw new BadParameter("invalid image configuration: " + e.getMessage(), e);
    }
    if (!config.platform().os().equals("linux")) {
      throw new BadParameter("cannot load %s image on linux".formatted(config.platform().os()));
    }
    return config;
  }
}
