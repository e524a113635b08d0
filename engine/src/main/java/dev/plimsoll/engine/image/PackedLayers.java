package dev.plimsoll.engine.image;

import dev.plimsoll.content.Ingest;
import dev.plimsoll.engine.tar.Compression;
import dev.plimsoll.oci.Descriptor;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.MediaTypes;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.GZIPOutputStream;

/**
 * Layers as they are sent to a registry: as they came if they came packed, else packed by gzip once
 * and remembered, so that a second push finds them there already.
 */
final class PackedLayers {
  private static final int BUFFER_BYTES = 64 << 10;
  private static final int MAGIC_BYTES = 6;
  // A third faster than 6 and a few per cent larger: a push waits for this.
  private static final int LEVEL = 4;

  private final ImageStore store;

  PackedLayers(ImageStore store) {
    this.store = store;
  }

  /** The blobs to send, lowest first, kept by {@code lease}. */
  List<Descriptor> of(ImageId id, Lease lease) throws IOException, InterruptedException {
    List<Future<Descriptor>> coming = new ArrayList<>();
    List<Descriptor> packed = new ArrayList<>();
    ExecutorService threads =
        Executors.newFixedThreadPool(
            Runtime.getRuntime().availableProcessors(),
            Thread.ofPlatform().daemon().name("layer-pack-", 1).factory());
    try (threads) {
      for (ImageRows.Part part : store.parts(id)) {
        coming.add(threads.submit(() -> packed(part, lease)));
      }
      for (Future<Descriptor> each : coming) {
        packed.add(each.get());
      }
    } catch (ExecutionException e) {
      threads.shutdownNow();
      throw new IOException("packing the layers of " + id, e.getCause());
    }
    return packed;
  }

  private Descriptor packed(ImageRows.Part part, Lease lease) throws IOException {
    Digest original =
        part.blob()
            .orElseThrow(
                () -> new IOException("layer %s has no archive here".formatted(part.diffId())));
    if (!store.blobs().take(original, lease)) {
      throw new IOException(
          "the archive of layer %s is gone; pull or load the image again".formatted(original));
    }
    Compression compression = compression(original);
    return switch (compression) {
      case GZIP -> descriptor(MediaTypes.DOCKER_LAYER_GZIP, original);
      case ZSTD -> descriptor(MediaTypes.OCI_LAYER_ZSTD, original);
      case NONE, BZIP2, XZ ->
          descriptor(MediaTypes.DOCKER_LAYER_GZIP, gzipped(part.diffId(), original, lease));
    };
  }

  Compression compression(Digest blob) throws IOException {
    try (InputStream in = store.blobs().open(blob, 0)) {
      return Compression.of(in.readNBytes(MAGIC_BYTES));
    }
  }

  private Descriptor descriptor(String mediaType, Digest blob) throws IOException {
    return new Descriptor(mediaType, blob, store.blobs().sizeBytes(blob));
  }

  private Digest gzipped(Digest diffId, Digest original, Lease lease) throws IOException {
    Optional<Digest> remembered =
        store
            .database()
            .read(handle ->
                handle
                    .createQuery("SELECT blob FROM packed_layer WHERE diff_id = ?")
                    .bind(0, diffId.toString())
                    .map((r, _) -> Digest.parse(r.getString(1)))
                    .findOne());
    if (remembered.isPresent() && store.blobs().take(remembered.get(), lease)) {
      return remembered.get();
    }
    Ingest ingest = store.blobs().begin(Long.MAX_VALUE);
    try (InputStream in = store.blobs().open(original, 0)) {
      try (var gzip = new Gzip(new IngestOutput(ingest))) {
        in.transferTo(gzip);
      }
      Digest blob = ingest.digest(Digest.Algorithm.SHA256);
      store.blobs().commit(ingest, blob, lease);
      store
          .database()
          .write(handle ->
              handle.execute(
                  "INSERT OR REPLACE INTO packed_layer (diff_id, blob) VALUES (?, ?)",
                  diffId.toString(),
                  blob.toString()));
      return blob;
    } catch (IOException | RuntimeException e) {
      ingest.discard();
      throw e;
    }
  }

  /** Without a time in its header, so that the same layer gives the same bytes. */
  private static final class Gzip extends GZIPOutputStream {
    Gzip(OutputStream out) throws IOException {
      super(out, BUFFER_BYTES);
      def.setLevel(LEVEL);
    }

    @Override
    public void close() throws IOException {
      try {
        super.close();
      } finally {
        def.end();
      }
    }
  }

  private static final class IngestOutput extends OutputStream {
    private final Ingest ingest;

    IngestOutput(Ingest ingest) {
      this.ingest = ingest;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      ingest.append(ByteBuffer.wrap(bytes, offset, length));
    }
  }
}
