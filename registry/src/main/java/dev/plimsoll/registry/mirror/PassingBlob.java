package dev.plimsoll.registry.mirror;

import dev.plimsoll.oci.Descriptor;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.transfer.BlobDraft;
import dev.plimsoll.transfer.BlobSink;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;

/**
 * Hands a blob on while it is checked. The last byte so far is kept back until the digest is right;
 * what was handed on cannot be taken back, so there is no second beginning. For one blob, one thread.
 */
final class PassingBlob implements BlobSink, BlobDraft {
  private final OutputStream client;
  private final MessageDigest hash;
  private long receivedBytes;
  private int last = -1;

  /** Hands a blob on whose digest is of this kind. */
  PassingBlob(Digest.Algorithm algorithm, OutputStream client) {
    this.client = client;
    this.hash = algorithm.newHash();
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
    return receivedBytes;
  }

  @Override
  public void append(ByteBuffer bytes) throws IOException {
    if (!bytes.hasRemaining()) {
      return;
    }
    hash.update(bytes.duplicate());
    receivedBytes += bytes.remaining();
    if (last >= 0) {
      client.write(last);
    }
    byte[] part = new byte[bytes.remaining()];
    bytes.get(part);
    client.write(part, 0, part.length - 1);
    last = part[part.length - 1] & 0xff;
  }

  @Override
  public Digest digest(Digest.Algorithm algorithm) {
    return Digest.finished(algorithm, hash.digest());
  }

  @Override
  public void restart() throws IOException {
    throw new IOException("the upstream's bytes were wrong, or came from the start again");
  }

  @Override
  public void commit(Digest digest) throws IOException {
    if (last >= 0) {
      client.write(last);
      last = -1;
    }
  }

  @Override
  public void close() {
    // The client's stream is the caller's.
  }
}
