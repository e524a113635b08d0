package dev.plimsoll.transfer;

import dev.plimsoll.http.client.RequestBody;
import dev.plimsoll.oci.Descriptor;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.ImageManifest;
import dev.plimsoll.oci.ImageName;
import dev.plimsoll.oci.Index;
import dev.plimsoll.oci.MediaTypes;
import dev.plimsoll.oci.Reference;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;

/**
 * One push. What is named goes before what names it: layers, config, manifest, index. A push that is
 * broken off leaves blobs without a manifest, which the registry collects.
 */
final class Push {
  private static final int INDEX_DEPTH_MAX = 3;

  private final RegistrySettings settings;
  private final Semaphore uploads;
  private final RegistrySession session;
  private final ImageName name;
  private final BlobSource source;
  private final PushProgress progress;

  Push(
      RegistrySettings settings,
      Semaphore uploads,
      RegistrySession session,
      ImageName name,
      BlobSource source,
      PushProgress progress) {
    this.settings = settings;
    this.uploads = uploads;
    this.session = session;
    this.name = name;
    this.source = source;
    this.progress = progress;
  }

  void run(ManifestContent manifest) throws IOException, InterruptedException {
    if (name.digest().isPresent() && !name.digest().get().equals(manifest.digest())) {
      throw new IllegalArgumentException(
          "%s is to be pushed as %s".formatted(manifest.digest(), name.digest().get()));
    }
    send(manifest, name.reference(), 0);
  }

  private void send(ManifestContent manifest, Reference reference, int depth)
      throws IOException, InterruptedException {
    switch (manifest.manifest()) {
      case ImageManifest image -> sendContent(image);
      case Index index -> {
        if (depth == INDEX_DEPTH_MAX) {
          throw new TransferException.UnsupportedManifest("indexes are nested too deep");
        }
        for (Descriptor entry : index.manifests()) {
          send(child(entry), entry.digest(), depth + 1);
        }
      }
    }
    put(manifest, reference);
  }

  private void sendContent(ImageManifest image) throws IOException, InterruptedException {
    Collection<Descriptor> layers = distinct(image);
    layers.forEach(progress::preparing);
    Parallel.forEach(
        layers,
        layer -> {
          if (!uploads.tryAcquire()) {
            progress.waiting(layer);
            uploads.acquire();
          }
          try {
            upload(layer, progress);
          } finally {
            uploads.release();
          }
        });
    upload(image.config(), PushProgress.SILENT);
  }

  private void upload(Descriptor blob, PushProgress heard)
      throws IOException, InterruptedException {
    new BlobUpload(session, settings, name.repository(), blob, source, heard).run();
  }

  /** Each layer once; those that registries do not keep are left out. */
  private static Collection<Descriptor> distinct(ImageManifest image) {
    Map<Digest, Descriptor> layers = new LinkedHashMap<>();
    for (Descriptor layer : image.layers()) {
      if (!MediaTypes.isNonDistributable(layer.mediaType())) {
        layers.putIfAbsent(layer.digest(), layer);
      }
    }
    return layers.values();
  }

  private ManifestContent child(Descriptor entry) {
    try (InputStream in = source.open(entry, 0)) {
      byte[] bytes = in.readNBytes(Manifests.MANIFEST_BYTES_MAX);
      Digest found = Digest.of(entry.digest().algorithm(), bytes);
      if (!found.equals(entry.digest())) {
        throw TransferException.DigestMismatch.of("manifest", entry.digest(), found);
      }
      return ManifestContent.of(bytes, entry.mediaType(), entry.digest().algorithm());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void put(ManifestContent manifest, Reference reference)
      throws IOException, InterruptedException {
    URI uri = session.resolve("/v2/" + name.repository() + "/manifests/" + reference);
    Set<String> scopes = Set.of(Authorizer.scope(name.repository(), "pull,push"));
    Attempts attempts = new Attempts(settings, _ -> {});
    while (true) {
      try (RegistryReply reply =
          session.send(
              "PUT",
              uri,
              scopes,
              request ->
                  request
                      .header("Content-Type", manifest.descriptor().mediaType())
                      .body(RequestBody.of(manifest.bytes())))) {
        if (reply.status() / 100 == 2) {
          return;
        }
        TransferException refusal = Refusals.push(reply);
        if (!Refusals.passing(reply.status())) {
          throw refusal;
        }
        throw new IOException(refusal.getMessage(), refusal);
      } catch (IOException e) {
        attempts.failed(e); // a manifest may be put as often as one likes
      }
    }
  }
}
