package dev.plimsoll.registry.mirror;

import dev.plimsoll.oci.Descriptor;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.registry.mirror.BlobFetches.Source;
import dev.plimsoll.registry.mirror.UpstreamTrouble.Kind;
import dev.plimsoll.registry.repository.RegistryException.BlobUnknown;
import dev.plimsoll.registry.repository.RegistryException.UpstreamUnavailable;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The blobs of one upstream that are not here yet. Safe for many threads. */
public final class MirroredBlobs {
  private static final Logger log = LoggerFactory.getLogger(MirroredBlobs.class);

  private record Named(RepositoryName repository, Digest digest) {}

  private final UpstreamLine line;
  private final Mirror.Store store;
  private final BlobFetches fetches;
  private final Absences absent;
  private final SingleFlight<Named, Descriptor> questions = new SingleFlight<>();

  MirroredBlobs(UpstreamLine line, Mirror.Store store, BlobFetches fetches, Absences absent) {
    this.line = line;
    this.store = store;
    this.fetches = fetches;
    this.absent = absent;
  }

  /**
   * How many bytes a blob has.
   *
   * @throws BlobUnknown if the upstream does not have it, and neither have we
   */
  public long sizeBytes(RepositoryName repository, Digest digest) throws IOException {
    OptionalLong coming = fetches.sizeBytesOf(repository, digest);
    return coming.isPresent() ? coming.getAsLong() : described(repository, digest).size();
  }

  /**
   * A blob that was not here a moment ago: it is fetched, stored and handed on as it comes, however
   * many ask for it.
   *
   * @throws BlobUnknown if the upstream does not have it
   * @throws UpstreamUnavailable if it cannot be asked
   */
  public ComingBlob get(RepositoryName repository, Digest digest) throws IOException {
    Optional<ComingBlob> coming = fetches.joined(repository, digest);
    if (coming.isPresent()) {
      return coming.get();
    }
    Descriptor blob = described(repository, digest);
    if (store.blobs().has(repository, digest)) {
      return new ComingBlob.Here(blob.size()); // while the upstream was asked, it came for another
    }
    Source source = new Source(line, repository, blob);
    if (store.frozen().reason().isPresent()) {
      return passing(source);
    }
    // It lies here twice for a moment, as it comes and as it is stored; and so do those before it.
    if (!store.space().hasRoomFor(blob.size(), blob.size(), fetches.pendingBytes())) {
      log.warn("blob not kept, the disk is full repository={} digest={}", repository, digest);
      return passing(source);
    }
    return fetches.follow(source);
  }

  private ComingBlob passing(Source source) {
    return new ComingBlob.Passing(source.blob().size(), client -> fetches.pass(source, client));
  }

  private Descriptor described(RepositoryName repository, Digest digest) throws IOException {
    return questions.run(new Named(repository, digest), () -> ask(repository, digest));
  }

  private Descriptor ask(RepositoryName repository, Digest digest) throws IOException {
    if (absent.has(repository, digest)) {
      throw new BlobUnknown(repository, digest);
    }
    try {
      RepositoryName there = line.upstream().remote(repository);
      return line.ask(UpstreamLine.PATIENCE_WITHOUT_OLDER, remote -> remote.blob(there, digest));
    } catch (UpstreamTrouble trouble) {
      if (trouble.kind() == Kind.ABSENT) {
        absent.note(repository, digest);
        BlobUnknown refusal = new BlobUnknown(repository, digest);
        refusal.initCause(trouble);
        throw refusal;
      }
      throw UpstreamLine.refusal(trouble);
    }
  }
}
