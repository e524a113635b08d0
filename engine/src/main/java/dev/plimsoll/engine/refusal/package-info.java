/**
 * What the engine refuses, and nothing of how the answer travels: {@code engine.api} turns these
 * into status codes in one place. Trouble with the disk, the kernel or the network is not a
 * refusal and stays {@link java.io.IOException}.
 */
@NullMarked
package dev.plimsoll.engine.refusal;

import org.jspecify.annotations.NullMarked;
