/**
 * Everything on this machine: what {@code plimsoll up} starts and {@code plimsoll down} ends.
 *
 * <p>An {@link dev.plimsoll.cli.machine.Installation} is a data directory and what follows from it:
 * socket, run directory, addresses, and a note of the servers that run from it. Two installations on
 * one machine share nothing. A server is known by pid, start time and boot, so that a pid that was
 * used again is never mistaken for ours.
 *
 * <p>Start reading at {@link dev.plimsoll.cli.machine.Installation}.
 */
@NullMarked
package dev.plimsoll.cli.machine;

import org.jspecify.annotations.NullMarked;
