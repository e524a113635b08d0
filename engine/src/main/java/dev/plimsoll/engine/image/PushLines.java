package dev.plimsoll.engine.image;

import dev.plimsoll.oci.Descriptor;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.transfer.PushProgress;
import java.time.Duration;
import java.util.Map;

/** What a transfer tells, in the lines of {@code docker push}, where layers go by their diffID. */
record PushLines(Progress progress, Map<Digest, Digest> diffIds) implements PushProgress {
  private String id(Descriptor layer) {
    return diffIds.getOrDefault(layer.digest(), layer.digest()).hex().substring(0, 12);
  }

  @Override
  public void preparing(Descriptor layer) {
    progress.layer(id(layer), "Preparing");
  }

  @Override
  public void waiting(Descriptor layer) {
    progress.layer(id(layer), "Waiting");
  }

  @Override
  public void pushing(Descriptor layer, long bytesSoFar) {
    progress.layer(id(layer), "Pushing", bytesSoFar, layer.size());
  }

  @Override
  public void retrying(Descriptor layer, Duration delay) {
    long seconds = Math.max(1, delay.toSeconds());
    progress.layer(
        id(layer), "Retrying in %d second%s".formatted(seconds, seconds == 1 ? "" : "s"));
  }

  @Override
  public void pushed(Descriptor layer) {
    progress.layer(id(layer), "Pushed");
  }

  @Override
  public void alreadyExists(Descriptor layer) {
    progress.layer(id(layer), "Layer already exists");
  }

  @Override
  public void mounted(Descriptor layer, RepositoryName from) {
    progress.layer(id(layer), "Mounted from " + from);
  }
}
