package dev.plimsoll.engine.image;

import dev.plimsoll.engine.layer.Layer;
import dev.plimsoll.engine.layer.LayerSource;
import dev.plimsoll.engine.layer.LayerStack;
import dev.plimsoll.foundation.NoSpaceException;
import dev.plimsoll.oci.Digest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The layers of one image on their way from blobs to directories, each on a thread of its own as
 * soon as its blob is here. Closing it stops what still runs and waits for that.
 */
final class LayerAssembly implements AutoCloseable {
  private final Blobs blobs;
  private final LayerStack stack;
  private final List<Digest> diffIds;
  private final Progress progress;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<Integer, Future<NewImage.Part>> parts = new ConcurrentHashMap<>();

  LayerAssembly(ImageStore store, List<Digest> diffIds, Lease lease, Progress progress) {
    this.blobs = store.blobs();
    this.stack = new LayerStack(store.layers(), diffIds, lease.holder());
    this.diffIds = diffIds;
    this.progress = progress;
  }

  /** How a layer is told of. */
  enum Told {
    /** It came in just now: extracting, complete. */
    FRESH,
    /** It was said to exist already, so nothing more is said unless it has to be unpacked. */
    EXISTING
  }

  /**
   * Begins with the layer at a position, 0 being the lowest; its blob is here. To be called once for
   * each position, in any order.
   *
   * @param shownAs what it is called towards the user
   * @param done what is said in the end
   */
  void begin(int position, Digest blob, String shownAs, String done, Told told) {
    parts.put(position, threads.submit(() -> make(position, blob, shownAs, done, told)));
  }

  private NewImage.Part make(int position, Digest blob, String shownAs, String done, Told told)
      throws IOException, InterruptedException {
    Optional<Layer> here = stack.find(position);
    if (here.isEmpty()) {
      here = Optional.of(stack.unpack(position, source(blob, shownAs)));
      progress.layer(shownAs, done);
    } else if (told == Told.FRESH) {
      progress.layer(shownAs, done);
    }
    return new NewImage.Part(here.get(), Optional.of(blob));
  }

  private LayerSource source(Digest blob, String shownAs) {
    return () -> new Extraction(blobs.open(blob, 0), blobs.sizeBytes(blob), shownAs, progress);
  }

  boolean begun(int position) {
    return parts.containsKey(position);
  }

  /** Waits for all layers, lowest first. */
  List<NewImage.Part> finish() throws IOException, InterruptedException {
    List<NewImage.Part> done = new ArrayList<>();
    for (int position = 0; position < diffIds.size(); position++) {
      try {
        done.add(Objects.requireNonNull(parts.get(position)).get());
      } catch (ExecutionException e) {
        throw failure(position, e);
      }
    }
    return done;
  }

  private IOException failure(int position, ExecutionException failure) {
    Throwable cause = Objects.requireNonNullElse(failure.getCause(), failure);
    return cause instanceof NoSpaceException full
        ? full
        : new IOException(
            "failed to register layer: layer %d of %d".formatted(position + 1, diffIds.size()),
            cause);
  }

  @Override
  public void close() {
    threads.shutdownNow();
    threads.close();
  }
}
