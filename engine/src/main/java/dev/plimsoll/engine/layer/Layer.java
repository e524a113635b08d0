package dev.plimsoll.engine.layer;

import dev.plimsoll.oci.Digest;

/**
 * A layer that is unpacked on this machine.
 *
 * @param id its diffID; its chainID if it leans on the layers below and is not the lowest
 * @param directory the name of its directory; never used for another
 * @param sizeBytes of all its files
 * @param rootListed whether the archive says anything of the root's owner and mode
 */
public record Layer(
    Digest id,
    Digest diffId,
    String directory,
    long entries,
    long sizeBytes,
    String sum,
    boolean leans,
    boolean rootListed) {

  /**
   * The id of a stack of layers, from the id of those below it.
   *
   * @see <a href="https://github.com/opencontainers/image-spec/blob/v1.1.1/config.md#layer-chainid">
   *     OCI image-spec 1.1.1, Layer ChainID</a>
   */
  public static Digest chainId(Digest below, Digest diffId) {
    return Digest.sha256((below + " " + diffId).getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }
}
