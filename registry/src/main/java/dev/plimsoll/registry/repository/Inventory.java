package dev.plimsoll.registry.repository;

import java.io.IOException;

/**
 * How much the registry holds.
 *
 * @param manifests that are not deleted
 * @param blobs whose bytes are there, also those that nobody refers to any more
 * @param blobBytes their sizes, added up: what the content takes
 * @param trash deletions that can still be undone
 */
public record Inventory(
    long repositories, long manifests, long tags, long blobs, long blobBytes, long trash) {

  /** Counts; takes longer the more there is, some milliseconds for a hundred thousand rows. */
  public static Inventory count(Transactions transactions) throws IOException {
    return transactions.read(h ->
        h.createQuery(
                """
                SELECT (SELECT COUNT(*) FROM repositories) AS repositories,
                  (SELECT COUNT(*) FROM manifests WHERE deletion_id IS NULL) AS manifests,
                  (SELECT COUNT(*) FROM tags) AS tags,
                  (SELECT COUNT(*) FROM blobs) AS blobs,
                  (SELECT COALESCE(SUM(size_bytes), 0) FROM blobs) AS blob_bytes,
                  (SELECT COUNT(*) FROM deletions) AS trash
                """)
            .map((rs, ctx) ->
                new Inventory(
                    rs.getLong("repositories"),
                    rs.getLong("manifests"),
                    rs.getLong("tags"),
                    rs.getLong("blobs"),
                    rs.getLong("blob_bytes"),
                    rs.getLong("trash")))
            .one());
  }
}
