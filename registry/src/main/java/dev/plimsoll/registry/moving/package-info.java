/**
 * Moving in from another registry, and moving house: imports, backups, restores, rebuilds.
 *
 * <p>All of it goes through the core as a push does, so what an import has stored is as good as what
 * a client has pushed; what is there already is skipped, so each can be cut off and run again.
 *
 * <p>Begin at {@link dev.plimsoll.registry.moving.TreeImport}.
 */
@NullMarked
package dev.plimsoll.registry.moving;

import org.jspecify.annotations.NullMarked;
