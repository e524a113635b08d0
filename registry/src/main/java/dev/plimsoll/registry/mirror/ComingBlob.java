package dev.plimsoll.registry.mirror;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** A blob that an upstream has, and this registry not when it was asked for. */
public sealed interface ComingBlob {
  long sizeBytes();

  /** It has come meanwhile. */
  record Here(long sizeBytes) implements ComingBlob {}

  /**
   * Followed while it is stored. The caller closes the stream, which ends with {@link BlobBroken} if
   * the blob does not come or is not what it should be.
   *
   * @param keeping a little later than the stream ends, the blob is also stored
   */
  record Followed(long sizeBytes, InputStream stream, Keeping keeping) implements ComingBlob {}

  /** Waits until the blob is stored; {@link BlobBroken} if it was not. */
  interface Keeping {
    void await() throws IOException;
  }

  /** Passed on without being stored, since there is no room. */
  record Passing(long sizeBytes, Passage passage) implements ComingBlob {}

  /** Opens the answer to the client, when there is a first byte for it. */
  interface Client {
    OutputStream open() throws IOException;
  }

  /**
   * Writes the blob; the last byte only if all of them were right. Ends with {@link BlobBroken} if the
   * blob does not come or is not what it should be.
   */
  interface Passage {
    void to(Client client) throws IOException;
  }
}
