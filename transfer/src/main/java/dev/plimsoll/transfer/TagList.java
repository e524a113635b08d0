package dev.plimsoll.transfer;

import dev.plimsoll.http.client.BodyTooLargeException;
import dev.plimsoll.oci.ImageName;
import dev.plimsoll.oci.Json;
import dev.plimsoll.oci.Tag;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * All tags of one repository, page after page.
 *
 * @see <a href="https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-tags">
 *     OCI distribution-spec 1.1.1, Listing tags</a>
 */
record TagList(RegistrySession session, ImageName name) {
  private static final int PAGE_BYTES_MAX = 8 << 20;
  private static final int PAGES_MAX = 1000;
  private static final Pattern NEXT = Pattern.compile("<([^>]+)>\\s*;\\s*rel=\"?next\"?");

  List<Tag> all() throws IOException, InterruptedException {
    List<Tag> tags = new ArrayList<>();
    Optional<URI> page = Optional.of(session.resolve("/v2/" + name.repository() + "/tags/list"));
    for (int i = 0; i < PAGES_MAX && page.isPresent(); i++) {
      page = add(page.get(), tags);
    }
    return tags;
  }

  private Optional<URI> add(URI page, List<Tag> tags) throws IOException, InterruptedException {
    Set<String> scopes = Set.of(Authorizer.scope(name.repository(), "pull"));
    try (RegistryReply reply = session.read("GET", page, scopes, request -> request)) {
      if (reply.status() != 200) {
        throw Refusals.pull(name, reply, "NAME_UNKNOWN");
      }
      for (JsonNode tag : Json.tree(reply.response().bytes(PAGE_BYTES_MAX)).path("tags")) {
        tags.add(new Tag(tag.asString()));
      }
      Matcher next = NEXT.matcher(reply.header("Link").orElse(""));
      return next.find() ? Optional.of(Locations.resolve(page, next.group(1))) : Optional.empty();
    } catch (BodyTooLargeException | IllegalArgumentException e) {
      throw new TransferException.UnsupportedManifest(
          "list of tags of %s: %s".formatted(name.familiarRepository(), e.getMessage()));
    }
  }
}
