package dev.plimsoll.engine.image;

import dev.plimsoll.engine.layer.LayerFormatException;
import dev.plimsoll.engine.tar.TarFormatException;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.ImageName;
import dev.plimsoll.oci.Platform;
import dev.plimsoll.oci.Tag;
import dev.plimsoll.transfer.Credentials;
import dev.plimsoll.transfer.ManifestContent;
import dev.plimsoll.transfer.PulledImage;
import dev.plimsoll.transfer.Registries;
import dev.plimsoll.transfer.TransferException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** {@code docker pull}. Safe for many threads; pulls of one name wait for each other and share. */
public final class ImagePulls {
  private final ImageStore store;
  private final Registries registries;
  private final ConcurrentHashMap<Digest, Semaphore> fetching = new ConcurrentHashMap<>();

  public ImagePulls(ImageStore store, Registries registries) {
    this.store = store;
    this.registries = registries;
  }

  /**
   * Brings an image, or finds that it is here. What a pull that breaks off has brought stays for the
   * next one, for 24 hours.
   *
   * @param platform this machine's if empty
   * @throws dev.plimsoll.engine.refusal.EngineException if the registry refuses
   */
  public Image pull(
      ImageName name, Optional<Platform> platform, Credentials credentials, Progress progress)
      throws IOException, InterruptedException {
    ImageName wanted = name.withDefaultTag();
    Attempt attempt = new Attempt(wanted, platform, credentials, progress);
    try {
      return attempt.run();
    } catch (TransferException e) {
      throw Refusals.of(e);
    } finally {
      fetching.values().removeIf(turn -> turn.availablePermits() > 0 && !turn.hasQueuedThreads());
      store.collect();
    }
  }

  /** All tags of a repository, one after the other. */
  public void pullAll(
      ImageName repository, Optional<Platform> platform, Credentials credentials, Progress progress)
      throws IOException, InterruptedException {
    List<Tag> tags;
    try {
      tags = registries.tags(repository, credentials);
    } catch (TransferException e) {
      throw Refusals.of(e);
    }
    for (Tag tag : tags) {
      pull(repository.withTag(tag), platform, credentials, progress);
    }
  }

  private final class Attempt {
    private final ImageName name;
    private final Optional<Platform> platform;
    private final Credentials credentials;
    private final Progress progress;

    Attempt(
        ImageName name, Optional<Platform> platform, Credentials credentials, Progress progress) {
      this.name = name;
      this.platform = platform;
      this.credentials = credentials;
      this.progress = progress;
    }

    Image run() throws IOException, InterruptedException {
      try (Lease lease = store.lease("pull")) {
        lease.keepForRetry();
        Image image = pull(lease);
        lease.done();
        return image;
      }
    }

    private Image pull(Lease lease) throws IOException, InterruptedException {
      try (var sink = sink(lease)) {
        PulledImage pulled = fetch(sink);
        try {
          return add(pulled, sink.finish());
        } catch (IOException e) {
          if (!dropDamaged(sink, e)) {
            throw e;
          }
        }
      }
      // A blob that was here already was no good. It is gone now, and comes anew.
      try (var sink = sink(lease)) {
        return add(fetch(sink), sink.finish());
      }
    }

    private PullSink sink(Lease lease) {
      return new PullSink(store, fetching, lease, progress, name, platform);
    }

    private PulledImage fetch(PullSink sink) throws IOException, InterruptedException {
      return registries.pull(
          name,
          platform.orElse(Platform.host()),
          credentials,
          sink,
          new PullLines(progress, sink::imageIsHere));
    }

    private boolean dropDamaged(PullSink sink, IOException failure) throws IOException {
      if (sink.hadBefore().isEmpty() || !isDamage(failure)) {
        return false;
      }
      for (Digest blob : sink.hadBefore()) {
        store.blobs().discard(blob);
      }
      return true;
    }

    private Image add(PulledImage pulled, List<NewImage.Part> parts) throws IOException {
      var image =
          new NewImage(
              pulled.config(),
              parts,
              name.familiar(),
              Optional.empty(),
              name.digest().isEmpty() ? List.of(name) : List.of(),
              List.of(bytes(pulled.image())));
      Digest digest = pulled.target().digest();
      Optional<ImageId> before =
          store
              .database()
              .read(handle -> ImageLookup.byName(handle, name))
              .filter(id -> id.equals(image.id()));
      Image added =
          store.add(
              image,
              handle -> {
                var now = store.clock().instant();
                if (name.digest().isEmpty()) {
                  ImageRows.name(handle, name, image.id(), now);
                }
                ImageRows.addDigest(handle, name, digest, image.id());
                ImageRows.addManifest(handle, image.id(), bytes(pulled.image()));
                ImageRows.pulled(handle, image.id(), now);
                for (NewImage.Part part : parts) {
                  part.blob().ifPresent(blob -> BlobRepositories.add(handle, blob, name));
                }
              });
      progress.status("Digest: " + digest);
      progress.status(
          (before.isPresent()
                  ? "Status: Image is up to date for "
                  : "Status: Downloaded newer image for ")
              + name.familiar());
      store.publish(added, "pull", name.familiar(), name.familiarRepository());
      return added;
    }

    private static ManifestBytes bytes(ManifestContent manifest) {
      return new ManifestBytes(
          manifest.digest(), manifest.descriptor().mediaType(), manifest.bytes());
    }
  }

  private static boolean isDamage(@Nullable Throwable failure) {
    for (Throwable at = failure; at != null; at = at.getCause()) {
      if (at instanceof LayerFormatException
          || at instanceof TarFormatException
          || at instanceof com.github.luben.zstd.ZstdIOException) {
        return true;
      }
    }
    return false;
  }
}
