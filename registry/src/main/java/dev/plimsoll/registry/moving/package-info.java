/**
 * Moving in from another registry, and moving house: imports, backups, restores, rebuilds.
 *
 * <p>All of it goes through the core as a push does, so what an import has stored is as good as what
 * a client has pushed; what is there already is skipped, so each can be cut off and run again.
 *
 * <p>Another registry is asked patiently: it is waited for as long as it wants, what breaks off is
 * taken up again, and one thing that it cannot give does not keep the rest from coming.
 *
 * <p>Begin at {@link dev.plimsoll.registry.moving.TreeImport} for a directory, at {@link
 * dev.plimsoll.registry.moving.RemoteImport} for a registry that runs.
 */
@NullMarked
package dev.plimsoll.registry.moving;

import org.jspecify.annotations.NullMarked;
