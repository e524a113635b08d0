package dev.plimsoll.transfer;

import dev.plimsoll.oci.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A layer on its way in. Used by one thread. */
public interface BlobDraft extends AutoCloseable {

  /** How many bytes are here; the pull asks the registry for the rest. */
  long sizeBytes();

  /** Takes all remaining bytes of the buffer, which is reused after the call. */
  void append(ByteBuffer bytes) throws IOException;

  /** The digest of all bytes that are here: they are hashed once, as they come, by their keeper. */
  Digest digest(Digest.Algorithm algorithm) throws IOException;

  /** Drops all bytes: they turned out to be wrong, or the registry will only send everything. */
  void restart() throws IOException;

  /**
   * The layer is complete, and its size and digest are as the manifest says. Called at most once,
   * and before {@link #close()}. Other layers are still on their way; unpacking may begin.
   */
  void commit(Digest digest) throws IOException;

  /** Without a commit before, the bytes may be kept for the next attempt or dropped. */
  @Override
  void close() throws IOException;
}
