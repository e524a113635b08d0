package dev.plimsoll.transfer;

import dev.plimsoll.http.client.BodyTooLargeException;
import java.io.IOException;
import java.net.URI;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A list that a registry gives in pages, each with a {@code Link} to the next.
 *
 * @see <a href="https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-tags">
 *     OCI distribution-spec 1.1.1, Listing tags</a>
 */
record Pages(RegistrySession session, Set<String> scopes, String what, Refusal refusal) {
  private static final int PAGE_BYTES_MAX = 16 << 20;
  private static final int PAGES_MAX = 10_000;
  private static final Pattern NEXT = Pattern.compile("<([^>]+)>\\s*;\\s*rel=\"?next\"?");

  /** What an answer other than 200 means. */
  interface Refusal {
    TransferException of(RegistryReply reply) throws IOException;
  }

  /** Hands over page after page. */
  void each(String path, Consumer<byte[]> reader) throws IOException, InterruptedException {
    Optional<URI> page = Optional.of(session.resolve(path));
    for (int i = 0; page.isPresent(); i++) {
      if (i == PAGES_MAX) {
        throw new IOException("%s has more than %d pages".formatted(what, PAGES_MAX));
      }
      Optional<URI> next = one(page.get(), reader);
      if (next.equals(page)) {
        throw new IOException(what + " has a page that is its own next one");
      }
      page = next;
    }
  }

  private Optional<URI> one(URI page, Consumer<byte[]> reader)
      throws IOException, InterruptedException {
    try (RegistryReply reply = session.read("GET", page, scopes, request -> request)) {
      if (reply.status() != 200) {
        throw refusal.of(reply);
      }
      reader.accept(reply.response().bytes(PAGE_BYTES_MAX));
      Matcher next = NEXT.matcher(reply.header("Link").orElse(""));
      return next.find() ? Optional.of(Locations.resolve(page, next.group(1))) : Optional.empty();
    } catch (BodyTooLargeException | IllegalArgumentException e) {
      throw new TransferException.UnsupportedManifest(what + ": " + e.getMessage());
    }
  }
}
