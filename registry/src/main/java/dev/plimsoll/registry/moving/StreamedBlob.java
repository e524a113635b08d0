package dev.plimsoll.registry.moving;

import dev.plimsoll.oci.Descriptor;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.registry.job.Progress;
import dev.plimsoll.registry.repository.Chunk;
import dev.plimsoll.transfer.BlobDraft;
import dev.plimsoll.transfer.BlobSink;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Hands a blob to the core as it comes. A connection that breaks is taken up again by the transfer;
 * what was handed on cannot be taken back. For one blob, one thread.
 */
final class StreamedBlob implements BlobSink, BlobDraft {
  private final Digest promised;
  private final Chunk.Sink core;
  private final Progress progress;
  private long sizeBytes;
  private boolean failedHere;

  StreamedBlob(Digest promised, Chunk.Sink core, Progress progress) {
    this.promised = promised;
    this.core = core;
    this.progress = progress;
  }

  /** The other registry sends from the start what was half here: the whole has to begin anew. */
  static final class BeginAnew extends IOException {
    private static final long serialVersionUID = 1;

    BeginAnew() {
      super("it sends other bytes than it promised, or cannot go on where it broke off");
    }
  }

  @Override
  public boolean has(Descriptor layer) {
    return false;
  }

  @Override
  public BlobDraft begin(Descriptor layer) {
    return this;
  }

  @Override
  public long sizeBytes() {
    return sizeBytes;
  }

  @Override
  public void append(ByteBuffer bytes) throws IOException {
    int length = bytes.remaining();
    try {
      core.accept(bytes);
      sizeBytes += length;
      progress.received(length);
    } catch (IOException e) {
      failedHere = true;
      throw e;
    }
  }

  /** Whether it was this side that failed, and not the other registry. */
  boolean failedHere() {
    return failedHere;
  }

  /** The core hashes what it stores, and refuses what is wrong: once is enough. */
  @Override
  public Digest digest(Digest.Algorithm algorithm) {
    return promised;
  }

  @Override
  public void restart() throws IOException {
    if (sizeBytes > 0) {
      failedHere = true;
      throw new BeginAnew();
    }
  }

  @Override
  public void commit(Digest digest) {
    // The core does.
  }

  @Override
  public void close() {
    // The core's part is the caller's.
  }
}
