/**
 * Tar archives as they occur in the world: ustar, PAX, GNU (long names, numbers in base 256, all
 * sparse forms) and the old V7 form are read; PAX is written.
 *
 * <p>A library was tried first. Extended attributes are bytes, and {@code security.capability} is
 * not UTF-8: a reader that decodes PAX values to text destroys the capabilities of {@code ping}.
 * The decision and its measurements are in {@code docs/decisions/0006-layers.md}.
 *
 * <p>Nothing here touches a file system, so nothing here judges a name: {@code ../../etc/passwd} is
 * a fine name to read. Whoever unpacks must contain it; {@code engine.layer} does.
 *
 * <p>Start reading at {@link dev.plimsoll.engine.tar.TarReader}.
 */
@NullMarked
package dev.plimsoll.engine.tar;

import org.jspecify.annotations.NullMarked;
