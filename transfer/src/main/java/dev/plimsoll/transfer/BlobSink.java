package dev.plimsoll.transfer;

import dev.plimsoll.oci.Descriptor;
import java.io.IOException;

/** Where a pull puts the layers. Called by several threads at once, for different layers. */
public interface BlobSink {

  /**
   * What is going to come: called with the config read and before any layer is asked for; once more
   * if another host has to be asked. A layer can then be unpacked as soon as it is committed, while
   * others are still on their way.
   */
  default void announce(PulledImage image) throws IOException {}

  /** Whether the layer is there already: it is then not fetched. */
  boolean has(Descriptor layer) throws IOException;

  /**
   * A place for the bytes of a layer: an empty one, or one that holds the beginning of this very
   * layer from a pull that was broken off. The pull closes it.
   */
  BlobDraft begin(Descriptor layer) throws IOException;
}
