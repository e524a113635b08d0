package dev.plimsoll.content;

import dev.plimsoll.oci.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/**
 * Bytes on their way in: hashed while they are written, invisible until {@link #commit}. For one
 * thread at a time.
 *
 * <p>Trouble with the disk ends the ingest and gives its bytes back: the disk may be full, and after
 * a failed force nobody knows what it holds. Every later call then fails. A refusal ({@link
 * ContentException}) changes nothing.
 */
public interface Ingest extends AutoCloseable {
  IngestId id();

  /**
   * Whether it takes more. One that trouble has ended, and that its store still has, can be resumed.
   */
  boolean isOpen();

  /** What was appended so far. */
  long sizeBytes();

  /**
   * Appends what {@code part} has left, and takes it. Direct buffers are written without a copy.
   *
   * @throws ContentException.TooLarge if it would not fit; nothing of it is taken
   */
  void append(ByteBuffer part) throws IOException;

  /**
   * Appends all that {@code source} yields, and leaves it open. If reading fails, what was read
   * stays appended and the ingest can go on.
   *
   * @return how many bytes those were
   * @throws ContentException.TooLarge if there is more than fits; what fits is appended
   */
  long append(InputStream source) throws IOException;

  /**
   * The digest of what was appended so far. If that algorithm was not computed from the beginning,
   * everything is read again, once.
   */
  Digest digest(Digest.Algorithm algorithm) throws IOException;

  /**
   * Makes what was appended so far survive a power cut: for who answers that an upload has got so
   * far.
   */
  void force() throws IOException;

  /**
   * Makes the bytes a blob. When this returns, it survives a power cut, and the ingest is over.
   *
   * @throws ContentException.DigestMismatch if the bytes are others; the ingest can go on
   */
  BlobKey commit(Digest expected) throws IOException;

  /** Gives the bytes up; after a commit this does nothing. */
  void discard() throws IOException;

  /** Leaves the bytes staged, to be resumed; does nothing after a commit or discard. */
  @Override
  void close() throws IOException;
}
