package dev.plimsoll.transfer;

import dev.plimsoll.http.client.ClientRequest;
import dev.plimsoll.oci.Descriptor;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.ImageName;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.Set;

/**
 * Brings one layer into the sink. A connection that breaks is made again and asked for the rest; the
 * digest is over all bytes, whichever connection they came by.
 *
 * <p>Trouble of the sink is wrapped in {@link UncheckedIOException}, so that it is never taken for
 * trouble of the network and tried again.
 */
final class LayerDownload {
  private static final int BUFFER_BYTES = 64 * 1024;

  private final RegistrySession session;
  private final ImageName name;
  private final Descriptor layer;
  private final BlobSink sink;
  private final PullProgress progress;
  private final Attempts attempts;
  private final Pacer pacer;

  LayerDownload(
      RegistrySession session,
      RegistrySettings settings,
      ImageName name,
      Descriptor layer,
      BlobSink sink,
      PullProgress progress) {
    this(session, settings, name, layer, sink, progress, Pause.BRIEF);
  }

  LayerDownload(
      RegistrySession session,
      RegistrySettings settings,
      ImageName name,
      Descriptor layer,
      BlobSink sink,
      PullProgress progress,
      Pause pause) {
    this.session = session;
    this.name = name;
    this.layer = layer;
    this.sink = sink;
    this.progress = progress;
    this.attempts = new Attempts(settings, delay -> progress.retrying(layer, delay), pause);
    this.pacer = new Pacer(bytes -> progress.downloading(layer, bytes));
  }

  void run() throws IOException, InterruptedException {
    try (Draft draft = new Draft(sink, layer)) {
      boolean inPieces = complete(draft);
      Digest received = verified(draft);
      if (inPieces && !received.equals(layer.digest())) {
        // Where the pieces came at different times, an early one may have been wrong.
        draft.restart();
        complete(draft);
        received = verified(draft);
      }
      if (!received.equals(layer.digest())) {
        draft.restart(); // else the next pull would begin with the same wrong bytes
        throw TransferException.DigestMismatch.of("filesystem layer", layer.digest(), received);
      }
      draft.commit();
      progress.downloaded(layer);
    }
  }

  private Digest verified(Draft draft) {
    progress.verifying(layer);
    return draft.digest();
  }

  /** Fetches what is missing; returns whether more than one answer made the whole. */
  private boolean complete(Draft draft) throws IOException, InterruptedException {
    boolean inPieces = false;
    while (draft.sizeBytes() != layer.size()) {
      long before = draft.sizeBytes();
      inPieces |= before > 0;
      try {
        fetchRest(draft);
      } catch (IOException e) {
        if (draft.sizeBytes() > before) {
          attempts.progressed();
        }
        attempts.failed(e);
      }
    }
    return inPieces;
  }

  private void fetchRest(Draft draft) throws IOException, InterruptedException {
    if (draft.sizeBytes() > layer.size()) {
      draft.restart();
    }
    long offset = draft.sizeBytes();
    URI uri = session.resolve("/v2/" + name.repository() + "/blobs/" + layer.digest());
    Set<String> scopes = Set.of(Authorizer.scope(name.repository(), "pull"));
    try (RegistryReply reply = session.read("GET", uri, scopes, request -> from(offset, request))) {
      requireBody(reply, draft, offset);
      copy(reply.body(), draft);
    }
  }

  private static ClientRequest from(long offset, ClientRequest request) {
    return offset == 0 ? request : request.header("Range", "bytes=" + offset + "-");
  }

  /** Decides what an answer means for the bytes that are here already. */
  private void requireBody(RegistryReply reply, Draft draft, long offset) throws IOException {
    switch (reply.status()) {
      case 200 -> {
        if (offset > 0) {
          draft.restart(); // it knows no ranges
        }
        requireLength(reply, layer.size());
      }
      case 206 -> {
        String range = reply.header("Content-Range").orElse("");
        if (!range.startsWith("bytes " + offset + "-")) {
          draft.restart();
          throw new IOException("asked for bytes from " + offset + ", was sent \"" + range + "\"");
        }
        requireLength(reply, layer.size() - offset);
      }
      case 416 -> {
        draft.restart();
        throw new IOException("the registry has no bytes from " + offset);
      }
      default -> {
        TransferException refusal = Refusals.pull(name, reply, "BLOB_UNKNOWN");
        if (Refusals.passing(reply.status())) {
          throw new IOException(refusal.getMessage(), refusal);
        }
        throw refusal;
      }
    }
  }

  private void requireLength(RegistryReply reply, long promised) {
    long sent = reply.contentLength().orElse(promised);
    if (sent != promised) {
      throw new TransferException.DigestMismatch(
          "filesystem layer %s: %d bytes promised, the registry sends %d"
              .formatted(layer.digest(), promised, sent));
    }
  }

  private void copy(InputStream body, Draft draft) throws IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    for (int read = body.read(buffer); read >= 0; read = body.read(buffer)) {
      if (read > layer.size() - draft.sizeBytes()) {
        draft.restart();
        throw new TransferException.DigestMismatch(
            "filesystem layer %s: longer than the %d bytes promised"
                .formatted(layer.digest(), layer.size()));
      }
      draft.append(ByteBuffer.wrap(buffer, 0, read));
      pacer.at(draft.sizeBytes());
    }
    if (draft.sizeBytes() < layer.size()) {
      throw new IOException(
          "layer %s ended after %d of %d bytes"
              .formatted(layer.digest(), draft.sizeBytes(), layer.size()));
    }
    pacer.end(draft.sizeBytes());
  }

  /** The sink's draft, with its troubles marked as the sink's. */
  private static final class Draft implements AutoCloseable {
    private final BlobDraft draft;
    private final Descriptor layer;

    Draft(BlobSink sink, Descriptor layer) {
      this.layer = layer;
      try {
        this.draft = sink.begin(layer);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    long sizeBytes() {
      return draft.sizeBytes();
    }

    void append(ByteBuffer bytes) {
      ours(() -> draft.append(bytes));
    }

    void restart() {
      ours(draft::restart);
    }

    void commit() {
      ours(() -> draft.commit(layer.digest()));
    }

    Digest digest() {
      try {
        return draft.digest(layer.digest().algorithm());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void close() {
      ours(draft::close);
    }

    private interface Step {
      void run() throws IOException;
    }

    private static void ours(Step step) {
      try {
        step.run();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
