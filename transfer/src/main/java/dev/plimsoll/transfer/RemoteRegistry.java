package dev.plimsoll.transfer;

import dev.plimsoll.oci.Descriptor;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.ImageName;
import dev.plimsoll.oci.Reference;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.oci.Tag;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * One registry that is asked again and again with the same credentials, such as the upstream of a
 * mirror: what it wants to see and the tokens that it gave are remembered between calls. Made by
 * {@link Registries#remote}; safe for many threads; an interrupt ends a call.
 *
 * <p>Every call throws {@link TransferException} if the registry refuses or sends what it should
 * not, and {@link IOException} if it cannot be reached or broke off.
 */
public final class RemoteRegistry {
  private static final String ANY_BYTES = "application/octet-stream";

  /** How a session begins. */
  interface Opening {
    RegistrySession open() throws IOException, InterruptedException;
  }

  private final String registry;
  private final RegistrySettings settings;
  private final Opening opening;
  private volatile Optional<RegistrySession> known = Optional.empty();

  RemoteRegistry(String registry, RegistrySettings settings, Opening opening) {
    this.registry = registry;
    this.settings = settings;
    this.opening = opening;
  }

  /** Fetches a manifest, byte for byte. */
  public ManifestContent manifest(RepositoryName repository, Reference reference)
      throws IOException, InterruptedException {
    return ask(session -> new Manifests(session, name(repository)).get(reference));
  }

  /** What a reference stands for, by HEAD where that tells everything, else by GET. */
  public Descriptor resolve(RepositoryName repository, Reference reference)
      throws IOException, InterruptedException {
    return ask(session -> new Manifests(session, name(repository)).resolve(reference));
  }

  /**
   * Asks for a blob's size, by HEAD.
   *
   * @throws TransferException.NotFound if there is no such blob
   */
  public Descriptor blob(RepositoryName repository, Digest digest)
      throws IOException, InterruptedException {
    return ask(session -> head(session, repository, digest));
  }

  /** Brings one blob into the sink, broken connections made again, its size and digest checked. */
  public void fetch(RepositoryName repository, Descriptor blob, BlobSink sink)
      throws IOException, InterruptedException {
    try {
      ask(session -> {
        new LayerDownload(session, settings, name(repository), blob, sink, PullProgress.SILENT)
            .run();
        return blob;
      });
    } catch (UncheckedIOException e) {
      throw e.getCause(); // the sink's own trouble
    }
  }

  /** All tags of a repository, in the registry's order. */
  public List<Tag> tags(RepositoryName repository) throws IOException, InterruptedException {
    return ask(session -> new PagedLists(session, name(repository)).tags());
  }

  /**
   * What names a manifest as its subject, such as its signatures; from the referrers API or, where
   * there is none, from the tag that stands in for it.
   */
  public List<Descriptor> referrers(RepositoryName repository, Digest subject)
      throws IOException, InterruptedException {
    return ask(session -> new PagedLists(session, name(repository)).referrers(subject));
  }

  private Descriptor head(RegistrySession session, RepositoryName repository, Digest digest)
      throws IOException, InterruptedException {
    var uri = session.resolve("/v2/" + repository + "/blobs/" + digest);
    Set<String> scopes = Set.of(Authorizer.scope(repository, "pull"));
    try (RegistryReply reply = session.read("HEAD", uri, scopes, request -> request)) {
      if (reply.status() != 200) {
        throw Refusals.pull(name(repository), reply, "BLOB_UNKNOWN");
      }
      OptionalLong size = reply.contentLength();
      if (size.isEmpty()) {
        throw new IOException("%s does not tell the size of %s".formatted(registry, digest));
      }
      return new Descriptor(ANY_BYTES, digest, size.getAsLong());
    }
  }

  private interface Question<T> {
    T ask(RegistrySession session) throws IOException, InterruptedException;
  }

  /** A session that ended in trouble is not used again: the registry may be another by then. */
  private <T> T ask(Question<T> question) throws IOException, InterruptedException {
    Optional<RegistrySession> before = known;
    RegistrySession session = before.isPresent() ? before.get() : opening.open();
    known = Optional.of(session); // who opens a second one meanwhile does no harm
    try {
      return question.ask(session);
    } catch (IOException | TransferException.Unauthorized e) {
      known = Optional.empty();
      throw e;
    }
  }

  private ImageName name(RepositoryName repository) {
    return new ImageName(registry, repository, Optional.empty(), Optional.empty());
  }

  /** Host and port, or {@code docker.io}. */
  @Override
  public String toString() {
    return registry;
  }
}
