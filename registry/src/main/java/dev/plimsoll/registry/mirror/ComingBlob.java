package dev.plimsoll.registry.mirror;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** A blob that an upstream has and this registry not yet. */
public sealed interface ComingBlob {
  long sizeBytes();

  /**
   * Followed while it is stored. The caller closes the stream, which ends with an {@link
   * IOException} if the blob does not come or is not what it should be.
   *
   * @param keeping a little later than the stream ends, the blob is also stored
   */
  record Followed(long sizeBytes, InputStream stream, Keeping keeping) implements ComingBlob {}

  /** Waits until the blob is stored; an {@link IOException} if it was not. */
  interface Keeping {
    void await() throws IOException;
  }

  /** Passed on without being stored, since there is no room. */
  record Passing(long sizeBytes, Passage passage) implements ComingBlob {}

  /** Writes the blob; the last byte only if all of them were right. */
  interface Passage {
    void to(OutputStream client) throws IOException;
  }
}
