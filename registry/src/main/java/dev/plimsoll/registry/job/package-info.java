/**
 * Work that takes minutes or hours while the registry serves: a check, an import, a backup. It runs
 * on a thread of its own, tells how far it has got, can be cancelled, and can be begun again: none
 * of it loses what it has done.
 *
 * <p>Begin at {@link dev.plimsoll.registry.job.Jobs}.
 */
@NullMarked
package dev.plimsoll.registry.job;

import org.jspecify.annotations.NullMarked;
