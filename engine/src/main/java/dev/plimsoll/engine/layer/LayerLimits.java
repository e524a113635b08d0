package dev.plimsoll.engine.layer;

/**
 * How much one archive may become, whatever it was packed to.
 *
 * @param unpackedBytesMax of all files together, holes included
 * @param entriesMax members of the archive
 * @param freeBytesMin what unpacking leaves free on the file system
 */
public record LayerLimits(long unpackedBytesMax, long entriesMax, long freeBytesMin) {
  public static final LayerLimits DEFAULT = new LayerLimits(64L << 30, 10_000_000, 64L << 20);

  public LayerLimits {
    if (unpackedBytesMax <= 0 || entriesMax <= 0 || freeBytesMin < 0) {
      throw new IllegalArgumentException(
          "limits of layers must be positive: %d bytes, %d entries, %d bytes free"
              .formatted(unpackedBytesMax, entriesMax, freeBytesMin));
    }
  }
}
