/**
 * Moving in from another registry, and moving house: imports, backups, restores, rebuilds.
 *
 * <p>What comes into a registry that runs goes through the core as a push does, so what an import has
 * stored is as good as what a client has pushed; what is there already is skipped, so each can be cut
 * off and run again.
 *
 * <p>A backup is a copy of the database as of one moment and the bytes that it names; nothing is a
 * backup before all of it is durable, and nothing is a registry before all of a restore is.
 *
 * <p>Another registry is asked patiently: it is waited for as long as it wants, what breaks off is
 * taken up again, and one thing that it cannot give does not keep the rest from coming.
 *
 * <p>Begin at {@link dev.plimsoll.registry.moving.TreeImport} for a directory, at {@link
 * dev.plimsoll.registry.moving.RemoteImport} for a registry that runs, at {@link
 * dev.plimsoll.registry.moving.Backup} for backups.
 */
@NullMarked
package dev.plimsoll.registry.moving;

import org.jspecify.annotations.NullMarked;
