package dev.plimsoll.content;

import dev.plimsoll.oci.Digest;
import java.util.Set;

/**
 * What an ingest computes and takes.
 *
 * @param algorithms hashes computed while the bytes go by. A digest of another algorithm can still
 *     be had, by reading everything again
 * @param sizeBytesMax more than this is refused with {@link ContentException.TooLarge}
 */
public record IngestOptions(Set<Digest.Algorithm> algorithms, long sizeBytesMax) {
  public static final IngestOptions DEFAULT =
      new IngestOptions(Set.of(Digest.Algorithm.SHA256), Long.MAX_VALUE);

  public IngestOptions {
    algorithms = Set.copyOf(algorithms);
    if (sizeBytesMax < 0) {
      throw new IllegalArgumentException("sizeBytesMax is negative: " + sizeBytesMax);
    }
  }

  public IngestOptions withAlgorithms(Digest.Algorithm... all) {
    return new IngestOptions(Set.of(all), sizeBytesMax);
  }

  public IngestOptions withSizeBytesMax(long bytes) {
    return new IngestOptions(algorithms, bytes);
  }
}
