package dev.plimsoll.engine.layer;

import java.io.IOException;
import java.io.InputStream;

/** Where a layer's archive can be read from, packed or not, as often as needed. */
@FunctionalInterface
public interface LayerSource {

  /** The archive from its beginning; closed by the reader. */
  InputStream open() throws IOException;
}
