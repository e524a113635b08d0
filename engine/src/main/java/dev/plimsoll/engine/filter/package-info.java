/**
 * The filters of the Engine API, as the core reads them: {@link dev.plimsoll.engine.filter.Filters}
 * is made from the {@code filters} parameter at the door, and every list, prune and event stream
 * asks it the same questions in the same way.
 */
@NullMarked
package dev.plimsoll.engine.filter;

import org.jspecify.annotations.NullMarked;
