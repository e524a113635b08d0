package dev.plimsoll.database;

import java.io.IOException;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * What is done inside one transaction. The transaction is begun and ended by {@link Database}: the
 * work itself neither begins, commits nor rolls back.
 *
 * <p>A work touches nothing but its handle and returns a value made from it, for it may be run a
 * second time: when the disk is full, SQLite takes back all works of a commit, and those that were
 * not to blame are run again. It does not keep the handle, and it does not wait for anything: the
 * one writer stands still meanwhile.
 */
@FunctionalInterface
public interface Work<T extends @Nullable Object> {

  /**
   * Does it.
   *
   * @throws IOException if the work cannot be done; like any {@link RuntimeException} it undoes this
   *     work alone and reaches the caller as it is
   */
  T run(Handle handle) throws IOException;
}
