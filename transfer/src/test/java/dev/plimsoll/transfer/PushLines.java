package dev.plimsoll.transfer;

import dev.plimsoll.oci.Descriptor;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.RepositoryName;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Writes down the lines of {@code docker push}. */
final class PushLines implements PushProgress {
  private final List<String> lines = new CopyOnWriteArrayList<>();

  List<String> of(byte[] layer) {
    String digest = Digest.sha256(layer).hex();
    return lines.stream()
        .filter(line -> line.startsWith(digest))
        .map(line -> line.substring(digest.length() + 1))
        .toList();
  }

  private void line(Descriptor layer, String text) {
    lines.add(layer.digest().hex() + " " + text);
  }

  @Override
  public void preparing(Descriptor layer) {
    line(layer, "Preparing");
  }

  @Override
  public void waiting(Descriptor layer) {
    line(layer, "Waiting");
  }

  @Override
  public void pushing(Descriptor layer, long bytesSoFar) {
    if (bytesSoFar == layer.size()) {
      line(layer, "Pushing all");
    }
  }

  @Override
  public void retrying(Descriptor layer, Duration delay) {
    line(layer, "Retrying");
  }

  @Override
  public void pushed(Descriptor layer) {
    line(layer, "Pushed");
  }

  @Override
  public void alreadyExists(Descriptor layer) {
    line(layer, "Layer already exists");
  }

  @Override
  public void mounted(Descriptor layer, RepositoryName from) {
    line(layer, "Mounted from " + from);
  }
}
