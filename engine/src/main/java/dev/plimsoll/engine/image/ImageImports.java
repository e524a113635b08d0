package dev.plimsoll.engine.image;

import dev.plimsoll.content.Ingest;
import dev.plimsoll.engine.tar.Compression;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.ImageConfig;
import dev.plimsoll.oci.ImageName;
import dev.plimsoll.oci.Platform;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;

/** {@code docker import}: an image of one layer, made from an archive of a root file system. */
public final class ImageImports {
  private static final int BUFFER_BYTES = 64 << 10;

  private final ImageStore store;

  public ImageImports(ImageStore store) {
    this.store = store;
  }

  /**
   * What the new image is to be.
   *
   * @param name with its tag, if it is to have one
   * @param changes instructions as {@link ConfigChanges} takes them
   */
  public record Request(
      Optional<ImageName> name, String message, List<String> changes, Platform platform) {}

  /** Reads the archive to its end; packed or not. */
  public Image load(InputStream archive, Request request, Progress progress)
      throws IOException, InterruptedException {
    ImageConfig.Defaults defaults = ConfigChanges.apply(ConfigChanges.empty(), request.changes);
    try (Lease lease = store.lease("import")) {
      Digest blob = ingest(archive, lease);
      byte[] config = config(diffId(blob), defaults, request).toBytes();
      NewImage image;
      try (var assembly =
          new LayerAssembly(store, ImageLoads.config(config).diffIds(), lease, Progress.SILENT)) {
        assembly.begin(0, blob, PullSink.shownAs(blob), "", LayerAssembly.Told.EXISTING);
        image =
            new NewImage(
                config,
                assembly.finish(),
                "import",
                Optional.empty(),
                request.name.stream().toList(),
                List.of());
      }
      Image added =
          store.add(
              image,
              handle ->
                  request.name.ifPresent(
                      name -> ImageRows.name(handle, name, image.id(), store.clock().instant())));
      progress.status(image.id().toString());
      store.publish(added, "import");
      return added;
    } finally {
      store.collect();
    }
  }

  private Digest ingest(InputStream archive, Lease lease) throws IOException {
    Ingest ingest = store.blobs().begin(Long.MAX_VALUE);
    try (ingest) {
      ingest.append(archive);
      Digest digest = ingest.digest(Digest.Algorithm.SHA256);
      store.blobs().commit(ingest, digest, lease);
      return digest;
    } catch (IOException | RuntimeException e) {
      ingest.discard();
      throw e;
    }
  }

  private Digest diffId(Digest blob) throws IOException {
    MessageDigest hash = Digest.Algorithm.SHA256.newHash();
    byte[] buffer = new byte[BUFFER_BYTES];
    try (InputStream in = Compression.unpacked(store.blobs().open(blob, 0))) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        hash.update(buffer, 0, read);
      }
    }
    return Digest.finished(Digest.Algorithm.SHA256, hash.digest());
  }

  private ImageConfig config(Digest diffId, ImageConfig.Defaults defaults, Request request) {
    String now = store.clock().instant().toString();
    return new ImageConfig(
        now,
        null,
        request.platform.architecture(),
        request.platform.variant().orElse(null),
        request.platform.os(),
        null,
        null,
        request.message,
        defaults,
        new ImageConfig.RootFs("layers", List.of(diffId.toString())),
        List.of(new ImageConfig.History(now, null, null, request.message, null)));
  }
}
