package dev.plimsoll.registry.api;

import dev.plimsoll.http.Request;
import dev.plimsoll.http.Response;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.Manifest;
import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.oci.Tag;
import dev.plimsoll.registry.mirror.BlobBroken;
import dev.plimsoll.registry.mirror.ComingBlob;
import dev.plimsoll.registry.mirror.Mirror;
import dev.plimsoll.registry.mirror.Mirrors;
import dev.plimsoll.registry.repository.Blobs;
import dev.plimsoll.registry.repository.Manifests;
import dev.plimsoll.registry.repository.RegistryException.Malformed;
import dev.plimsoll.registry.repository.RegistryException.Malformed.Subject;
import dev.plimsoll.registry.repository.RegistryException.Mirrored;
import dev.plimsoll.registry.repository.RegistryException.RepositoryUnknown;
import dev.plimsoll.registry.repository.StoredManifest;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Stands before the endpoints of pulls: a name under which another registry is shown is looked up
 * there first.
 */
final class MirrorApi {
  /** RFC 9111 section 5.5 took the header out of the standard; Docker's tools still show it. */
  private static final String STALE = "110 - \"Response is Stale: %s\"";

  private static final String STATE = "Plimsoll-Mirror";
  private static final String NAMESPACE = "ns";
  private static final int PEEK_BYTES = 8 * 1024;
  private static final Set<String> READS = Set.of("GET", "HEAD");

  /** As the distribution specification wants lists of tags. */
  private static final Comparator<Tag> TAG_ORDER =
      Comparator.comparing((Tag tag) -> tag.value().toLowerCase(Locale.ROOT))
          .thenComparing(Tag::value);

  private final Mirrors mirrors;
  private final Manifests manifests;
  private final Blobs blobs;

  MirrorApi(Mirrors mirrors, Manifests manifests, Blobs blobs) {
    this.mirrors = mirrors;
    this.manifests = manifests;
    this.blobs = blobs;
  }

  /**
   * The endpoint as it is named, with the repository's name as it is here: the client may have named
   * the upstream by {@code ?ns=}, as containerd does. What is here makes no difference.
   */
  Endpoint named(Endpoint asked, Request request) {
    if (mirrors.all().isEmpty()) {
      return asked;
    }
    return switch (asked) {
      case Endpoint.ManifestOf at ->
          new Endpoint.ManifestOf(repository(at.repository(), request), at.reference());
      case Endpoint.Blob at -> new Endpoint.Blob(repository(at.repository(), request), at.digest());
      case Endpoint.Tags at -> new Endpoint.Tags(repository(at.repository(), request));
      case Endpoint.Referrers at ->
          new Endpoint.Referrers(repository(at.repository(), request), at.subject());
      case Endpoint.Uploads _, Endpoint.Upload _, Endpoint.Base _, Endpoint.Catalog _ -> asked;
    };
  }

  /**
   * The endpoint that is meant: one of the fallback's where the client named no upstream, as Docker
   * does, and nobody has pushed to a repository of that name here. A tag that is not in what was
   * pushed here is nowhere: whoever has that name at the fallback is a stranger. Who may not pull it
   * here is not told whether it is here: for them it never is. Who may pull here and not there means
   * here.
   *
   * <p>A {@code HEAD} of a blob is what a push begins with, and asks only whether it is here: of
   * {@code yes, upstream} the client would make a manifest whose blobs are not here.
   *
   * @param mayPull whether the client may pull from a repository
   */
  Endpoint meant(Endpoint asked, Request request, Predicate<RepositoryName> mayPull)
      throws IOException {
    Endpoint named = named(asked, request);
    if (!READS.contains(request.method())) {
      return named;
    }
    return switch (named) {
      case Endpoint.ManifestOf at -> {
        Optional<RepositoryName> other = other(at.repository(), mayPull);
        yield other.isEmpty() ? at : new Endpoint.ManifestOf(other.get(), at.reference());
      }
      case Endpoint.Blob at -> {
        Optional<RepositoryName> other =
            request.method().equals("HEAD")
                    || (mayPull.test(at.repository()) && blobs.has(at.repository(), at.digest()))
                ? Optional.empty()
                : other(at.repository(), mayPull);
        yield other.isEmpty() ? at : new Endpoint.Blob(other.get(), at.digest());
      }
      case Endpoint.Referrers at -> {
        Optional<RepositoryName> other = other(at.repository(), mayPull);
        yield other.isEmpty() ? at : new Endpoint.Referrers(other.get(), at.subject());
      }
      default -> named;
    };
  }

  /** The fallback's repository of that name, unless the one here is meant. */
  private Optional<RepositoryName> other(RepositoryName here, Predicate<RepositoryName> mayPull)
      throws IOException {
    Optional<RepositoryName> there = mirrors.meantToo(here);
    if (there.isEmpty() || !mayPull.test(here)) {
      return there;
    }
    return mayPull.test(there.get()) && !manifests.knows(here) ? there : Optional.empty();
  }

  private RepositoryName repository(RepositoryName named, Request request) {
    return request
        .query(NAMESPACE)
        .flatMap(mirrors::named)
        .map(it -> it.upstream().shown(named))
        .or(() -> mirrors.holding(named).map(it -> it.upstream().canonical(named)))
        .orElse(named);
  }

  /** An upstream that a client named and that is none of ours has nothing here. */
  void refuseUnknownUpstream(Request request) {
    Optional<String> namespace = request.query(NAMESPACE);
    if (!mirrors.all().isEmpty()
        && namespace.isPresent()
        && mirrors.named(namespace.get()).isEmpty()) {
      throw new Malformed(
          Subject.PARAMETER, "ns=%s is not mirrored here".formatted(namespace.get()));
    }
  }

