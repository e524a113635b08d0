package dev.plimsoll.registry.moving;

import dev.plimsoll.oci.Descriptor;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.registry.job.Progress;
import dev.plimsoll.registry.repository.Chunk;
import dev.plimsoll.registry.repository.RegistryException;
import dev.plimsoll.transfer.TransferException;
import java.io.IOException;
import java.util.Optional;

/** Brings single blobs from another registry, verified by the core. Safe for many threads. */
final class BlobCopy {
  private static final int BEGINNINGS_MAX = 3;

  private final Newcomer newcomer;
  private final Origin origin;
  private final RepositoryName here;
  private final CopyState state;
  private final Progress progress;

  BlobCopy(
      Newcomer newcomer, Origin origin, RepositoryName here, CopyState state, Progress progress) {
    this.newcomer = newcomer;
    this.origin = origin;
    this.here = here;
    this.state = state;
    this.progress = progress;
  }

  /**
   * Fetches a blob, whether it is here or not.
   *
   * @return what is wrong with it there; empty if it is here now
   * @throws IOException if the other registry gives nothing any more, or our disk refuses
   */
  Optional<String> fetch(Descriptor blob) throws IOException, InterruptedException {
    String wrong = "";
    for (int i = 0; i < BEGINNINGS_MAX; i++) {
      try {
        newcomer.receive(here, blob.digest(), core -> stream(blob, core));
        state.answered();
        return Optional.empty();
      } catch (StreamedBlob.BeginAnew e) {
        wrong = String.valueOf(e.getMessage());
      } catch (Interrupted e) {
        throw new InterruptedException();
      } catch (RegistryException.DigestMismatch e) {
        return Optional.of("its bytes are others: " + e.getMessage());
      } catch (TransferException | Theirs e) {
        return Optional.of(state.trouble(e));
      }
    }
    return Optional.of(wrong);
  }

  /** Asks whether a blob could be fetched; what is wrong with it if not. */
  Optional<String> look(Descriptor blob) throws IOException, InterruptedException {
    try {
      long there = origin.remote().blob(origin.name(), blob.digest()).size();
      state.answered();
      return there == blob.size()
          ? Optional.empty()
          : Optional.of("has %d bytes and should have %d".formatted(there, blob.size()));
    } catch (IOException | TransferException e) {
      progress.goOn();
      return Optional.of(state.trouble(e));
    }
  }

  /** An interrupt, on its way through the core. */
  private static final class Interrupted extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  /** Trouble of the other registry, on its way through the core, whose own trouble is ours. */
  private static final class Theirs extends IOException {
    private static final long serialVersionUID = 1;

    Theirs(IOException cause) {
      super(cause.getMessage(), cause.getCause());
    }
  }

  private void stream(Descriptor blob, Chunk.Sink core) throws IOException {
    StreamedBlob streamed = new StreamedBlob(blob.digest(), core, progress);
    try {
      origin.remote().fetch(origin.name(), blob, streamed);
    } catch (InterruptedException e) {
      throw new Interrupted();
    } catch (IOException e) {
      progress.goOn();
      if (streamed.failedHere()) {
        throw e;
      }
      throw new Theirs(e);
    }
  }
}
