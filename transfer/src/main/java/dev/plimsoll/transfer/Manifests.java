package dev.plimsoll.transfer;

import dev.plimsoll.http.client.BodyTooLargeException;
import dev.plimsoll.http.client.ClientRequest;
import dev.plimsoll.oci.Descriptor;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.ImageName;
import dev.plimsoll.oci.MediaTypes;
import dev.plimsoll.oci.Reference;
import dev.plimsoll.oci.RepositoryName;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** The manifests of one repository. */
final class Manifests {
  /** The specification's 4 MiB, and some slack for registries that count differently. */
  static final int MANIFEST_BYTES_MAX = 4 * 1024 * 1024 + 64 * 1024;

  /** Schema 1 is not asked for: a registry that has nothing else says so by a 404 or sends it. */
  private static final List<String> ACCEPTED =
      List.of(
          MediaTypes.OCI_INDEX,
          MediaTypes.DOCKER_LIST,
          MediaTypes.OCI_MANIFEST,
          MediaTypes.DOCKER_MANIFEST);

  private final RegistrySession session;
  private final ImageName name;
  private final RepositoryName repository;

  Manifests(RegistrySession session, ImageName name) {
    this.session = session;
    this.name = name;
    this.repository = name.repository();
  }

  /** Fetches a manifest and checks that it is what was asked for. */
  ManifestContent get(Reference reference) throws IOException, InterruptedException {
    try (RegistryReply reply = ask("GET", reference)) {
      if (reply.status() != 200) {
        throw Refusals.pull(name, reply, "MANIFEST_UNKNOWN");
      }
      byte[] bytes = read(reply);
      Optional<Digest> promised =
          reference instanceof Digest digest ? Optional.of(digest) : reply.contentDigest();
      if (promised.isPresent()) {
        Digest received = Digest.of(promised.get().algorithm(), bytes);
        if (!received.equals(promised.get())) {
          throw TransferException.DigestMismatch.of(
              "manifest of " + name.familiar(), promised.get(), received);
        }
      }
      Digest.Algorithm algorithm = promised.map(Digest::algorithm).orElse(Digest.Algorithm.SHA256);
      return ManifestContent.of(bytes, reply.mediaType(), algorithm);
    } catch (IllegalArgumentException e) {
      throw unsupported(e);
    }
  }

  /** What a reference stands for, by HEAD where that tells everything, else by GET. */
  Descriptor resolve(Reference reference) throws IOException, InterruptedException {
    try (RegistryReply reply = ask("HEAD", reference)) {
      if (reply.status() == 200) {
        Optional<Digest> digest = reply.contentDigest();
        OptionalLong size = reply.contentLength();
        boolean asAsked =
            !(reference instanceof Digest wanted) || digest.equals(Optional.of(wanted));
        if (digest.isPresent() && size.isPresent() && asAsked && !reply.mediaType().isEmpty()) {
          return new Descriptor(reply.mediaType(), digest.get(), size.getAsLong());
        }
      } else if (reply.status() != 405) {
        throw Refusals.pull(name, reply, "MANIFEST_UNKNOWN");
      }
    }
    return get(reference).descriptor();
  }

  /** Fetches a small blob, such as a config, into memory. */
  byte[] blob(Descriptor blob, int bytesMax) throws IOException, InterruptedException {
    if (blob.size() > bytesMax) {
      throw new TransferException.UnsupportedManifest(
          "the config of %s has %d bytes, more than %d"
              .formatted(name.familiar(), blob.size(), bytesMax));
    }
    URI uri = session.resolve("/v2/" + repository + "/blobs/" + blob.digest());
    try (RegistryReply reply = session.read("GET", uri, scopes(), request -> request)) {
      if (reply.status() != 200) {
        throw Refusals.pull(name, reply, "BLOB_UNKNOWN");
      }
      byte[] bytes = reply.response().bytes((int) blob.size());
      Digest received = Digest.of(blob.digest().algorithm(), bytes);
      if (!received.equals(blob.digest())) {
        throw TransferException.DigestMismatch.of(
            "config of " + name.familiar(), blob.digest(), received);
      }
      return bytes;
    } catch (BodyTooLargeException e) {
      throw new TransferException.DigestMismatch(
          "config of %s: longer than the %d bytes announced"
              .formatted(name.familiar(), blob.size()));
    }
  }

  private Set<String> scopes() {
    return Set.of(Authorizer.scope(repository, "pull"));
  }

  private RegistryReply ask(String method, Reference reference)
      throws IOException, InterruptedException {
    URI uri = session.resolve("/v2/" + repository + "/manifests/" + reference);
    return session.read(method, uri, scopes(), Manifests::accepting);
  }

  private static ClientRequest accepting(ClientRequest request) {
    ClientRequest accepting = request;
    for (String type : ACCEPTED) {
      accepting = accepting.header("Accept", type);
    }
    return accepting;
  }

  private byte[] read(RegistryReply reply) throws IOException {
    try {
      return reply.response().bytes(MANIFEST_BYTES_MAX);
    } catch (BodyTooLargeException e) {
      throw new TransferException.UnsupportedManifest(
          "manifest of %s: %s".formatted(name.familiar(), e.getMessage()));
    }
  }

  private TransferException unsupported(IllegalArgumentException e) {
    return new TransferException.UnsupportedManifest(
        "manifest of %s: %s".formatted(name.familiar(), e.getMessage()));
  }
}
