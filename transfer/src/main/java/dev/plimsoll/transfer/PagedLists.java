package dev.plimsoll.transfer;

import dev.plimsoll.oci.Descriptor;
import dev.plimsoll.oci.Digest;
import dev.plimsoll.oci.ImageName;
import dev.plimsoll.oci.Index;
import dev.plimsoll.oci.Json;
import dev.plimsoll.oci.Manifest;
import dev.plimsoll.oci.MediaTypes;
import dev.plimsoll.oci.Tag;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/**
 * What one repository lists, page after page.
 *
 * @see <a href="https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-tags">
 *     OCI distribution-spec 1.1.1, Listing tags and Listing referrers</a>
 */
record PagedLists(RegistrySession session, ImageName name) {
  /** All tags, in the registry's order. */
  List<Tag> tags() throws IOException, InterruptedException {
    List<Tag> tags = new ArrayList<>();
    walk(
        "/tags/list",
        "NAME_UNKNOWN",
        page -> named(page, "tags").forEach(tag -> tags.add(new Tag(tag.asString()))));
    return tags;
  }

  /** Registries say {@code null}, or nothing, for none. */
  private static JsonNode named(byte[] page, String key) {
    JsonNode whole = Json.tree(page);
    JsonNode list = whole.path(key);
    if (!whole.isObject() || !(list.isArray() || list.isNull() || list.isMissingNode())) {
      throw new IllegalArgumentException("there is no list of " + key);
    }
    return list;
  }

  /**
   * What names {@code subject} as its subject. A registry that does not know the question, as before
   * version 1.1 of the specification, is asked for the tag that clients keep the list under there.
   */
  List<Descriptor> referrers(Digest subject) throws IOException, InterruptedException {
    Optional<List<Descriptor>> listed = listedReferrers(subject);
    return listed.isPresent()
        ? listed.get()
        : referrersByTag(new Tag(subject.toString().replace(':', '-')));
  }

  /** The same without that tag; empty if the registry does not know the question. */
  Optional<List<Descriptor>> listedReferrers(Digest subject)
      throws IOException, InterruptedException {
    List<Descriptor> referrers = new ArrayList<>();
    try {
      walk(
          "/referrers/" + subject,
          "MANIFEST_UNKNOWN",
          page -> referrers.addAll(Manifest.parse(page, MediaTypes.OCI_INDEX).references()));
      return Optional.of(referrers);
    } catch (TransferException.NotFound e) {
      return Optional.empty();
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
    new Pages(
            session,
            Set.of(Authorizer.scope(name.repository(), "pull")),
            "list %s of %s".formatted(path, name.familiarRepository()),
            reply -> Refusals.pull(name, reply, absent))
        .each("/v2/" + name.repository() + path, reader);
  }
}
