package dev.plimsoll.registry.mirror;

import dev.plimsoll.oci.Descriptor;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.transfer.BlobDraft;
import dev.plimsoll.transfer.BlobSink;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/**
 * Hands a blob on while it is checked. The last byte so far is kept back until the digest is right;
 * what was handed on cannot be taken back, so there is no second beginning. For one blob, one thread.
 */
final class PassingBlob implements BlobSink, BlobDraft {
  private final ComingBlob.Client client;
  private final MessageDigest hash;
  private @Nullable OutputStream opened;
  private long receivedBytes;
  private int last = -1;

  /** Hands a blob on whose digest is of this kind. */
  PassingBlob(Digest.Algorithm algorithm, ComingBlob.Client client) {
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
    byte[] part = new byte[bytes.remaining()];
    bytes.get(part);
    toClient(to -> {
      if (last >= 0) {
        to.write(last);
      }
      to.write(part, 0, part.length - 1);
    });
    last = part[part.length - 1] & 0xff;
  }

  private interface Writing {
    void to(OutputStream client) throws IOException;
  }

  /** A client that left says nothing about the upstream. */
  private void toClient(Writing writing) throws OwnTrouble {
    try {
      if (opened == null) {
        opened = client.open();
      }
      writing.to(opened);
    } catch (IOException e) {
      throw new OwnTrouble(e);
    }
  }

  @Override
  public Digest digest(Digest.Algorithm algorithm) {
    return Digest.finished(algorithm, hash.digest());
  }

  @Override
  public void restart() throws BlobBroken {
    throw new BlobBroken("its bytes were wrong, or came from the start again");
  }

  @Override
  public void commit(Digest digest) throws IOException {
    toClient(to -> {
      if (last >= 0) {
        to.write(last);
      }
    });
    last = -1;
  }

  @Override
  public void close() {
    // The client's stream is the caller's; what is buffered goes out when the answer ends.
  }
}
