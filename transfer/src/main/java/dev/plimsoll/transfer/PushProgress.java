package dev.plimsoll.transfer;

import dev.plimsoll.oci.Descriptor;
import dev.plimsoll.oci.RepositoryName;
import java.time.Duration;

/**
 * Hears how a push goes on. Each method stands for a line of {@code docker push}. Called by several
 * threads at once, for one layer in order; do not block.
 */
public interface PushProgress {
  /** Hears nothing. */
  PushProgress SILENT = new PushProgress() {};

  /** "Preparing". */
  default void preparing(Descriptor layer) {}

  /** "Waiting": as many layers as may be are being sent. */
  default void waiting(Descriptor layer) {}

  /** "Pushing", at most ten times a second for one layer; the total is the layer's size. */
  default void pushing(Descriptor layer, long bytesSoFar) {}

  /** "Retrying in n seconds". */
  default void retrying(Descriptor layer, Duration delay) {}

  /** "Pushed". */
  default void pushed(Descriptor layer) {}

  /** "Layer already exists". */
  default void alreadyExists(Descriptor layer) {}

  /** "Mounted from …". */
  default void mounted(Descriptor layer, RepositoryName from) {}
}
