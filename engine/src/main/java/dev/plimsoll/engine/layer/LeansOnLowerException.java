package dev.plimsoll.engine.layer;

import java.io.IOException;

/** The archive means nothing by itself: it has to be unpacked when the layers below are there. */
final class LeansOnLowerException extends IOException {
  private static final long serialVersionUID = 1L;

  LeansOnLowerException(String member) {
    super(member + " depends on a lower layer");
  }
}
