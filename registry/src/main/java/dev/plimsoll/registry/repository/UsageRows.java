package dev.plimsoll.registry.repository;

import org.jdbi.v3.core.Handle;

/**
 * Counts what each repository holds: its manifests, and the blobs that they name, each once; its
 * tags. What is in the trash does not count.
 *
 * <p>A reference's size is the blob's, or 0 where no blob was there: so a manifest adds a blob if it
 * is the first live one to name it with a size, and takes it away if it is the last. The counters are
 * moved in the transaction that moves the rows, and equal a recount after any history.
 */
final class UsageRows {

  /** A new manifest is live, and so are its references, which are new too. */
  void added(Handle h, long manifestId) {
    count(h, manifestId, 1);
  }

  /** A manifest is live again. */
  void broughtBack(Handle h, long manifestId) {
    mark(h, manifestId, true);
    count(h, manifestId, 1);
  }

  /** A manifest is live no more. */
  void removed(Handle h, long manifestId) {
    mark(h, manifestId, false);
    count(h, manifestId, -1);
  }

  /** The references of live manifests are marked: a search would walk through the whole trash. */
  private static void mark(Handle h, long manifestId, boolean live) {
    Plain.update(
        h,
        "UPDATE manifest_references SET live = ? WHERE manifest_id = ?",
        live ? 1 : 0,
        manifestId);
  }

  private static void count(Handle h, long manifestId, int sign) {
    Plain.update(
        h,
        """
        INSERT INTO repository_usage (repository_id, size_bytes, tags)
        SELECT m.repository_id, ? * (m.size_bytes + COALESCE((
          SELECT SUM(f.size_bytes) FROM manifest_references f
          WHERE f.manifest_id = m.id AND f.size_bytes > 0 AND NOT EXISTS (
            SELECT 1 FROM manifest_references other
            WHERE other.repository_id = f.repository_id AND other.digest = f.digest
              AND other.live = 1 AND other.manifest_id <> f.manifest_id
              AND other.size_bytes > 0)), 0)), 0
        FROM manifests m WHERE m.id = ?
        ON CONFLICT (repository_id) DO UPDATE SET
          size_bytes = repository_usage.size_bytes + excluded.size_bytes
        """,
        sign,
        manifestId);
  }

  void tagAdded(Handle h, long repositoryId) {
    tags(h, repositoryId, 1);
  }

  void tagRemoved(Handle h, long repositoryId) {
    tags(h, repositoryId, -1);
  }

  private static void tags(Handle h, long repositoryId, int more) {
    Plain.update(
        h,
        """
        INSERT INTO repository_usage (repository_id, size_bytes, tags) VALUES (?, 0, ?)
        ON CONFLICT (repository_id) DO UPDATE SET tags = repository_usage.tags + excluded.tags
        """,
        repositoryId,
        more);
  }

  /** All manifests and tags of a repository are gone. */
  void emptied(Handle h, long repositoryId) {
    for (String statement :
        new String[] {
          "UPDATE repository_usage SET size_bytes = 0, tags = 0 WHERE repository_id = :repository",
          "UPDATE manifest_references SET live = 0 WHERE repository_id = :repository AND live = 1"
        }) {
      h.createUpdate(statement).bind("repository", repositoryId).execute();
    }
  }
}
