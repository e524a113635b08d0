package dev.plimsoll.transfer;

import dev.plimsoll.oci.Descriptor;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.ImageManifest;
import dev.plimsoll.oci.ImageName;
import dev.plimsoll.oci.Index;
import dev.plimsoll.oci.MediaTypes;
import dev.plimsoll.oci.Platform;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/**
 * One pull. It may be served by several hosts, one after the other: what a mirror began, the
 * registry itself goes on with.
 */
final class Pull {
  private static final int CONFIG_BYTES_MAX = 8 * 1024 * 1024;
  private static final int INDEX_DEPTH_MAX = 3;

  /** What an image's config may call itself; the last two are of before the types were fixed. */
  private static final Set<String> CONFIG_TYPES =
      Set.of(
          MediaTypes.OCI_CONFIG,
          MediaTypes.DOCKER_CONFIG,
          "application/octet-stream",
          "application/json",
          "");

  private final RegistrySettings settings;
  private final Semaphore downloads;
  private final ImageName name;
  private final Platform platform;
  private final BlobSink sink;
  private final PullProgress progress;
  private final Set<Digest> brought = ConcurrentHashMap.newKeySet();

  Pull(
      RegistrySettings settings,
      Semaphore downloads,
      ImageName name,
      Platform platform,
      BlobSink sink,
      PullProgress progress) {
    this.settings = settings;
    this.downloads = downloads;
    this.name = name;
    this.platform = platform;
    this.sink = sink;
    this.progress = progress;
  }

  PulledImage from(RegistrySession session) throws IOException, InterruptedException {
    Manifests manifests = new Manifests(session, name);
    ManifestContent target = manifests.get(name.reference());
    ManifestContent image = image(manifests, target);
    ImageManifest manifest = (ImageManifest) image.manifest();
    requireImage(manifest);
    byte[] config = manifests.blob(manifest.config(), CONFIG_BYTES_MAX);
    PulledImage pulled = new PulledImage(target, image, config);
    announce(pulled);
    fetch(session, missing(manifest.layers()));
    return pulled;
  }

  private void announce(PulledImage pulled) {
    try {
      sink.announce(pulled);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ManifestContent image(Manifests manifests, ManifestContent target)
      throws IOException, InterruptedException {
    ManifestContent chosen = target;
    for (int depth = 0; chosen.manifest() instanceof Index index; depth++) {
      if (depth == INDEX_DEPTH_MAX) {
        throw new TransferException.UnsupportedManifest(
            name.familiar() + ": indexes are nested too deep");
      }
      chosen = manifests.get(PlatformChoice.choose(index, platform).digest());
    }
    return chosen;
  }

  /** A chart or a signature has the form of an image, but there is nothing in it to run. */
  private static void requireImage(ImageManifest manifest) {
    String type = manifest.config().mediaType();
    if (!CONFIG_TYPES.contains(type)) {
      throw new TransferException.UnsupportedManifest(
          "Encountered remote \"%s\"(unknown) when fetching".formatted(type));
    }
  }

  /** The layers that have to be fetched, each once, lowest first. */
  private List<Descriptor> missing(List<Descriptor> layers) {
    Map<Digest, Descriptor> missing = new LinkedHashMap<>();
    Set<Digest> seen = new HashSet<>();
    for (Descriptor layer : layers) {
      if (!seen.add(layer.digest()) || brought.contains(layer.digest())) {
        continue;
      }
      if (has(layer)) {
        progress.alreadyExists(layer);
      } else {
        progress.pullingLayer(layer);
        missing.put(layer.digest(), layer);
      }
    }
    return List.copyOf(missing.values());
  }

  private boolean has(Descriptor layer) {
    try {
      return sink.has(layer);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void fetch(RegistrySession session, List<Descriptor> layers)
      throws IOException, InterruptedException {
    Parallel.forEach(
        layers,
        layer -> {
          if (!downloads.tryAcquire()) {
            progress.waiting(layer);
            downloads.acquire();
          }
          try {
            new LayerDownload(session, settings, name, layer, sink, progress).run();
            brought.add(layer.digest());
          } finally {
            downloads.release();
          }
        });
  }
}
