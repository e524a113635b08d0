package dev.plimsoll.transfer;

import dev.plimsoll.http.client.BodyTooLargeException;
import dev.plimsoll.oci.Descriptor;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.ImageName;
import dev.plimsoll.oci.Index;
import dev.plimsoll.oci.Json;
import dev.plimsoll.oci.Manifest;
import dev.plimsoll.oci.MediaTypes;
import dev.plimsoll.oci.Tag;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What one repository lists, page after page.
 *
 * @see <a href="https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-tags">
 *     OCI distribution-spec 1.1.1, Listing tags and Listing referrers</a>
 */
record PagedLists(RegistrySession session, ImageName name) {
  private static final int PAGE_BYTES_MAX = 8 << 20;
  private static final int PAGES_MAX = 1000;
  private static final Pattern NEXT = Pattern.compile("<([^>]+)>\\s*;\\s*rel=\"?next\"?");

  /** All tags, in the registry's order. */
  List<Tag> tags() throws IOException, InterruptedException {
    List<Tag> tags = new ArrayList<>();
    walk(
        "/tags/list",
        "NAME_UNKNOWN",
        page -> Json.tree(page).path("tags").forEach(tag -> tags.add(new Tag(tag.asString()))));
    return tags;
  }

  /**
   * What names {@code subject} as its subject. A registry that does not know the question, as before
   * version 1.1 of the specification, is asked for the tag that clients keep the list under there.
   */
  List<Descriptor> referrers(Digest subject) throws IOException, InterruptedException {
    List<Descriptor> referrers = new ArrayList<>();
    try {
      walk(
          "/referrers/" + subject,
          "MANIFEST_UNKNOWN",
          page -> referrers.addAll(Manifest.parse(page, MediaTypes.OCI_INDEX).references()));
      return referrers;
    } catch (TransferException.NotFound e) {
      return referrersByTag(new Tag(subject.toString().replace(':', '-')));
    }
  }

  private List<Descriptor> referrersByTag(Tag tag) throws IOException, InterruptedException {
    try {
      Manifest list = new Manifests(session, name).get(tag).manifest();
      return list instanceof Index index ? index.manifests() : List.of();
    } catch (TransferException.NotFound e) {
      return List.of();
    }
  }

  private void walk(String path, String absent, Consumer<byte[]> reader)
      throws IOException, InterruptedException {
    Optional<URI> page = Optional.of(session.resolve("/v2/" + name.repository() + path));
    for (int i = 0; i < PAGES_MAX && page.isPresent(); i++) {
      page = read(page.get(), absent, reader);
    }
  }

  private Optional<URI> read(URI page, String absent, Consumer<byte[]> reader)
      throws IOException, InterruptedException {
    Set<String> scopes = Set.of(Authorizer.scope(name.repository(), "pull"));
    try (RegistryReply reply = session.read("GET", page, scopes, request -> request)) {
      if (reply.status() != 200) {
        throw Refusals.pull(name, reply, absent);
      }
      reader.accept(reply.response().bytes(PAGE_BYTES_MAX));
      Matcher next = NEXT.matcher(reply.header("Link").orElse(""));
      return next.find() ? Optional.of(Locations.resolve(page, next.group(1))) : Optional.empty();
    } catch (BodyTooLargeException | IllegalArgumentException e) {
      throw new TransferException.UnsupportedManifest(
          "list %s of %s: %s".formatted(page.getPath(), name.familiarRepository(), e.getMessage()));
    }
  }
}
