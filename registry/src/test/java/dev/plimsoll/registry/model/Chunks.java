package dev.plimsoll.registry.model;

import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.registry.model.State.Coming;
import dev.plimsoll.registry.repository.Chunk;
import dev.plimsoll.registry.repository.RegistryException;
import dev.plimsoll.registry.repository.RegistryException.UploadUnknown;
import dev.plimsoll.registry.repository.UploadId;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;

/** Uploads in pieces, which go on after a restart, and mostly after a power cut. */
final class Chunks {
  private static final int AT_ONCE_MAX = 5;

  private final History history;
  private final Universe universe;

  Chunks(History history) {
    this.history = history;
    this.universe = history.universe;
  }

  void take(Random random) throws IOException {
    List<Map.Entry<UploadId, Coming>> known = List.copyOf(history.state.uploads.entrySet());
    if (known.isEmpty() || (known.size() < AT_ONCE_MAX && random.nextInt(3) == 0)) {
      begin(random);
      return;
    }
    Map.Entry<UploadId, Coming> upload = Universe.pick(known, random);
    OptionalLong size = size(upload.getKey(), upload.getValue());
    if (size.isPresent()) {
      goOn(upload.getKey(), upload.getValue(), size.getAsLong(), random);
    }
  }

  private void begin(Random random) throws IOException {
    RepositoryName to = Universe.pick(universe.repositories(), random);
    Digest blob = Universe.pick(List.copyOf(universe.blobs().keySet()), random);
    UploadId id = history.registry.uploads.begin(to);
    history.state.uploads.put(id, new Coming(to, blob, 0, false));
    history.tell("begin upload of %s to %s".formatted(universe.name(blob), to));
  }

  /** How much has arrived; empty if it is no more, and may be. */
  private OptionalLong size(UploadId id, Coming upload) throws IOException {
    try {
      long size = history.registry.uploads.size(upload.repository(), id);
      if (!upload.perhaps() && size < upload.sent()) {
        throw new Violation("upload %s lost bytes: %d of %s".formatted(id, size, upload));
      }
      return OptionalLong.of(size);
    } catch (UploadUnknown e) {
      if (!upload.perhaps()) {
        throw new Violation("upload %s was lost: %s".formatted(id, upload));
      }
      history.state.uploads.remove(id);
      return OptionalLong.empty();
    }
  }

  private void goOn(UploadId id, Coming upload, long size, Random random) throws IOException {
    history.state.uploads.put(id, upload.perhapsGone()); // until it is answered
    byte[] rest =
        Arrays.copyOfRange(
            universe.bytes(upload.blob()), (int) size, universe.bytes(upload.blob()).length);
    if (size > upload.sent() && !history.stagedAsSent(id, universe.bytes(upload.blob()))) {
      finishWhatIsWrong(id, upload, size, rest, random);
      return;
    }
    switch (random.nextInt(6)) {
      case 0, 1 -> append(id, upload, size, Arrays.copyOf(rest, rest.length / 2), random);
      case 2 -> cancel(id, upload, random);
      case 3 -> misplace(id, upload, size, random);
      default -> finish(id, upload, size, rest, random);
    }
  }

  private void append(UploadId id, Coming upload, long size, byte[] part, Random random)
      throws IOException {
    long after = size + part.length;
    history.attempt(
        "append %d bytes of %s".formatted(part.length, universe.name(upload.blob())),
        random,
        model -> {
          model.append(id, new Coming(upload.repository(), upload.blob(), after, false));
          return after;
        },
        registry ->
            registry.uploads.append(
                upload.repository(), id, OptionalLong.of(size), Chunk.of(part)));
  }

  private void finish(UploadId id, Coming upload, long size, byte[] rest, Random random)
      throws IOException {
    history.attempt(
        "finish %s to %s".formatted(universe.name(upload.blob()), upload.repository()),
        random,
        model -> {
          model.upload(upload.repository(), upload.blob());
          model.end(id);
          return true;
        },
        registry -> {
          registry.uploads.finish(
              upload.repository(), id, upload.blob(), OptionalLong.of(size), Chunk.of(rest));
          return true;
        });
  }

  /** A power cut may leave anything behind the bytes that were answered for. */
  private void finishWhatIsWrong(UploadId id, Coming upload, long size, byte[] rest, Random random)
      throws IOException {
    history.attempt(
        "finish %s to %s".formatted(universe.name(upload.blob()), upload.repository()),
        random,
        model -> {
          throw new Model.Refused(RegistryException.DigestMismatch.class);
        },
        registry -> {
          registry.uploads.finish(
              upload.repository(), id, upload.blob(), OptionalLong.of(size), Chunk.of(rest));
          return true;
        });
  }

  private void cancel(UploadId id, Coming upload, Random random) throws IOException {
    history.attempt(
        "cancel upload of %s".formatted(universe.name(upload.blob())),
        random,
        model -> {
          model.end(id);
          return true;
        },
        registry -> {
          registry.uploads.cancel(upload.repository(), id);
          return true;
        });
  }

  /** A chunk for another place than where the upload is. */
  private void misplace(UploadId id, Coming upload, long size, Random random) throws IOException {
    history.attempt(
        "append out of order",
        random,
        model -> {
          throw new Model.Refused(RegistryException.ChunkOutOfOrder.class);
        },
        registry ->
            registry.uploads.append(
                upload.repository(), id, OptionalLong.of(size + 1), Chunk.of(new byte[1])));
  }
}
