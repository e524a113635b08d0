/**
 * What takes the space: by repository, by tag, and by when it came. Counted anew each time somebody asks,
 * in one snapshot of the database; nothing is kept up to date on the way of a push. Begin at {@link
 * dev.plimsoll.registry.stats.Stats}.
 */
@NullMarked
package dev.plimsoll.registry.stats;

import org.jspecify.annotations.NullMarked;
