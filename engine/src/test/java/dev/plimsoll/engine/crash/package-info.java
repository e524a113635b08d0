/**
 * Engines that die: by SIGKILL at every step of what they do, and with the power of the machine. The
 * engine is whole, in a process of its own, on the real kernel, with the real runtime; what it was
 * asked for and what it answered is kept in a {@link dev.plimsoll.engine.crash.Ledger}, with which
 * the next engine is compared.
 */
@NullMarked
package dev.plimsoll.engine.crash;

import org.jspecify.annotations.NullMarked;
