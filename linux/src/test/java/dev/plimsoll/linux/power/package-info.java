/**
 * Power cuts for tests, on file systems of the running kernel.
 *
 * <p>A {@link dev.plimsoll.linux.power.PowerCutDisk} behaves as a disk with a volatile cache: what was
 * not flushed is lost at the cut, save for what the disk happened to write by itself. Needs root and
 * loop devices. Made for the tests of other modules too.
 */
@NullMarked
package dev.plimsoll.linux.power;

import org.jspecify.annotations.NullMarked;
