package dev.plimsoll.engine.image;

import dev.plimsoll.engine.refusal.EngineException.BadParameter;
import dev.plimsoll.engine.refusal.EngineException.NotFound;
import dev.plimsoll.oci.Descriptor;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.ImageName;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.oci.Tag;
import dev.plimsoll.transfer.BlobSource;
import dev.plimsoll.transfer.Credentials;
import dev.plimsoll.transfer.ManifestContent;
import dev.plimsoll.transfer.Registries;
import dev.plimsoll.transfer.TransferException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code docker push}. Safe for many threads. */
public final class ImagePushes {
  private final ImageStore store;
  private final Registries registries;
  private final ImageManifests manifests;

  public ImagePushes(ImageStore store, Registries registries) {
    this.store = store;
    this.registries = registries;
    this.manifests = new ImageManifests(store);
  }

  /** What a push ends with, for programs. */
  public record Result(String tag, Digest digest, long sizeBytes) {}

  /**
   * Sends an image, or without a tag all images of the repository. An image that was pulled goes out
   * as the bytes it came as.
   *
   * @throws dev.plimsoll.engine.refusal.EngineException if there is no such image, or the registry
   *     refuses
   */
  public void push(
      ImageName repository, Optional<Tag> tag, Credentials credentials, Progress progress)
      throws IOException, InterruptedException {
    if (repository.digest().isPresent()) {
      throw new BadParameter("cannot push a digest reference");
    }
    progress.status(
        "The push refers to repository [%s/%s]"
            .formatted(repository.registry(), repository.repository()));
    Map<ImageName, Image> images = images(repository.withoutReference(), tag);
    for (Map.Entry<ImageName, Image> each : images.entrySet()) {
      try {
        push(each.getKey(), each.getValue(), credentials, progress);
      } catch (TransferException e) {
        throw Refusals.of(e);
      }
    }
  }

  private Map<ImageName, Image> images(ImageName repository, Optional<Tag> tag) throws IOException {
    Map<ImageName, Image> found = new LinkedHashMap<>();
    for (Image image : store.all()) {
      for (ImageName name : image.names()) {
        if (name.withoutReference().equals(repository)) {
          found.put(name, image);
        }
      }
    }
    if (found.isEmpty()) {
      throw new NotFound("An image does not exist locally with the tag: " + repository.familiar());
    }
    if (tag.isPresent()) {
      found.keySet().removeIf(name -> !name.tag().equals(tag));
      if (found.isEmpty()) {
        throw new NotFound("tag does not exist: " + repository.withTag(tag.get()).familiar());
      }
    }
    return found;
  }

  private void push(ImageName name, Image image, Credentials credentials, Progress progress)
      throws IOException, InterruptedException {
    try (Lease lease = store.lease("push")) {
      ManifestBytes manifest = manifests.of(image, lease);
      List<Descriptor> layers = ImageManifests.layers(manifest);
      registries.push(
          name,
          ManifestContent.of(manifest.content(), manifest.mediaType()),
          new Source(name, image),
          credentials,
          new PushLines(progress, diffIds(image, layers)));
      store
          .database()
          .write(handle -> {
            ImageRows.addManifest(handle, image.id(), manifest);
            ImageRows.addDigest(handle, name, manifest.digest(), image.id());
            layers.forEach(layer -> BlobRepositories.add(handle, layer.digest(), name));
            return name;
          });
      String tag = name.tag().orElse(Tag.LATEST).value();
      long sizeBytes = manifest.content().length;
      progress.status("%s: digest: %s size: %d".formatted(tag, manifest.digest(), sizeBytes));
      progress.aux(new Result(tag, manifest.digest(), sizeBytes));
      store.publish(image, "push", name.familiar(), name.familiarRepository());
    }
  }

  private static Map<Digest, Digest> diffIds(Image image, List<Descriptor> layers) {
    Map<Digest, Digest> diffIds = new HashMap<>();
    List<Digest> all = image.config().diffIds();
    for (int i = 0; i < layers.size() && i < all.size(); i++) {
      diffIds.put(layers.get(i).digest(), all.get(i));
    }
    return diffIds;
  }

  /** Gives a push the config and the layers. */
  private final class Source implements BlobSource {
    private final ImageName name;
    private final Image image;

    Source(ImageName name, Image image) {
      this.name = name;
      this.image = image;
    }

    @Override
    public InputStream open(Descriptor content, long offset) throws IOException {
      if (content.digest().equals(image.id().digest())) {
        byte[] config = store.config(image.id());
        return new ByteArrayInputStream(config, (int) offset, config.length - (int) offset);
      }
      return store.blobs().open(content.digest(), offset);
    }

    @Override
    public List<RepositoryName> alsoIn(Descriptor layer) {
      try {
        return store
            .database()
            .read(handle -> BlobRepositories.of(handle, layer.digest(), name.registry()))
            .stream()
            .filter(repository -> !repository.equals(name.repository()))
            .toList();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
