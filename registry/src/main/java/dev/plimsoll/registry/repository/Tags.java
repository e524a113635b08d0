package dev.plimsoll.registry.repository;

import dev.plimsoll.oci.RepositoryName;
import dev.plimsoll.oci.Tag;
import dev.plimsoll.registry.repository.RegistryException.RepositoryUnknown;
import java.io.IOException;
import java.util.List;

/** Lists repositories, their tags, and where a tag has pointed. Safe for many threads. */
public final class Tags {
  private final Transactions transactions;
  private final RepositoryRows repositories = new RepositoryRows();
  private final TagRows tags;

  public Tags(Transactions transactions, int tagMovesKept) {
    this.transactions = transactions;
    this.tags = new TagRows(tagMovesKept);
  }

  /**
   * Tags in case-insensitive order.
   *
   * @param after a tag, there or not, or "" to begin; the page begins behind it
   */
  public List<Tag> page(RepositoryName repository, String after, int most) throws IOException {
    return transactions.read(h ->
        tags.page(
            h,
            repositories.find(h, repository).orElseThrow(() -> new RepositoryUnknown(repository)),
            after,
            most));
  }

  /** The moves of a tag, newest first; also of one that is no more. */
  public List<TagMove> history(RepositoryName repository, Tag tag) throws IOException {
    return transactions.read(h ->
        tags.history(
            h,
            repositories.find(h, repository).orElseThrow(() -> new RepositoryUnknown(repository)),
            tag));
  }

  /**
   * Repositories that have a manifest, in the order of their names.
   *
   * @param after a name, there or not, or "" to begin
   */
  public List<RepositoryName> catalog(String after, int most) throws IOException {
    return transactions.read(h -> repositories.withContent(h, after, most));
  }
}
