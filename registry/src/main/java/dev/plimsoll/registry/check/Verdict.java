package dev.plimsoll.registry.check;

import dev.plimsoll.content.Blob;
import dev.plimsoll.content.BlobKey;
import dev.plimsoll.content.ContentException;
import dev.plimsoll.content.ContentStore;
import dev.plimsoll.oci.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.Optional;

/** Whether stored bytes are what their row says. */
final class Verdict {
  private static final int BUFFER_BYTES = 64 << 10;

  private final ContentStore store;
  private final Throttle throttle;

  Verdict(ContentStore store, Throttle throttle) {
    this.store = store;
    this.throttle = throttle;
  }

  /** What is wrong with the bytes of a key, by their size alone. */
  Optional<String> bySize(BlobKey key, long sizeBytes) throws IOException {
    try {
      long there = store.sizeBytes(key);
      return there == sizeBytes
          ? Optional.empty()
          : Optional.of("has %d bytes and should have %d".formatted(there, sizeBytes));
    } catch (ContentException.BlobUnknown e) {
      return Optional.of("its bytes are missing");
    }
  }

  /** The same, with all of them read. A disk that cannot read them is a reason, too. */
  Optional<String> byDigest(BlobKey key, long sizeBytes) throws IOException, InterruptedException {
    Optional<String> wrong = bySize(key, sizeBytes);
    if (wrong.isPresent()) {
      return wrong;
    }
    MessageDigest hash = key.digest().algorithm().newHash();
    byte[] buffer = new byte[BUFFER_BYTES];
    try (Blob blob = store.open(key);
        InputStream in = blob.stream(0)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        hash.update(buffer, 0, read);
        throttle.used(read);
      }
    } catch (ContentException.BlobUnknown e) {
      return Optional.of("its bytes are missing");
    } catch (java.nio.channels.ClosedByInterruptException e) {
      throw e;
    } catch (IOException e) {
      return Optional.of("cannot be read: " + e.getMessage());
    }
    Digest found = Digest.finished(key.digest().algorithm(), hash.digest());
    return found.equals(key.digest())
        ? Optional.empty()
        : Optional.of("its bytes are those of " + found);
  }
}
