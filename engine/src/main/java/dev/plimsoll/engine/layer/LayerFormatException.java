package dev.plimsoll.engine.layer;

import java.io.IOException;

/**
 * An archive that cannot be a layer: it climbs out of its directory, is larger than allowed, or is
 * not what its diffID says. The message names the member and what is wrong with it.
 */
public final class LayerFormatException extends IOException {
  private static final long serialVersionUID = 1L;

  public LayerFormatException(String message) {
    super(message);
  }
}
