package dev.plimsoll.engine.image;

import dev.plimsoll.oci.Descriptor;
import dev.plimsoll.transfer.PullProgress;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * What a transfer tells, in the lines of {@code docker pull}.
 *
 * @param imageIsHere whether the image of these layers is here: then they are not worth a line
 */
record PullLines(Progress progress, BooleanSupplier imageIsHere) implements PullProgress {
  private static String id(Descriptor layer) {
    return PullSink.shownAs(layer.digest());
  }

  @Override
  public void alreadyExists(Descriptor layer) {
    if (!imageIsHere.getAsBoolean()) {
      progress.layer(id(layer), "Already exists");
    }
  }

  @Override
  public void pullingLayer(Descriptor layer) {
    progress.layer(id(layer), "Pulling fs layer");
  }

  @Override
  public void waiting(Descriptor layer) {
    progress.layer(id(layer), "Waiting");
  }

  @Override
  public void downloading(Descriptor layer, long bytesSoFar) {
    progress.layer(id(layer), "Downloading", bytesSoFar, layer.size());
  }

  @Override
  public void retrying(Descriptor layer, Duration delay) {
    long seconds = Math.max(1, delay.toSeconds());
    progress.layer(
        id(layer), "Retrying in %d second%s".formatted(seconds, seconds == 1 ? "" : "s"));
  }

  @Override
  public void verifying(Descriptor layer) {
    progress.layer(id(layer), "Verifying Checksum");
  }

  @Override
  public void downloaded(Descriptor layer) {
    progress.layer(id(layer), "Download complete");
  }
}
