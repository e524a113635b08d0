package dev.plimsoll.registry.moving;

import dev.plimsoll.content.ContentStore;
import dev.plimsoll.registry.repository.Transactions;
import java.io.IOException;
import java.util.Optional;

/**
 * Sees to it that a database and a store of bytes belong together: both know the name of the registry.
 * Bytes without a row are garbage only if the rows are those of this store; two databases over one
 * store would delete each other's images. Two copies of one database are not told apart.
 */
public final class StoreOwner {
  private final Transactions transactions;
  private final ContentStore content;

  public StoreOwner(Transactions transactions, ContentStore content) {
    this.transactions = transactions;
    this.content = content;
  }

  private record Known(Optional<String> name, boolean marked) {}

  /** Refuses a store that another registry has begun with, to a database that is new. */
  public void refuseAnothers() throws IOException {
    // The store first: a replica that begins at the same moment marks it after the database.
    Optional<String> owner = content.owner();
    if (owner.isPresent() && !LostDatabase.isKnown(transactions)) {
      throw anothers(owner.get());
    }
  }

  /**
   * Refuses a store that is not this database's, and marks one that nobody has. To be called when the
   * database is this registry's.
   *
   * @param newName what the registry is called if it has no name yet
   */
  public void claim(String newName) throws IOException {
    Known known = known();
    if (known.name().isEmpty()) {
      // Restored, or made by an earlier release: it goes by what the store says.
      known = named(content.owner().orElse(newName));
    }
    // After the database: what that calls marked was marked before, if by another replica just now.
    Optional<String> owner = content.owner();
    String name = known.name().orElseThrow();
    if (owner.isEmpty()) {
      if (known.marked()) {
        throw new IOException(
            ("%s is not where the bytes of this registry are: nothing there says so. Look at bucket,"
                    + " prefix and data directory; with files, one process serves a database. If its"
                    + " bytes are lost and it is to go on with what clients push again, write %s to"
                    + " %s")
                .formatted(content, name, content.ownerPlace()));
      }
      content.own(name);
      owner = content.owner(); // another may have been as quick
    }
    if (!owner.equals(Optional.of(name))) {
      throw anothers(owner.orElse("nobody"));
    }
    if (!known.marked()) {
      transactions.write(h -> h.execute("UPDATE identity SET store_marked = 1"));
    }
  }

  private IOException anothers(String owner) {
    return new IOException(
        ("%s has the bytes of another registry (%s), whose database is another: each would delete the"
                + " other's images. Give this one a prefix or a bucket of its own; replicas of one"
                + " registry share registry.database.url; if the other is no more, delete %s")
            .formatted(content, owner, content.ownerPlace()));
  }

  private Known known() throws IOException {
    return transactions.read(h ->
        h.createQuery("SELECT store_owner, store_marked FROM identity")
            .map((rs, ctx) ->
                new Known(
                    Optional.ofNullable(rs.getString("store_owner")),
                    rs.getInt("store_marked") == 1))
            .one());
  }

  /** Of several replicas that begin at once, one gives the name. */
  private Known named(String name) throws IOException {
    transactions.write(h ->
        h.createUpdate("UPDATE identity SET store_owner = :name WHERE store_owner IS NULL")
            .bind("name", name)
            .execute());
    return known();
  }
}