  /** What another registry has cannot be changed here. */
  void refusePush(RepositoryName repository) {
    Optional<Mirror> mirror = mirrors.holding(repository);
    if (mirror.isPresent()) {
      throw new Mirrored(repository, mirror.get().upstream().url());
    }
  }

  /** The manifest to serve, if it is an upstream's: brought here first, if need be. */
  Optional<Mirror.Served> manifest(Endpoint.ManifestOf at, Response response) throws IOException {
    Optional<Mirror> mirror = mirrors.holding(at.repository());
    if (mirror.isEmpty()) {
      return Optional.empty();
    }
    Mirror.Served served = mirror.get().manifest(at.repository(), at.reference());
    tell(served.stale(), response);
    return Optional.of(served);
  }

  private static void tell(Optional<String> stale, Response response) {
    response.header(STATE, stale.isPresent() ? "stale" : "current");
    stale.ifPresent(reason -> response.header("Warning", STALE.formatted(plain(reason))));
  }

  /**
   * A page of what refers to an upstream's manifest, and one more if there is one.
   *
   * @param type only what is of this type
   * @return empty if the repository is none of an upstream's
   */
  Optional<List<StoredManifest>> referrers(
      Endpoint.Referrers at, Optional<String> type, Page page, Response response)
      throws IOException {
    Optional<Mirror.Referrers> all = mirrors.referrers(at.repository(), at.subject());
    if (all.isEmpty()) {
      return Optional.empty();
    }
    tell(all.get().stale(), response);
    return Optional.of(
        all.get().manifests().stream()
            .filter(m -> m.digest().toString().compareTo(page.after()) > 0)
            .filter(m ->
                type.isEmpty()
                    || Manifest.parse(m.bytes(), m.mediaType()).artifactType().equals(type))
            .sorted(Comparator.comparing(m -> m.digest().toString()))
            .limit(page.size() + 1L)
            .toList());
  }

  /** Answers, if the blob is an upstream's and not here yet. */
  boolean blob(Endpoint.Blob at, Request request, Response response) throws IOException {
    Optional<Mirror> mirror = mirrors.holding(at.repository());
    if (mirror.isEmpty()
        || !READS.contains(request.method())
        || blobs.has(at.repository(), at.digest())) {
      return false;
    }
    if (request.method().equals("HEAD")) {
      long sizeBytes = mirror.get().blobs().sizeBytes(at.repository(), at.digest());
      describe(at.digest(), response);
      response.header("Content-Length", sizeBytes).send();
      return true;
    }
    return send(
        at.digest(), mirror.get().blobs().get(at.repository(), at.digest()), request, response);
  }

  /** A blob that turns out not to come is refused with the reason, unless its answer has begun. */
  private static boolean send(Digest digest, ComingBlob coming, Request request, Response response)
      throws IOException {
    try {
      switch (coming) {
        case ComingBlob.Here _ -> {
          return false; // it is served from the store
        }
        case ComingBlob.Followed(long sizeBytes, var stream, var keeping) -> {
          try (var body = new BufferedInputStream(stream, PEEK_BYTES)) {
            if (request.header("Range").isPresent() && isKept(keeping)) {
              return false; // parts of it are served from the store
            }
            body.mark(1);
            body.read(); // waits for the first byte
            body.reset();
            describe(digest, response);
            response.send(body, sizeBytes);
          }
        }
        case ComingBlob.Passing(long _, var passage) ->
            passage.to(() -> {
              describe(digest, response);
              return response.stream();
            });
      }
      return true;
    } catch (BlobBroken e) {
      if (response.committed()) {
        throw e;
      }
      throw e.refusal();
    }
  }

  /** Of what came and was not kept the client gets all, as it may whatever part it asks for. */
  private static boolean isKept(ComingBlob.Keeping keeping) throws IOException {
    try {
      keeping.await();
      return true;
    } catch (BlobBroken e) {
      if (e.came()) {
        return false;
      }
      throw e;
    }
  }

  private static void describe(Digest digest, Response response) {
    response
        .header("Content-Type", "application/octet-stream")
        .header("Docker-Content-Digest", digest)
        .header("ETag", Etags.of(digest))
        .header(STATE, "fetching");
  }

  /**
   * A page of the tags of an upstream's repository: those it has, and those that were pulled.
   *
   * @param here tells a page of those that were pulled
   * @return empty if the repository is none of an upstream's
   */
  Optional<List<Tag>> tags(RepositoryName repository, Page page, Pages here, Response response)
      throws IOException {
    Optional<Mirror> mirror = mirrors.holding(repository);
    if (mirror.isEmpty()) {
      return Optional.empty();
    }
    SortedSet<Tag> all = new TreeSet<>(TAG_ORDER);
    Mirror.Listed there = mirror.get().tags(repository);
    tell(there.trouble(), response);
    all.addAll(there.tags());
    try {
      all.addAll(here.page(page.after(), page.size() + 1));
    } catch (RepositoryUnknown e) {
      if (all.isEmpty()) {
        throw e; // neither here nor there
      }
    }
    return Optional.of(
        all.stream()
            .filter(tag -> page.after().isEmpty() || behind(tag, page.after()))
            .limit(page.size() + 1L)
            .toList());
  }

  /** Reads a page of tags. */
  interface Pages {
    List<Tag> page(String after, int most) throws IOException;
  }

  private static boolean behind(Tag tag, String after) {
    int folded = tag.value().toLowerCase(Locale.ROOT).compareTo(after.toLowerCase(Locale.ROOT));
    return folded > 0 || folded == 0 && tag.value().compareTo(after) > 0;
  }

  /** What a header may hold. */
  private static String plain(String text) {
    return text.replaceAll("[^\\x20-\\x7e]|[\"\\\\]", "'");
  }
}
