package dev.plimsoll.transfer;

import dev.plimsoll.oci.Descriptor;
import java.time.Duration;

/**
 * Hears how a pull goes on. Each method stands for a line of {@code docker pull}, named after it;
 * "Extracting", "Pull complete", "Digest" and "Status" come after the transfer, and from its
 * caller. Called by several threads at once, for one layer in order; do not block.
 */
public interface PullProgress {
  /** Hears nothing. */
  PullProgress SILENT = new PullProgress() {};

  /** "Already exists": the sink had it. */
  default void alreadyExists(Descriptor layer) {}

  /** "Pulling fs layer": it will be fetched. */
  default void pullingLayer(Descriptor layer) {}

  /** "Waiting": as many layers as may be are being fetched. */
  default void waiting(Descriptor layer) {}

  /** "Downloading", at most ten times a second for one layer; the total is the layer's size. */
  default void downloading(Descriptor layer, long bytesSoFar) {}

  /** "Retrying in n seconds". */
  default void retrying(Descriptor layer, Duration delay) {}

  /** "Verifying Checksum". */
  default void verifying(Descriptor layer) {}

  /** "Download complete": the sink has it. */
  default void downloaded(Descriptor layer) {}
}
