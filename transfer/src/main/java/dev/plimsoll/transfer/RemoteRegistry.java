package dev.plimsoll.transfer;

import dev.plimsoll.oci.Descriptor;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.ImageName;
import dev.plimsoll.oci.Json;
import dev.plimsoll.oci.Reference;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.oci.Tag;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * One registry that is asked again and again by the same caller, such as the upstream of a
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
    RegistrySession open(Credentials credentials) throws IOException, InterruptedException;
  }

  /** A session, and who we are in it. */
  private record Known(RegistrySession session, Credentials credentials) {}

  private final String registry;
  private final RegistrySettings settings;
  private final CredentialsSource credentials;
  private final Opening opening;
  private final Optional<Pause> pause;
  private volatile Optional<Known> known = Optional.empty();

  RemoteRegistry(
      String registry, RegistrySettings settings, CredentialsSource credentials, Opening opening) {
    this(registry, settings, credentials, opening, Optional.empty());
  }

  private RemoteRegistry(
      String registry,
      RegistrySettings settings,
      CredentialsSource credentials,
      Opening opening,
      Optional<Pause> pause) {
    this.registry = registry;
    this.settings = settings;
    this.credentials = credentials;
    this.opening = opening;
    this.pause = pause;
  }

  /**
   * The same, asked again after trouble that may pass: a connection that broke, 429, most of 5xx. A
   * mirror has something else to serve meanwhile; who copies the registry has not.
   *
   * @param newPause what to do between two attempts
   */
  public RemoteRegistry patient(Pause newPause) {
    return new RemoteRegistry(registry, settings, credentials, opening, Optional.of(newPause));
  }

  /** Tries once to reach it; what it answers does not matter. */
  public void reach() throws IOException, InterruptedException {
    once(session -> session);
  }

  /**
   * The names of all repositories, in the registry's order, as it writes them.
   *
   * @throws TransferException if it has no such list, or keeps it to itself
   */
  public List<String> catalog() throws IOException, InterruptedException {
    return ask(session -> {
      List<String> names = new ArrayList<>();
      new Pages(session, Set.of("registry:catalog:*"), "the catalog of " + registry, Refusals::push)
          .each(
              "/v2/_catalog",
              page ->
                  Json.tree(page).path("repositories").forEach(name -> names.add(name.asString())));
      return names;
    });
  }

  /**
   * What says that it is about a manifest, such as its signatures.
   *
   * @return empty if the registry has no such list, as those before 1.1 of the specification
   * @see <a href="https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-referrers">
   *     OCI distribution-spec 1.1.1, Listing referrers</a>
   */
  public Optional<List<Descriptor>> listedReferrers(RepositoryName repository, Digest subject)
      throws IOException, InterruptedException {
    try {
      return ask(session -> new PagedLists(session, name(repository)).listedReferrers(subject));
    } catch (TransferException.Rejected e) {
      if (e.status() < 500 || e.status() == 501) {
        return Optional.empty(); // a path that it does not know, in its own words
      }
      throw e;
    }
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
    fetch(repository, blob, sink, pause.orElse(Pause.BRIEF));
  }

  /** The same, with {@code between} two attempts. */
  public void fetch(RepositoryName repository, Descriptor blob, BlobSink sink, Pause between)
      throws IOException, InterruptedException {
    try {
      once(session -> {
        new LayerDownload(
                session, settings, name(repository), blob, sink, PullProgress.SILENT, between)
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
      OptionalLong told = reply.contentLength();
      long size = told.isPresent() ? told.getAsLong() : sizeByRange(session, uri, scopes, digest);
      if (size == 0 && !digest.equals(Digest.of(digest.algorithm(), new byte[0]))) {
        throw new TransferException.DigestMismatch(
            "%s says that %s has 0 bytes".formatted(registry, digest));
      }
      return new Descriptor(ANY_BYTES, digest, size);
    }
  }

  /** Some answer HEAD without a length; the answer to a GET of the first byte tells it, too. */
  private long sizeByRange(RegistrySession session, URI uri, Set<String> scopes, Digest digest)
      throws IOException, InterruptedException {
    try (RegistryReply reply =
        session.read("GET", uri, scopes, request -> request.header("Range", "bytes=0-0"))) {
      OptionalLong size = reply.status() == 206 ? reply.rangeOf() : reply.contentLength();
      if (reply.status() >= 300 || size.isEmpty()) {
        throw new IOException("%s does not tell the size of %s".formatted(registry, digest));
      }
      return size.getAsLong();
    }
  }

  private interface Question<T> {
    T ask(RegistrySession session) throws IOException, InterruptedException;
  }

  private <T> T ask(Question<T> question) throws IOException, InterruptedException {
    if (pause.isEmpty()) {
      return withNewest(question);
    }
    Attempts attempts = new Attempts(settings, _ -> {}, pause.get());
    while (true) {
      try {
        return withNewest(question);
      } catch (TransferException.Rejected e) {
        if (!Refusals.passing(e.status())) {
          throw e;
        }
        attempts.failed(new IOException(e.getMessage(), e));
      } catch (IOException e) {
        attempts.failed(e);
      }
    }
  }

  /** A refusal may be about credentials that have been renewed without a sign that tells us. */
  private <T> T withNewest(Question<T> question) throws IOException, InterruptedException {
    Credentials shown = credentials.present();
    try {
      return once(question);
    } catch (TransferException.Unauthorized e) {
      if (credentials.renewed().equals(shown)) {
        throw e;
      }
      return once(question);
    }
  }

  /**
   * A session that ended in trouble is not used again: the registry may be another by then. Neither
   * is one of credentials that have been renewed since.
   */
  private <T> T once(Question<T> question) throws IOException, InterruptedException {
    Credentials present = credentials.present();
    Optional<Known> before = known.filter(k -> k.credentials().equals(present));
    RegistrySession session = before.isPresent() ? before.get().session() : opening.open(present);
    known = Optional.of(new Known(session, present)); // a second one opened meanwhile does no harm
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
