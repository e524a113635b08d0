package dev.plimsoll.content;

import dev.plimsoll.content.ContentException.DigestMismatch;
import dev.plimsoll.content.ContentException.TooLarge;
import dev.plimsoll.oci.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.EnumMap;
import java.util.Map;

/** An ingest whose bytes are a file of somebody else's: a second name for it, and no copy. */
final class AdoptedFile implements Ingest {
  private static final int BUFFER_BYTES = 64 << 10;

  private final FileContentStore store;
  private final IngestId id;
  private final Path staged;
  private final long sizeBytes;
  private final Map<Digest.Algorithm, Digest> digests = new EnumMap<>(Digest.Algorithm.class);
  private boolean over;

  AdoptedFile(FileContentStore store, IngestId id, Path staged, long sizeBytes) {
    this.store = store;
    this.id = id;
    this.staged = staged;
    this.sizeBytes = sizeBytes;
  }

  @Override
  public IngestId id() {
    return id;
  }

  @Override
  public boolean isOpen() {
    return !over;
  }

  @Override
  public long sizeBytes() {
    return sizeBytes;
  }

  @Override
  public void append(ByteBuffer part) {
    throw new TooLarge(sizeBytes);
  }

  @Override
  public long append(InputStream source) {
    throw new TooLarge(sizeBytes);
  }

  @Override
  public Digest digest(Digest.Algorithm algorithm) throws IOException {
    Digest known = digests.get(algorithm);
    if (known == null) {
      known = hashed(algorithm);
      digests.put(algorithm, known);
    }
    return known;
  }

  private Digest hashed(Digest.Algorithm algorithm) throws IOException {
    MessageDigest hash = algorithm.newHash();
    byte[] buffer = new byte[BUFFER_BYTES];
    try (InputStream in = Files.newInputStream(staged)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        hash.update(buffer, 0, read);
      }
    }
    return Digest.finished(algorithm, hash.digest());
  }

  @Override
  public void force() throws IOException {
    store.disk().forceFile(staged);
    store.disk().forceDirectory(Paths.parent(staged));
  }

  @Override
  public BlobKey commit(Digest expected) throws IOException {
    Digest received = digest(expected.algorithm());
    if (!received.equals(expected)) {
      throw new DigestMismatch(expected, received);
    }
    store.disk().forceFile(staged); // whoever wrote it may not have
    BlobKey key = store.publish(staged, expected);
    end();
    return key;
  }

  @Override
  public void discard() throws IOException {
    if (!over) {
      store.disk().delete(staged);
      end();
    }
  }

  @Override
  public void close() {
    end();
  }

  private void end() {
    over = true;
    store.release(id);
  }
}
