package dev.plimsoll.transfer;

import dev.plimsoll.oci.Descriptor;
import dev.plimsoll.oci.Digest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Keeps layers in memory, also those that were broken off. */
final class MemorySink implements BlobSink {
  private final Map<Digest, byte[]> committed = new ConcurrentHashMap<>();
  private final Map<Digest, byte[]> brokenOff = new ConcurrentHashMap<>();
  private volatile long fullAfterBytes = Long.MAX_VALUE;

  byte[] committed(Digest digest) {
    return committed.getOrDefault(digest, new byte[0]);
  }

  int committedCount() {
    return committed.size();
  }

  byte[] brokenOff(Digest digest) {
    return brokenOff.getOrDefault(digest, new byte[0]);
  }

  void put(byte[] content) {
    committed.put(Digest.sha256(content), content);
  }

  void putBrokenOff(Digest digest, byte[] start) {
    brokenOff.put(digest, start);
  }

  void fullAfter(long bytes) {
    fullAfterBytes = bytes;
  }

  @Override
  public boolean has(Descriptor layer) {
    return committed.containsKey(layer.digest());
  }

  @Override
  public BlobDraft begin(Descriptor layer) {
    Draft draft = new Draft(layer.digest());
    draft.bytes.writeBytes(brokenOff(layer.digest()));
    return draft;
  }

  private final class Draft implements BlobDraft {
    private final Digest name;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    Draft(Digest name) {
      this.name = name;
    }

    @Override
    public long sizeBytes() {
      return bytes.size();
    }

    @Override
    public void append(ByteBuffer more) throws IOException {
      if (bytes.size() + more.remaining() > fullAfterBytes) {
        throw new IOException("No space left on device");
      }
      byte[] copy = new byte[more.remaining()];
      more.get(copy);
      bytes.writeBytes(copy);
    }

    @Override
    public Digest digest(Digest.Algorithm algorithm) {
      return Digest.of(algorithm, bytes.toByteArray());
    }

    @Override
    public void restart() {
      bytes.reset();
    }

    @Override
    public void commit(Digest digest) {
      committed.put(digest, bytes.toByteArray());
    }

    @Override
    public void close() {
      brokenOff.put(name, bytes.toByteArray());
    }
  }
}
