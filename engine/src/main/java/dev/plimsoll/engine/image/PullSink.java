package dev.plimsoll.engine.image;

import dev.plimsoll.content.Ingest;
import dev.plimsoll.engine.image.LayerAssembly.Told;
import dev.plimsoll.engine.refusal.EngineException.BadParameter;
import dev.plimsoll.engine.refusal.EngineException.NotFound;
import dev.plimsoll.oci.Descriptor;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.ImageConfig;
import dev.plimsoll.oci.ImageName;
import dev.plimsoll.oci.Platform;
import dev.plimsoll.transfer.BlobDraft;
import dev.plimsoll.transfer.BlobSink;
import dev.plimsoll.transfer.PulledImage;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Where one pull puts its layers: into the content store, and from there each is unpacked as soon
 * as it is here. Two pulls that want one layer fetch it once.
 */
final class PullSink implements BlobSink, AutoCloseable {
  private final ImageStore store;
  private final ConcurrentHashMap<Digest, Semaphore> fetching; // of all pulls
  private final Lease lease;
  private final Progress progress;
  private final ImageName name;
  private final Optional<Platform> wanted;
  private final Set<Digest> hadBefore = ConcurrentHashMap.newKeySet();
  private volatile @Nullable PulledImage announced;
  private volatile boolean imageIsHere;
  private volatile @Nullable LayerAssembly assembly;

  PullSink(
      ImageStore store,
      ConcurrentHashMap<Digest, Semaphore> fetching,
      Lease lease,
      Progress progress,
      ImageName name,
      Optional<Platform> wanted) {
    this.store = store;
    this.fetching = fetching;
    this.lease = lease;
    this.progress = progress;
    this.name = name;
    this.wanted = wanted;
  }

  @Override
  public synchronized void announce(PulledImage image) throws IOException {
    if (announced != null && announced.image().digest().equals(image.image().digest())) {
      return; // another host was asked for the same image
    }
    ImageConfig config = ImageLoads.config(image.config());
    requirePlatform(config.platform());
    if (config.diffIds().size() != image.layers().size()) {
      throw new BadParameter(
          "the image's config has %d layers, its manifest %d"
              .formatted(config.diffIds().size(), image.layers().size()));
    }
    close();
    progress.status(name.reference().toString(), "Pulling from " + name.repository());
    announced = image;
    imageIsHere = store.has(new ImageId(Digest.sha256(image.config())));
    assembly = new LayerAssembly(store, config.diffIds(), lease, progress);
  }

  /** An index was chosen from already; a lone image may be for another machine. */
  private void requirePlatform(Platform found) {
    if (wanted.isPresent() && !found.matches(wanted.get())) {
      throw new NotFound(
          "image with reference %s was found but its platform (%s) does not match the specified platform (%s)"
              .formatted(name.familiar(), found, wanted.get()));
    }
  }

  @Override
  public boolean has(Descriptor layer) throws IOException {
    if (!store.blobs().take(layer.digest(), lease)) {
      return false;
    }
    hadBefore.add(layer.digest());
    begin(layer.digest(), Told.EXISTING);
    return true;
  }

  @Override
  public BlobDraft begin(Descriptor layer) throws IOException {
    Semaphore turn = fetching.computeIfAbsent(layer.digest(), _ -> new Semaphore(1));
    try {
      turn.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (IOException) new InterruptedIOException("waiting for a layer").initCause(e);
    }
    try {
      return store.blobs().take(layer.digest(), lease)
          ? new Here(layer, turn)
          : new Coming(layer, store.blobs().resume(layer.digest(), layer.size()), turn);
    } catch (IOException | RuntimeException e) {
      turn.release();
      throw e;
    }
  }

  private void begin(Digest blob, Told told) {
    LayerAssembly current = assembly;
    PulledImage image = announced;
    if (current == null || image == null) {
      throw new IllegalStateException("layers come after they were announced");
    }
    for (int i = 0; i < image.layers().size(); i++) {
      if (image.layers().get(i).digest().equals(blob) && !current.begun(i)) {
        current.begin(i, blob, shownAs(blob), "Pull complete", told);
      }
    }
  }

  /** Whether what is pulled was here before, maybe under another name. */
  boolean imageIsHere() {
    return imageIsHere;
  }

  static String shownAs(Digest blob) {
    return blob.hex().substring(0, 12);
  }

  /** Waits until every layer is unpacked. */
  List<NewImage.Part> finish() throws IOException, InterruptedException {
    LayerAssembly current = assembly;
    if (current == null) {
      throw new IllegalStateException("nothing was announced");
    }
    return current.finish();
  }

  /** The blobs that this pull did not fetch; one of them may be damaged. */
  List<Digest> hadBefore() {
    return new ArrayList<>(hadBefore);
  }

  @Override
  public void close() {
    LayerAssembly current = assembly;
    if (current != null) {
      current.close();
    }
  }

  /** A layer that another pull has brought while this one waited. */
  private final class Here implements BlobDraft {
    private final Descriptor layer;
    private final Semaphore turn;

    Here(Descriptor layer, Semaphore turn) {
      this.layer = layer;
      this.turn = turn;
    }

    @Override
    public long sizeBytes() {
      return layer.size();
    }

    @Override
    public void append(ByteBuffer bytes) {
      throw new IllegalStateException("it is whole");
    }

    @Override
    public Digest digest(Digest.Algorithm algorithm) {
      return layer.digest();
    }

    @Override
    public void restart() {
      throw new IllegalStateException("it is whole");
    }

    @Override
    public void commit(Digest digest) {
      begin(digest, Told.FRESH);
    }

    @Override
    public void close() {
      turn.release();
    }
  }

  /** A layer on its way, perhaps begun by a pull that was broken off. */
  private final class Coming implements BlobDraft {
    private final Descriptor layer;
    private final Semaphore turn;
    private Ingest ingest;
    private boolean committed;

    Coming(Descriptor layer, Ingest ingest, Semaphore turn) {
      this.layer = layer;
      this.ingest = ingest;
      this.turn = turn;
    }

    @Override
    public long sizeBytes() {
      return ingest.sizeBytes();
    }

    @Override
    public void append(ByteBuffer bytes) throws IOException {
      ingest.append(bytes);
    }

    @Override
    public Digest digest(Digest.Algorithm algorithm) throws IOException {
      return ingest.digest(algorithm);
    }

    @Override
    public void restart() throws IOException {
      ingest.discard();
      store.blobs().forgetPartial(layer.digest());
      ingest = store.blobs().begin(layer.size());
    }

    @Override
    public void commit(Digest digest) throws IOException {
      store.blobs().commit(ingest, digest, lease);
      committed = true;
      store.blobs().forgetPartial(digest);
      begin(digest, Told.FRESH);
    }

    @Override
    public void close() throws IOException {
      try {
        if (!committed && ingest.sizeBytes() > 0) {
          store.blobs().keepPartial(layer.digest(), ingest);
          ingest.close();
        } else if (!committed) {
          ingest.discard();
        }
      } finally {
        turn.release();
      }
    }
  }
}
