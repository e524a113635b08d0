package dev.plimsoll.engine.layer;

import dev.plimsoll.engine.layer.UnpackTree.Missing;
import dev.plimsoll.oci.Digest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * The layers of one image while they are made, in any order and side by side. A layer that leans
 * waits for those below it, so every layer of the stack must get its {@link #unpack} or {@link
 * #fail}, each on a thread of its own.
 */
public final class LayerStack {
  private final Layers layers;
  private final List<Digest> diffIds;
  private final String holder;
  private final List<CompletableFuture<Layer>> made = new ArrayList<>();

  /**
   * @param diffIds lowest first
   * @param holder who keeps the layers until the image has its row
   */
  public LayerStack(Layers layers, List<Digest> diffIds, String holder) {
    this.layers = layers;
    this.diffIds = List.copyOf(diffIds);
    this.holder = holder;
    diffIds.forEach(_ -> made.add(new CompletableFuture<>()));
  }

  /** Finds the layer at a position, or makes it; 0 is the lowest. */
  public Layer unpack(int position, LayerSource source) throws IOException, InterruptedException {
    try {
      Layer layer = findOrUnpack(position, source);
      made.get(position).complete(layer);
      return layer;
    } catch (IOException | InterruptedException | RuntimeException e) {
      fail(position, e);
      throw e;
    }
  }

  /** Says that a layer will not come, to those that wait for it. */
  public void fail(int position, Exception cause) {
    made.get(position).completeExceptionally(cause);
  }

  /**
   * The layer at a position if it is here already and has not lost anything: whoever brings an image
   * anew has what a power cut tore made anew.
   */
  public Optional<Layer> find(int position) throws IOException, InterruptedException {
    Digest diffId = diffIds.get(position);
    Optional<Layer> alone =
        layers.take(diffId, holder).filter(layer -> position == 0 || !layer.leans());
    Optional<Layer> found =
        alone.isPresent() || position == 0 ? alone : layers.take(chainId(position), holder);
    if (found.isEmpty() || !layers.verify(found.get(), Layers.Depth.LENGTHS)) {
      return Optional.empty();
    }
    made.get(position).complete(found.get());
    return found;
  }

  private Layer findOrUnpack(int position, LayerSource source)
      throws IOException, InterruptedException {
    Optional<Layer> here = find(position);
    if (here.isPresent()) {
      return here.get();
    }
    Digest diffId = diffIds.get(position);
    if (position == 0) {
      return layers.unpack(diffId, diffId, source, List.of(), Missing.TAKE_FROM_LOWER, holder);
    }
    if (layers.find(diffId).isEmpty()) {
      try {
        return layers.unpack(diffId, diffId, source, List.of(), Missing.GIVE_UP, holder);
      } catch (LeansOnLowerException e) {
        // It is unpacked below, when what it leans on is there.
      }
    }
    return layers.unpack(
        chainId(position), diffId, source, below(position), Missing.TAKE_FROM_LOWER, holder);
  }

  private List<Path> below(int position) throws IOException, InterruptedException {
    List<Path> topFirst = new ArrayList<>();
    for (int i = position - 1; i >= 0; i--) {
      try {
        topFirst.add(layers.path(made.get(i).get()));
      } catch (ExecutionException e) {
        throw new IOException(
            "layer %d of %d is missing, and %s depends on it"
                .formatted(i + 1, diffIds.size(), diffIds.get(position)),
            e.getCause());
      }
    }
    return topFirst;
  }

  private Digest chainId(int position) {
    Digest chain = diffIds.getFirst();
    for (int i = 1; i <= position; i++) {
      chain = Layer.chainId(chain, diffIds.get(i));
    }
    return chain;
  }
}
