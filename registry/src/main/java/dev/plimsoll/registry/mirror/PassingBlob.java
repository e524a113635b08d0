package dev.plimsoll.registry.mirror;

import dev.plimsoll.oci.Descriptor;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.transfer.BlobDraft;
import dev.plimsoll.transfer.BlobSink;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.EnumMap;
import java.util.Map;

/**
 * Hands a blob on while it is checked. The last byte so far is kept back until the digest is right;
 * what was handed on cannot be taken back, so there is no second beginning. For one blob, one thread.
 */
final class PassingBlob implements BlobSink, BlobDraft {
  private final OutputStream client;
  private final Map<Digest.Algorithm, MessageDigest> hashes = new EnumMap<>(Digest.Algorithm.class);
  private long receivedBytes;
  private int last = -1;

  PassingBlob(OutputStream client) {
    this.client = client;
    for (Digest.Algorithm algorithm : Digest.Algorithm.values()) {
      hashes.put(algorithm, algorithm.newHash());
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
    return receivedBytes;
  }

  @Override
  public void append(ByteBuffer bytes) throws IOException {
    if (!bytes.hasRemaining()) {
      return;
    }
    hashes.values().forEach(hash -> hash.update(bytes.duplicate()));
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
    MessageDigest hash = hashes.get(algorithm);
    if (hash == null) {
      throw new IllegalStateException("no hash by " + algorithm);
    }
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
