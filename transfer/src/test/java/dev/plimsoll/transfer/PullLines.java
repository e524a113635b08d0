package dev.plimsoll.transfer;

import dev.plimsoll.oci.Descriptor;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Writes down the lines of {@code docker pull}. */
final class PullLines implements PullProgress {
  private final List<String> lines = new CopyOnWriteArrayList<>();

  /** The lines of one layer, in order. */
  List<String> of(byte[] layer) {
    String digest = dev.plimsoll.oci.Digest.sha256(layer).hex();
    return lines.stream()
        .filter(line -> line.startsWith(digest))
        .map(line -> line.substring(digest.length() + 1))
        .toList();
  }

  List<String> all() {
    return lines;
  }

  private void line(Descriptor layer, String text) {
    lines.add(layer.digest().hex() + " " + text);
  }

  @Override
  public void alreadyExists(Descriptor layer) {
    line(layer, "Already exists");
  }

  @Override
  public void pullingLayer(Descriptor layer) {
    line(layer, "Pulling fs layer");
  }

  @Override
  public void waiting(Descriptor layer) {
    line(layer, "Waiting");
  }

  @Override
  public void downloading(Descriptor layer, long bytesSoFar) {
    if (bytesSoFar == layer.size()) {
      line(layer, "Downloading all");
    }
  }

  @Override
  public void retrying(Descriptor layer, Duration delay) {
    line(layer, "Retrying");
  }

  @Override
  public void verifying(Descriptor layer) {
    line(layer, "Verifying Checksum");
  }

  @Override
  public void downloaded(Descriptor layer) {
    line(layer, "Download complete");
  }
}
