/**
 * Metadata that must survive, in a SQLite file or in PostgreSQL, behind one way of use.
 *
 * <pre>
 *   SQLite:  write ──▶ queue ──▶ writer ── BEGIN, a savepoint for each work, COMMIT ──▶ all callers go on
 *            read  ──▶ queue ──▶ one of a few readers, each on a snapshot
 *   PostgreSQL:  write ──▶ queue ──▶ one of a few connections, serializable, again after a conflict
 *                read  ──▶ queue ──▶ one of a few connections, each on a snapshot
 * </pre>
 *
 * <p>Promises, each with a test:
 *
 * <ul>
 *   <li>A write that returned is there after a power cut ({@code synchronous=FULL} in WAL mode, read
 *       back on every connection).
 *   <li>A work that throws leaves nothing behind and harms none that shares its commit.
 *   <li>A full disk is a {@link dev.plimsoll.foundation.NoSpaceException}; work that frees space has
 *       the reserve.
 *   <li>Whatever works run at once, on however many machines, it is as if one ran after the other.
 *   <li>A server that goes away is an {@link dev.plimsoll.foundation.UnavailableException} until it
 *       is back.
 *   <li>A database of a newer release, or a migration changed after the fact, stops the start with a
 *       sentence.
 * </ul>
 *
 * <p>This package knows no table but its own list of migrations. A schema is written once, in SQLite's
 * words ({@link dev.plimsoll.database.Dialect}). Two programs on one file are kept
 * apart by {@link dev.plimsoll.foundation.DataDirectoryLock}. Start reading at {@link
 * dev.plimsoll.database.Database}.
 */
@NullMarked
package dev.plimsoll.database;

import org.jspecify.annotations.NullMarked;
