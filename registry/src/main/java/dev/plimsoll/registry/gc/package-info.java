/**
 * The collector: takes away what nobody holds, while pushes and pulls go on.
 *
 * <pre>
 *   trash ──kept long enough──▶ purged: leases begin for what only it held
 *   link  ──lease over, no manifest names the blob──▶ gone; the last one condemns the blob
 *   blob  live ──▶ condemned ──waited──▶ deleting ──bytes deleted──▶ gone
 * </pre>
 *
 * <p>Promises:
 *
 * <ul>
 *   <li>Work comes from events (a lease that ends, a deletion that is old enough), found by index:
 *       its cost follows what was deleted, not what is stored.
 *   <li>A condemned blob comes back to life when anybody links it again. After that it is too late:
 *       its bytes are deleted under a physical name that is never used again, so a deletion that is
 *       late, doubled or repeated after a crash can hit nothing else.
 *   <li>No transaction is open while bytes are deleted.
 *   <li>Every step can be cut off and run again.
 * </ul>
 *
 * <p>This package decides what goes; {@link dev.plimsoll.registry.repository} decides what is held.
 * Begin at {@link dev.plimsoll.registry.gc.Collector}.
 */
@NullMarked
package dev.plimsoll.registry.gc;

import org.jspecify.annotations.NullMarked;
